import * as pulumi from "@pulumi/pulumi";
import { etcd, etcdPorts } from "../../ignition/roles/etcd/role.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import type { EtcdClient } from "../../ignition/roles/role.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, Machine, MachineSize } from "../cloud/cloud.ts";
import {
  hostSettings,
  machineOptions,
  plannedMachines,
  snippetConfigs,
  withSnippets,
} from "../internal/planned-machines.ts";

export interface EtcdClusterArgs {
  /** Where the machines run. */
  cloud: Cloud;
  /**
   * Authority for the members' and the clients' certificates.
   * Default: one of the cluster's own.
   * Whoever holds a certificate of this authority may read and write all keys.
   */
  ca?: CertificateAuthority;
  /**
   * Host number of the first member; the others follow.
   * Default: 10.
   * A change moves the members to other addresses and replaces them.
   */
  firstHostNumber?: number;
  /**
   * Container image of etcd >= 3.4, by tag or digest.
   * Default: `etcd` in `ignition/roles/images.json`.
   * A change rolls through the members one at a time.
   */
  image?: string;
  /**
   * Size class of the machines.
   * Default: `small`.
   */
  machineSize?: MachineSize;
  /**
   * Size of each member's data volume, in GiB.
   * Default: 4.
   * The volume outlives its machine: a replaced member comes back with its data.
   */
  volumeGiB?: number;
  /**
   * How long a member may take to become healthy, in seconds.
   * Default: 900.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text) merged over each member's own.
   * Default: none.
   */
  snippets?: string[];
}

/** Members of a cluster. Fixed: they know each other by address, and three survive the loss of one. */
const size = 3;

const dataPath = "/var/lib/paasmas/etcd";

/**
 * Three etcd members with TLS on every connection and client certificates for everyone. Closed to all but each
 * other until {@link EtcdCluster.allowClients} opens the client port.
 */
export class EtcdCluster extends pulumi.ComponentResource {
  /** Where the cluster runs. */
  readonly cloud: Cloud;
  /** The members, in the order in which a change rolls through them. */
  readonly machines: readonly Machine[];
  /** Client URLs of all members, `https://10.0.0.10:2379`. */
  readonly endpoints: readonly string[];
  /** The firewall the members are behind. */
  readonly firewall: Firewall;

  readonly #name: string;
  readonly #ca: CertificateAuthority;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: EtcdClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cloud, firstHostNumber = 10, image = images.etcd, volumeGiB = 4, snippets = [] } = args;
    const check = new ArgumentCheck(name, args)
      .require(cloud !== undefined, "cloud", "is missing; give the cloud the members run in")
      .doesNotThrow("firstHostNumber", () => cloud?.address(firstHostNumber + size - 1))
      .integer("volumeGiB", volumeGiB, bounds.etcd.volumeGiB);
    const own = snippetConfigs(snippets, check);
    check.throwIfInvalid();
    const members = plannedMachines(cloud, name, size, firstHostNumber);
    super("paasmas:index:EtcdCluster", name, { size, image, machines: members.map((member) => member.name) }, opts);

    this.cloud = cloud;
    this.#name = name;
    this.#ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, { parent: this });
    this.endpoints = members.map((member) => `https://${member.address}:${etcdPorts.client.port}`);
    this.firewall = cloud.firewall(name, { description: "etcd members" }, { parent: this });
    cloud.allow(
      `${name}-members`,
      { to: this.firewall, from: this.firewall, ports: [etcdPorts.client, etcdPorts.peer] },
      { parent: this },
    );
    const group = cloud.group(name, { parent: this });

    const peers = members.map((member) => ({ name: member.name, address: member.address }));
    const machines: Machine[] = [];
    for (const member of members) {
      const tls = this.#ca.issue(
        member.name,
        { usage: "peer", addresses: [member.address, "127.0.0.1"], dnsNames: [member.name, "localhost"] },
        { parent: this },
      );
      const previous = machines.at(-1);
      machines.push(
        cloud.machine(
          member.name,
          {
            role: "etcd",
            hostNumber: member.hostNumber,
            size: args.machineSize,
            firewall: this.firewall,
            group,
            dataVolume: { path: dataPath, sizeGiB: volumeGiB },
            readyTimeoutSeconds: args.readyTimeoutSeconds,
            config: (delivery) =>
              pulumi
                .all([hostSettings(member.name, delivery, { path: dataPath }), tls])
                .apply(([host, identity]) =>
                  withSnippets(etcd({ host, cluster: name, members: peers, image, tls: identity }), own),
                ),
          },
          // One after another: two members replaced at once would leave no quorum.
          machineOptions(this, opts, previous ? [previous.gate] : []),
        ),
      );
    }
    this.machines = machines;

    this.registerOutputs({ endpoints: this.endpoints });
  }

  /** Lets the machines of another firewall connect to the client port. */
  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void {
    this.cloud.allow(
      `${from.firewallName}-to-${this.#name}`,
      { to: this.firewall, from, ports: [etcdPorts.client] },
      { parent: this, ...opts },
    );
  }

  /**
   * Issues a client certificate and tells all a machine needs to use the cluster; a secret.
   * @param machine Name of the machine, which becomes the certificate's common name.
   */
  client(machine: string, opts?: pulumi.CustomResourceOptions): pulumi.Output<EtcdClient> {
    const identity = this.#ca.issue(`${machine}-etcd`, { usage: "client" }, { parent: this, ...opts });
    return identity.apply((tls) => ({ ...tls, endpoints: this.endpoints }));
  }

  /** What to wait for before using the cluster: the gate of every member. */
  get ready(): pulumi.Resource[] {
    return this.machines.map((machine) => machine.gate);
  }
}
