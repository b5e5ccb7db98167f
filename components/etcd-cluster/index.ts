import * as pulumi from "@pulumi/pulumi";
import { etcd, etcdPorts } from "../../ignition/roles/etcd/role.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import type { EtcdClient } from "../../ignition/roles/role.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, Machine } from "../cloud/cloud.ts";
import {
  hostSettings,
  machineOptions,
  plannedMachines,
  snippetConfigs,
  withSnippets,
} from "../internal/planned-machines.ts";
import type { EtcdClusterArgs } from "./args.ts";

/** Number of members. It is fixed: members know each other by address, and three survive the loss of one. */
const size = 3;

const dataPath = "/var/lib/paasmas/etcd";

/**
 * Cluster of three etcd members. Every connection uses TLS with client certificates. Only members can connect, until
 * {@link EtcdCluster.allowClients} allows other machines.
 */
export class EtcdCluster extends pulumi.ComponentResource {
  /** Cloud of the machines. */
  readonly cloud: Cloud;
  /** Members, in the order in which a roll replaces them. */
  readonly machines: readonly Machine[];
  /** Client URLs of all members, `https://10.0.0.10:2379`. */
  readonly endpoints: readonly string[];
  /** Firewall of the members. */
  readonly firewall: Firewall;

  readonly #name: string;
  readonly #ca: CertificateAuthority;

  /** @throws ArgumentError with all invalid arguments. */
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
          // One at a time: the cluster would lose its quorum with two members replaced at once.
          machineOptions(this, opts, previous ? [previous.gate] : []),
        ),
      );
    }
    this.machines = machines;

    this.registerOutputs({ endpoints: this.endpoints });
  }

  /** Allows the machines of another firewall to connect to the client port. */
  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void {
    this.cloud.allow(
      `${from.firewallName}-to-${this.#name}`,
      { to: this.firewall, from, ports: [etcdPorts.client] },
      { parent: this, ...opts },
    );
  }

  /**
   * Issues a client certificate and returns the settings of a client; a secret.
   * @param machine Name of the machine, the common name of the certificate.
   */
  client(machine: string, opts?: pulumi.CustomResourceOptions): pulumi.Output<EtcdClient> {
    const identity = this.#ca.issue(`${machine}-etcd`, { usage: "client" }, { parent: this, ...opts });
    return identity.apply((tls) => ({ ...tls, endpoints: this.endpoints }));
  }

  /** Resources that exist when the cluster is ready: the gates of all members. */
  get ready(): pulumi.Resource[] {
    return this.machines.map((machine) => machine.gate);
  }
}
