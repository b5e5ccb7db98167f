import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { logAgent, type LogTarget } from "../../ignition/roles/log-agent/agent.ts";
import { logStore, logStorePorts, logStoreUsers } from "../../ignition/roles/log-store/role.ts";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import { resolvedBucket } from "../internal/bucket.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, Machine, MachineArgs, NodeAgent } from "../cloud/cloud.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import type { LogStoreArgs } from "./args.ts";
import { type LogStoreSettings, logStoreSettings } from "./settings.ts";

const dataPath = "/var/lib/paasmas/logs";

/** Length of the generated passwords. The machine stores fast hashes, which only a long password protects. */
const passwordLength = 40;

/**
 * Store for the logs of all machines: Loki on a separate machine, with its data in a bucket or on a volume. The machine
 * itself, and each machine that the cloud creates afterwards, runs an agent that sends the journal to it.
 */
export class LogStore extends pulumi.ComponentResource {
  /** URL of Loki's API for reading logs, `https://10.0.0.45:3100`. */
  readonly url: string;
  /** Certificate that readers use to verify the server (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** Name of the user with read access. */
  readonly readUser: string;
  /** Password of the user with read access; a secret. */
  readonly readPassword: pulumi.Output<string>;
  /** The machine. */
  readonly machine: Machine;
  /** Firewall of the machine. */
  readonly firewall: Firewall;

  readonly #name: string;
  readonly #cloud: Cloud;
  readonly #target: pulumi.Output<LogTarget>;
  readonly #environment: string;
  readonly #agentImage: string;

  /** @throws ArgumentError listing the arguments that cannot be used, or the machines that exist already. */
  constructor(name: string, args: LogStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = logStoreSettings(name, args);
    const { cloud, retentionDays, bucket, dnsName, image, proxyImage, agentImage } = settings;
    const facts = {
      retentionDays,
      keptIn: bucket ? "bucket" : "volume",
      images: [image, proxyImage, agentImage],
      machines: [name],
    };
    super("paasmas:index:LogStore", name, facts, opts);
    const child = { parent: this };

    this.#name = name;
    this.#cloud = cloud;
    this.#environment = settings.environment;
    this.#agentImage = agentImage;
    const address = cloud.address(settings.hostNumber);
    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, child);
    this.caCertificate = ca.certificate;
    const tls = ca.issue(
      name,
      { usage: "server", addresses: [address], dnsNames: dnsName === undefined ? [] : [dnsName] },
      child,
    );
    const password = (user: keyof typeof logStoreUsers) =>
      new random.RandomPassword(`${name}-${user}-password`, { length: passwordLength, special: false }, child).result;
    const passwords = { write: password("write"), read: password("read") };
    const { port } = logStorePorts.logs;
    this.url = `https://${dnsName ?? address}:${port}`;
    this.readUser = logStoreUsers.read;
    this.readPassword = pulumi.secret(passwords.read);
    this.#target = pulumi.all([ca.certificate, passwords.write]).apply(
      ([certificate, secret]): LogTarget => ({
        kind: "loki",
        host: dnsName ?? address,
        port,
        ca: certificate,
        user: logStoreUsers.write,
        password: secret,
      }),
    );

    this.firewall = cloud.firewall(name, { description: "log store" }, child);
    for (const [index, from] of settings.readers.entries())
      cloud.allow(`${name}-reader-${index}`, { to: this.firewall, from, ports: [logStorePorts.logs] }, child);
    cloud.addNodeAgent(
      this.agent((firewall) => {
        if (firewall !== this.firewall) this.#allow(firewall);
      }),
    );

    this.machine = cloud.machine(
      name,
      {
        role: "log-store",
        hostNumber: settings.hostNumber,
        size: args.machineSize,
        firewall: this.firewall,
        access: args.access,
        dataVolume: { path: dataPath, sizeGiB: settings.volumeGiB },
        readyTimeoutSeconds: args.readyTimeoutSeconds,
        // Loki writes the data in its memory to the bucket or the volume before it stops.
        stopGraceSeconds: 90,
        config: machineConfig(name, settings, tls, passwords),
      },
      machineOptions(this, opts, []),
    );

    this.registerOutputs({ url: this.url, caCertificate: this.caCertificate });
  }

  /**
   * Creates a node agent that sends the logs of another cloud's machines to this log store. Pass it to `addNodeAgent`
   * of that cloud. The machines of the log store's own cloud already have the agent.
   * @param open Adds a rule from a firewall of that cloud to {@link firewall}.
   */
  agent(open?: (firewall: Firewall) => void): NodeAgent {
    return {
      description: `the agent of log store ${this.#name}`,
      config: ({ name: machine, role }) =>
        this.#target.apply((target) =>
          logAgent({ machine, role, environment: this.#environment, target, image: this.#agentImage }),
        ),
      ...(open && { open }),
    };
  }

  /** Resources to wait for before you read logs. */
  get ready(): pulumi.Resource[] {
    return [this.machine.gate];
  }

  #allow(from: Firewall): void {
    this.#cloud.allow(
      `${from.firewallName}-to-${this.#name}`,
      { to: this.firewall, from, ports: [logStorePorts.logs] },
      { parent: this },
    );
  }
}

function machineConfig(
  name: string,
  { bucket, image, proxyImage, retentionDays, snippets }: LogStoreSettings,
  tls: pulumi.Output<TlsIdentity>,
  passwords: { write: pulumi.Output<string>; read: pulumi.Output<string> },
): MachineArgs["config"] {
  return (delivery) =>
    pulumi
      .all([
        hostSettings(name, delivery, { path: dataPath }),
        tls,
        passwords.write,
        passwords.read,
        bucket && resolvedBucket(bucket),
      ])
      .apply(([host, identity, write, read, resolved]) =>
        withSnippets(
          logStore({
            host,
            image,
            proxyImage,
            passwords: { write, read },
            tls: identity,
            retentionDays,
            ...(resolved && { bucket: resolved }),
          }),
          snippets,
        ),
      );
}
