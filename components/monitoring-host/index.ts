import * as pulumi from "@pulumi/pulumi";
import { metricsPorts } from "../../ignition/roles/metrics/agent.ts";
import { monitoring, monitoringPorts, roleMetrics } from "../../ignition/roles/monitoring/role.ts";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Firewall, Machine, MachineArgs } from "../cloud/cloud.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import { secretText, typedPassword } from "../internal/secrets.ts";
import type { MonitoringHostArgs } from "./args.ts";
import { type MonitoringSettings, monitoringSettings } from "./settings.ts";

const dataPath = "/var/lib/paasmas/monitoring";

/**
 * Machine that monitors the other machines: Prometheus with alert rules for the roles of the library, Alertmanager, and
 * Grafana with dashboards. Create it after the machines to monitor. When a machine is added to the cloud, Pulumi
 * replaces the monitoring machine; the metrics are kept.
 */
export class MonitoringHost extends pulumi.ComponentResource {
  /** URL of the dashboards, `https://10.0.0.46:3000`. */
  readonly url: string;
  /** Certificate that users use to verify the server (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** Password of the Grafana user `admin`; a secret. */
  readonly adminPassword: pulumi.Output<string>;
  /** The machine. */
  readonly machine: Machine;
  /** Firewall of the machine. */
  readonly firewall: Firewall;

  /** @throws ArgumentError listing the arguments that cannot be used, and the machines without a metrics agent. */
  constructor(name: string, args: MonitoringHostArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = monitoringSettings(name, args);
    const { cloud, retentionDays, dnsName, hostNumber, volumeGiB } = settings;
    const watched = cloud.machines.map(({ name: machine, role, address }) => ({ name: machine, role, address }));
    const facts = {
      images: Object.values(settings.images),
      machines: [name],
      watched: watched.map((machine) => machine.name),
      retentionDays,
    };
    super("paasmas:index:MonitoringHost", name, facts, opts);
    const child = { parent: this };

    const address = cloud.address(hostNumber);
    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, child);
    this.caCertificate = ca.certificate;
    const tls = ca.issue(
      name,
      { usage: "server", addresses: [address], dnsNames: dnsName === undefined ? [] : [dnsName] },
      child,
    );
    this.adminPassword = secretText(`${name}-admin-password`, args.adminPassword, typedPassword, child);
    this.url = `https://${dnsName ?? address}:${monitoringPorts.dashboards.port}`;
    const config = machineConfig(name, args, settings, {
      machines: [...watched, { name, role: "monitoring", address }],
      tls,
      adminPassword: this.adminPassword,
    });
    this.firewall = this.#createFirewall(name, settings);

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
        config,
      },
      // Created last: a machine that does not exist yet would raise an alert.
      machineOptions(
        this,
        opts,
        cloud.machines.map(({ gate }) => gate),
      ),
    );

    this.registerOutputs({ url: this.url, caCertificate: this.caCertificate });
  }

  /** Resources to wait for before you use the dashboards. */
  get ready(): pulumi.Resource[] {
    return [this.machine.gate];
  }

  /** Creates the firewall of the machine, and the rules that only this machine may read the metrics of the others. */
  #createFirewall(name: string, { cloud, users }: MonitoringSettings): Firewall {
    const child = { parent: this };
    const firewalls = new Map(cloud.machines.map((machine) => [machine.firewall, machine.firewall.firewallName]));
    const own = cloud.firewall(name, { description: "monitoring of all machines" }, child);
    for (const [firewall, firewallName] of firewalls) {
      const roles = new Set(cloud.machines.filter((machine) => machine.firewall === firewall).map(({ role }) => role));
      const ports = [metricsPorts.node, ...[...roles].flatMap((role) => roleMetrics[role]?.port ?? [])];
      cloud.allow(`${name}-to-${firewallName}`, { to: firewall, from: own, ports }, child);
    }
    for (const [index, from] of users.entries())
      cloud.allow(`${name}-user-${index}`, { to: own, from, ports: [monitoringPorts.dashboards] }, child);
    return own;
  }
}

/** Values of the role that the component creates. */
interface RoleValues {
  machines: { name: string; role: string; address: string }[];
  tls: pulumi.Output<TlsIdentity>;
  adminPassword: pulumi.Output<string>;
}

function machineConfig(
  name: string,
  { logs, webhook }: MonitoringHostArgs,
  { images, environment, retentionDays, volumeGiB, snippets }: MonitoringSettings,
  { machines, tls, adminPassword }: RoleValues,
): MachineArgs["config"] {
  const receiver = webhook === undefined ? undefined : pulumi.secret(webhook).apply(checkedWebhook(name));
  const logSource =
    logs &&
    pulumi
      .all([logs.caCertificate, logs.readPassword])
      .apply(([certificate, password]) => ({ url: logs.url, ca: certificate, user: logs.readUser, password }));
  return (delivery) =>
    pulumi
      .all([
        hostSettings(name, delivery, { path: dataPath }),
        tls,
        adminPassword,
        pulumi.output(receiver),
        pulumi.output(logSource),
      ])
      .apply(([host, identity, password, webhookUrl, logsAccess]) =>
        withSnippets(
          monitoring({
            host,
            images,
            machines,
            environment,
            // The other 20 % of the volume is for Grafana and for blocks that Prometheus compacts.
            retention: { days: retentionDays, gib: Math.floor(volumeGiB * 0.8) },
            adminPassword: password,
            tls: identity,
            ...(logsAccess && { logs: logsAccess }),
            ...(webhookUrl !== undefined && { webhook: webhookUrl }),
          }),
          snippets,
        ),
      );
}

/** @throws (from within the output) ArgumentError when it is not a URL. The message does not show the secret URL. */
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
