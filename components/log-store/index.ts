import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { logAgent, type LogTarget } from "../../ignition/roles/log-agent/agent.ts";
import { logStore, logStorePorts, logStoreUsers } from "../../ignition/roles/log-store/role.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { type BucketArgs, checkBucket, resolvedBucket } from "../internal/bucket.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import { checkCidr } from "../cloud/addresses.ts";
import type { Cloud, Firewall, Machine, MachineAccess, NodeAgent, MachineSize } from "../cloud/cloud.ts";
import { hostSettings, machineOptions, snippetConfigs, withSnippets } from "../internal/planned-machines.ts";

export interface LogStoreArgs {
  /** Where the machine runs, and whose machines send their logs; none of them may be there yet. */
  cloud: Cloud;
  /**
   * How long logs are kept, in days.
   * Default: 30.
   */
  retentionDays?: number;
  /**
   * Bucket that logs are kept in, instead of the data volume.
   * Default: none.
   * A change leaves the logs where they were, out of reach.
   */
  bucket?: BucketArgs;
  /**
   * What the machine may use of what others provide, such as the bucket on AWS.
   * Default: nothing.
   */
  access?: MachineAccess[];
  /**
   * What every line is labelled with as its `environment`.
   * Default: the name of the stack.
   */
  environment?: string;
  /**
   * Address ranges that may connect to read logs; the cloud's own machines may anyway. A password is needed as well.
   * Default: none.
   */
  readers?: string[];
  /**
   * Name that clients call the log store by; it has to lead to the machine's address.
   * Default: none, they use the address.
   */
  dnsName?: string;
  /**
   * Authority for the log store's certificate.
   * Default: one of the log store's own.
   */
  ca?: CertificateAuthority;
  /**
   * Container image of Loki 3, by tag or digest.
   * Default: `loki` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image of the HAProxy before it, 2.6 or later, by tag or digest.
   * Default: `haproxy` in `ignition/roles/images.json`.
   */
  proxyImage?: string;
  /**
   * Container image of fluent-bit 4.1 or later, by tag or digest, which every machine runs.
   * Default: `fluent-bit` in `ignition/roles/images.json`.
   * A change replaces every machine.
   */
  agentImage?: string;
  /**
   * Host number of the machine.
   * Default: 45.
   * A change replaces every machine, which all know the address.
   */
  hostNumber?: number;
  /**
   * Size class of the machine.
   * Default: `small`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume, in GiB.
   * Default: 50.
   * It holds what is not yet in the bucket, or all logs where there is none, and outlives the machine.
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

const dataPath = "/var/lib/paasmas/logs";

/** Two random users; their hashes on the machine are only as good as their length. */
const passwordLength = 40;

/**
 * Where the logs of all machines are: Loki on a machine of its own, its chunks in a bucket. From then on every machine of the
 * cloud, this one included, has an agent that sends its journal here.
 */
export class LogStore extends pulumi.ComponentResource {
  /** Where logs are read with Loki's API, `https://10.0.0.45:3100`. */
  readonly url: string;
  /** Certificate that readers verify it with (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** The user who may read. */
  readonly readUser: string;
  /** Password of the user who may read; a secret. */
  readonly readPassword: pulumi.Output<string>;
  /** The machine. */
  readonly machine: Machine;
  /** The firewall the machine is behind. */
  readonly firewall: Firewall;

  readonly #name: string;
  readonly #cloud: Cloud;
  readonly #target: pulumi.Output<LogTarget>;
  readonly #environment: string;
  readonly #agentImage: string;

  /** @throws ArgumentError listing the arguments that cannot be used, or the machines that are there already. */
  constructor(name: string, args: LogStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const {
      cloud,
      retentionDays = 30,
      bucket,
      readers = [],
      dnsName,
      hostNumber = 45,
      volumeGiB = 50,
      snippets = [],
    } = args;
    const { image = images.loki, proxyImage = images.haproxy, agentImage = images["fluent-bit"] } = args;
    const { environment = pulumi.getStack() } = args;
    const check = new ArgumentCheck(name, args)
      .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
      .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
      .integer("retentionDays", retentionDays, bounds.logs.retentionDays)
      .integer("volumeGiB", volumeGiB, bounds.logs.volumeGiB)
      .label("environment", environment)
      .hostName("dnsName", dnsName, "logs.example.com");
    readers.forEach((range, index) => check.doesNotThrow(`readers[${index}]`, () => checkCidr(range)));
    if (bucket) checkBucket("bucket", bucket, check);
    const own = snippetConfigs(snippets, check);
    check.throwIfInvalid();
    const address = cloud.address(hostNumber);
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
    this.#environment = environment;
    this.#agentImage = agentImage;
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
    readers.forEach((from, index) =>
      cloud.allow(`${name}-reader-${index}`, { to: this.firewall, from, ports: [logStorePorts.logs] }, child),
    );
    cloud.addNodeAgent(
      this.agent((firewall) => {
        if (firewall !== this.firewall) this.#allow(firewall);
      }),
    );

    this.machine = cloud.machine(
      name,
      {
        role: "log-store",
        hostNumber,
        size: args.machineSize,
        firewall: this.firewall,
        access: args.access,
        dataVolume: { path: dataPath, sizeGiB: volumeGiB },
        readyTimeoutSeconds: args.readyTimeoutSeconds,
        // Loki brings what it has in memory to where it belongs.
        stopGraceSeconds: 90,
        config: (delivery) =>
          pulumi
            .all([
              hostSettings(name, delivery, { path: dataPath }),
              tls,
              passwords.write,
              passwords.read,
              bucket && resolvedBucket(bucket),
            ])
            .apply(([settings, identity, write, read, kept]) =>
              withSnippets(
                logStore({
                  host: settings,
                  image,
                  proxyImage,
                  passwords: { write, read },
                  tls: identity,
                  retentionDays,
                  ...(kept && { bucket: kept }),
                }),
                own,
              ),
            ),
      },
      machineOptions(this, opts, []),
    );

    this.registerOutputs({ url: this.url, caCertificate: this.caCertificate });
  }

  /**
   * What sends the logs of another cloud's machines here, for its `addNodeAgent`: this one's own have it already.
   * @param open Opens the way from a firewall of that cloud to {@link firewall}.
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

  /** What to wait for before reading logs. */
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
