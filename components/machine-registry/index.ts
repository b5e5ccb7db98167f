import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import { registry, registryPorts, registryUsers } from "../../ignition/roles/registry/role.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { checkBucket, resolvedBucket } from "../internal/bucket.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, Machine, MachineAccess, MachineSize } from "../cloud/cloud.ts";
import { registryAliases, registryTypes, type RegistryFacts } from "../cloud/facts.ts";
import { hostSettings, machineOptions, snippetConfigs, withSnippets } from "../internal/planned-machines.ts";
import { checkRepositories, checkRepository, type Registry } from "../internal/registry.ts";

export interface MachineRegistryArgs {
  /** Where the machine runs. */
  cloud: Cloud;
  /**
   * Names of the repositories, `["shop/api", "shop/front"]`.
   * A change replaces the machine; the images stay.
   */
  repositories: string[];
  /**
   * Host number of the machine.
   * Default: 50.
   * It is part of every image reference, unless there is a `dnsName`.
   */
  hostNumber?: number;
  /**
   * Name that clients call the registry by; it has to lead to the machine's address.
   * Default: none, they use the address.
   */
  dnsName?: string;
  /**
   * Container image of CNCF Distribution 2.8 or later, by tag or digest.
   * Default: `registry` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image of the HAProxy before it, 2.6 or later, by tag or digest.
   * Default: `haproxy` in `ignition/roles/images.json`.
   */
  proxyImage?: string;
  /**
   * Size class of the machine.
   * Default: `small`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume, in GiB.
   * Default: 50.
   * It holds the images, unless there is a `bucket`, and outlives the machine.
   */
  volumeGiB?: number;
  /**
   * Bucket that images are kept in, instead of the data volume.
   * Default: none.
   * A change leaves the images where they were.
   */
  bucket?: RegistryBucketArgs;
  /**
   * Authority for the registry's certificate.
   * Default: one of the registry's own.
   */
  ca?: CertificateAuthority;
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

/** A bucket with an S3 API, and a user of it who may read, write and list it and nothing else. */
export interface RegistryBucketArgs {
  /** URL of the API, `https://swift.example.org`; Swift has it where its `s3api` is on. */
  endpoint: pulumi.Input<string>;
  /** Name of the bucket; it has to be there. */
  name: pulumi.Input<string>;
  /**
   * Region that requests are signed for.
   * Default: `us-east-1`, which is Swift's default as well.
   */
  region?: pulumi.Input<string>;
  /** Access key of the user (`openstack ec2 credentials create`). */
  accessKey: pulumi.Input<string>;
  /** Its secret key; a secret. */
  secretKey: pulumi.Input<string>;
}

const dataPath = "/var/lib/paasmas/registry";

/** Two random users; their hashes on the machine are only as good as their length. */
const passwordLength = 40;

/** An image registry on a machine of its own: CNCF Distribution, behind an HAProxy that knows who may do what. */
export class MachineRegistry extends pulumi.ComponentResource implements Registry {
  readonly address: pulumi.Output<string>;
  readonly repositories: readonly string[];
  readonly caCertificate: pulumi.Output<string>;
  /** The machine. */
  readonly machine: Machine;
  /** The firewall the machine is behind; closed to all but {@link allowClients}. */
  readonly firewall: Firewall;

  readonly #name: string;
  readonly #cloud: Cloud;
  readonly #logins: Record<keyof typeof registryUsers, pulumi.Output<RegistryLogin>>;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: MachineRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cloud, repositories, hostNumber = 50, dnsName, volumeGiB = 50, bucket, snippets = [] } = args;
    const { image = images.registry, proxyImage = images.haproxy } = args;
    const check = new ArgumentCheck(name, args)
      .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
      .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
      .integer("volumeGiB", volumeGiB, bounds.registry.volumeGiB)
      .hostName("dnsName", dnsName, "registry.example.com");
    checkRepositories(repositories, check);
    if (bucket) checkBucket("bucket", bucket, check, "required");
    const own = snippetConfigs(snippets, check);
    check.throwIfInvalid();
    const address = cloud.address(hostNumber);
    const facts: RegistryFacts = {
      kind: "machine",
      repositories,
      push: [registryUsers.push],
      pull: [registryUsers.pull],
      images: [image, proxyImage],
      machine: name,
    };
    super(registryTypes.machine, name, facts, pulumi.mergeOptions({ aliases: registryAliases }, opts));

    this.#name = name;
    this.#cloud = cloud;
    this.repositories = repositories;
    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, { parent: this });
    this.caCertificate = ca.certificate;
    this.firewall = cloud.firewall(name, { description: "image registry" }, { parent: this });
    const tls = ca.issue(
      name,
      { usage: "server", addresses: [address], dnsNames: dnsName === undefined ? [] : [dnsName] },
      { parent: this },
    );
    const password = (user: keyof typeof registryUsers) =>
      new random.RandomPassword(
        `${name}-${user}-password`,
        { length: passwordLength, special: false },
        { parent: this },
      ).result;
    const passwords = { push: password("push"), pull: password("pull") };

    this.machine = cloud.machine(
      name,
      {
        role: "registry",
        hostNumber,
        size: args.machineSize,
        firewall: this.firewall,
        dataVolume: { path: dataPath, sizeGiB: volumeGiB },
        readyTimeoutSeconds: args.readyTimeoutSeconds,
        config: (delivery) =>
          pulumi
            .all([
              hostSettings(name, delivery, { path: dataPath }),
              tls,
              passwords.push,
              passwords.pull,
              bucket && resolvedBucket(bucket),
            ])
            .apply(([settings, identity, push, pull, kept]) =>
              withSnippets(
                registry({
                  host: settings,
                  image,
                  proxyImage,
                  repositories,
                  passwords: { push, pull },
                  tls: identity,
                  ...(kept && { bucket: kept }),
                }),
                own,
              ),
            ),
      },
      machineOptions(this, opts, []),
    );
    const endpoint = `${dnsName ?? address}:${registryPorts.registry.port}`;
    this.address = pulumi.output(endpoint);
    const login = (user: keyof typeof registryUsers) =>
      pulumi.all([this.caCertificate, passwords[user]]).apply(
        ([certificate, secret]): RegistryLogin => ({
          address: endpoint,
          ca: certificate,
          credentials: { user: registryUsers[user], password: secret },
        }),
      );
    this.#logins = { push: login("push"), pull: login("pull") };

    this.registerOutputs({ address: this.address });
  }

  get ready(): pulumi.Resource[] {
    return [this.machine.gate];
  }

  url(repository: string): pulumi.Output<string> {
    checkRepository(this.#name, this.repositories, repository);
    return pulumi.interpolate`${this.address}/${repository}`;
  }

  push(_machine: string): MachineAccess {
    return { description: `push to ${this.#name}`, login: this.#logins.push };
  }

  pull(): MachineAccess {
    return { description: `pull from ${this.#name}`, login: this.#logins.pull };
  }

  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void {
    this.#cloud.allow(
      `${from.firewallName}-to-${this.#name}`,
      { to: this.firewall, from, ports: [registryPorts.registry] },
      { parent: this, ...opts },
    );
  }
}
