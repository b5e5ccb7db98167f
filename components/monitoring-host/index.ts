import * as pulumi from "@pulumi/pulumi";
import { metricsPorts } from "../../ignition/roles/metrics/agent.ts";
import { monitoring, monitoringPorts, roleMetrics } from "../../ignition/roles/monitoring/role.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import { checkCidr } from "../cloud/addresses.ts";
import type { Cloud, Firewall, Machine, MachineSize } from "../cloud/cloud.ts";
import { hostSettings, machineOptions, snippetConfigs, withSnippets } from "../internal/planned-machines.ts";
import type { LogStore } from "../log-store/index.ts";
import { MetricsAgent } from "../metrics-agent/index.ts";
import { secretText, typedPassword } from "../internal/secrets.ts";

export interface MonitoringHostArgs {
  /** Where the machine runs, and whose machines it watches: those that are there already, each with a {@link MetricsAgent}. */
  cloud: Cloud;
  /**
   * The log store, whose logs are beside the metrics.
   * Default: none.
   */
  logs?: LogStore;
  /**
   * Who is told of alerts: a URL that takes Alertmanager's webhooks; a secret.
   * Default: nobody, alerts are only shown.
   */
  webhook?: pulumi.Input<string>;
  /**
   * Password of Grafana's user `admin`.
   * Default: generated; the output `adminPassword`.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Address ranges that may reach the dashboards; they need a login as well.
   * Default: the private network.
   */
  users?: string[];
  /**
   * How long metrics are kept, in days, if the volume has room: the oldest go first.
   * Default: 30.
   */
  retentionDays?: number;
  /**
   * What every metric and alert is labelled with as its `environment`.
   * Default: the name of the stack.
   */
  environment?: string;
  /**
   * Name that users call the dashboards by; it has to lead to the machine's address.
   * Default: none, they use the address.
   */
  dnsName?: string;
  /**
   * Authority for the certificate.
   * Default: one of the component's own.
   */
  ca?: CertificateAuthority;
  /**
   * Container images, by tag or digest: `prometheus` 2.42, `alertmanager` 0.25, `grafana` 11, `proxy` (HAProxy) 2.6, or later ones.
   * Default: those in `ignition/roles/images.json`.
   */
  images?: MonitoringImagesArgs;
  /**
   * Host number of the machine.
   * Default: 46.
   */
  hostNumber?: number;
  /**
   * Size class of the machine.
   * Default: `medium`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume, in GiB.
   * Default: 50.
   * It outlives its machine.
   */
  volumeGiB?: number;
  /**
   * How long the machine may take to become healthy, in seconds.
   * Default: 900.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text) merged over the machine's own.
   * Default: none.
   */
  snippets?: string[];
}

export interface MonitoringImagesArgs {
  /**
   * Image of Prometheus.
   * Default: `prometheus`.
   */
  prometheus?: string;
  /**
   * Image of Alertmanager.
   * Default: `alertmanager`.
   */
  alertmanager?: string;
  /**
   * Image of Grafana.
   * Default: `grafana`.
   */
  grafana?: string;
  /**
   * Image of the HAProxy before it.
   * Default: `haproxy`.
   */
  proxy?: string;
}

const dataPath = "/var/lib/paasmas/monitoring";

/**
 * A machine that watches the others: Prometheus with rules for what the library runs, Alertmanager, and Grafana with its
 * dashboards. To be made after the machines that it watches; one more of them replaces this one, whose metrics stay.
 */
export class MonitoringHost extends pulumi.ComponentResource {
  /** Where the dashboards are, `https://10.0.0.46:3000`. */
  readonly url: string;
  /** Certificate that users verify it with (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** Password of Grafana's user `admin`; a secret. */
  readonly adminPassword: pulumi.Output<string>;
  /** The machine. */
  readonly machine: Machine;
  /** The firewall the machine is behind. */
  readonly firewall: Firewall;

  /** @throws ArgumentError listing the arguments that cannot be used, and the machines that nothing can be learnt of. */
  constructor(name: string, args: MonitoringHostArgs, opts?: pulumi.ComponentResourceOptions) {
    const {
      cloud,
      logs,
      webhook,
      users = cloud && [cloud.cidr],
      retentionDays = 30,
      dnsName,
      hostNumber = 46,
      volumeGiB = 50,
      snippets = [],
    } = args;
    const { environment = pulumi.getStack() } = args;
    const chosen = {
      prometheus: images.prometheus,
      alertmanager: images.alertmanager,
      grafana: images.grafana,
      proxy: images.haproxy,
      ...args.images,
    };
    const check = new ArgumentCheck(name, args)
      .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
      .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
      .integer("retentionDays", retentionDays, bounds.monitoring.retentionDays)
      .integer("volumeGiB", volumeGiB, bounds.monitoring.volumeGiB)
      .label("environment", environment)
      .hostName("dnsName", dnsName, "monitoring.example.com");
    const blind = (cloud?.machines ?? [])
      .filter(({ agents }) => !agents.some((agent) => agent instanceof MetricsAgent))
      .map((machine) => machine.name);
    check.require(
      blind.length === 0,
      "cloud",
      `its machines ${blind.join(", ")} have no metrics agent; add one before the first of them: cloud.addNodeAgent(new MetricsAgent())`,
    );
    users?.forEach((range, index) => check.doesNotThrow(`users[${index}]`, () => checkCidr(range)));
    const own = snippetConfigs(snippets, check);
    check.throwIfInvalid();
    const address = cloud.address(hostNumber);
    const watched = cloud.machines.map((machine) => ({
      name: machine.name,
      role: machine.role,
      address: machine.address,
    }));
    const facts = {
      images: Object.values(chosen),
      machines: [name],
      watched: watched.map((machine) => machine.name),
      retentionDays,
    };
    super("paasmas:index:MonitoringHost", name, facts, opts);
    const child = { parent: this };

    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, child);
    this.caCertificate = ca.certificate;
    const tls = ca.issue(
      name,
      { usage: "server", addresses: [address], dnsNames: dnsName === undefined ? [] : [dnsName] },
      child,
    );
    this.adminPassword = secretText(`${name}-admin-password`, args.adminPassword, typedPassword, child);
    this.url = `https://${dnsName ?? address}:${monitoringPorts.dashboards.port}`;
    const receiver = webhook === undefined ? undefined : pulumi.secret(webhook).apply(checkedWebhook(name));
    const logsOf =
      logs &&
      pulumi
        .all([logs.caCertificate, logs.readPassword])
        .apply(([certificate, password]) => ({ url: logs.url, ca: certificate, user: logs.readUser, password }));

    // Whoever is watched is asked, and by nobody else.
    const firewalls = new Map(cloud.machines.map((machine) => [machine.firewall, machine.firewall.firewallName]));
    this.firewall = cloud.firewall(name, { description: "monitoring of all machines" }, child);
    for (const [firewall, firewallName] of firewalls) {
      const roles = new Set(cloud.machines.filter((machine) => machine.firewall === firewall).map(({ role }) => role));
      const ports = [metricsPorts.node, ...[...roles].flatMap((role) => roleMetrics[role]?.port ?? [])];
      cloud.allow(`${name}-to-${firewallName}`, { to: firewall, from: this.firewall, ports }, child);
    }
    users.forEach((from, index) =>
      cloud.allow(`${name}-user-${index}`, { to: this.firewall, from, ports: [monitoringPorts.dashboards] }, child),
    );

    this.machine = cloud.machine(
      name,
      {
        role: "monitoring",
        hostNumber,
        size: args.machineSize ?? "medium",
        firewall: this.firewall,
        dataVolume: { path: dataPath, sizeGiB: volumeGiB },
        readyTimeoutSeconds: args.readyTimeoutSeconds,
        stopGraceSeconds: 90,
        config: (delivery) =>
          pulumi
            .all([
              hostSettings(name, delivery, { path: dataPath }),
              tls,
              this.adminPassword,
              pulumi.output(receiver),
              pulumi.output(logsOf),
            ])
            .apply(([settings, identity, adminPassword, told, found]) =>
              withSnippets(
                monitoring({
                  host: settings,
                  images: chosen,
                  machines: [...watched, { name, role: "monitoring", address }],
                  environment,
                  // The rest is the dashboards', and room for what is being put together.
                  retention: { days: retentionDays, gib: Math.floor(volumeGiB * 0.8) },
                  adminPassword,
                  tls: identity,
                  ...(found && { logs: found }),
                  ...(told !== undefined && { webhook: told }),
                }),
                own,
              ),
            ),
      },
      // After the others: one that is still to come would be missed, and somebody told of it.
      machineOptions(
        this,
        opts,
        cloud.machines.map(({ gate }) => gate),
      ),
    );

    this.registerOutputs({ url: this.url, caCertificate: this.caCertificate });
  }

  /** What to wait for before using the dashboards. */
  get ready(): pulumi.Resource[] {
    return [this.machine.gate];
  }
}

/** @throws (from within the output) RunError when it is not a URL; it shows nothing of it, which is a secret. */
function checkedWebhook(name: string): (given: string) => string {
  return (given) => {
    new ArgumentCheck(name)
      .require(
        /^https?:\/\/[^\s]+$/.test(given),
        "webhook",
        "the given URL is not allowed; use one that begins with https://",
      )
      .throwIfInvalid();
    return given;
  };
}
