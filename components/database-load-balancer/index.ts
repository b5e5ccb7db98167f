import * as pulumi from "@pulumi/pulumi";
import { haproxy, haproxyPorts } from "../../ignition/roles/haproxy/role.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { checkCidr } from "../cloud/addresses.ts";
import type { Cloud, Firewall, LoadBalancer, Machine, MachineSize } from "../cloud/cloud.ts";
import type { GaleraCluster } from "../galera-cluster/index.ts";
import {
  hostSettings,
  machineOptions,
  plannedMachines,
  snippetConfigs,
  withSnippets,
} from "../internal/planned-machines.ts";

export interface DatabaseLoadBalancerArgs {
  /** Where the machines run. */
  cloud: Cloud;
  /** The cluster to balance. */
  galera: GaleraCluster;
  /**
   * Number of HAProxy machines: 1 or 2.
   * Default: 2.
   * With one, its loss is an outage; two agree on the writer.
   */
  size?: number;
  /**
   * Container image of HAProxy >= 2.6, by tag or digest.
   * Default: `haproxy` in `ignition/roles/images.json`.
   * A change rolls through the machines one at a time.
   */
  image?: string;
  /**
   * Host number of the first machine; the other one follows.
   * Default: 30.
   */
  firstHostNumber?: number;
  /**
   * Host number of the address that clients connect to, on clouds that let one choose.
   * Default: 40.
   */
  loadBalancerHostNumber?: number;
  /**
   * Size class of the machines.
   * Default: `small`.
   */
  machineSize?: MachineSize;
  /**
   * Address ranges that may connect.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * How long a machine may take to become healthy, in seconds.
   * Default: 900.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text) merged over each machine's own.
   * Default: none.
   */
  snippets?: string[];
}

/** The variables of {@link DatabaseConnection}. */
export const connectionVariables = [
  "DATABASE_HOST",
  "DATABASE_PORT",
  "DATABASE_READ_PORT",
  "DATABASE_NAME",
  "DATABASE_USER",
  "DATABASE_PASSWORD",
  "DATABASE_CA",
  "DATABASE_URL",
] as const;

/** What an application needs in its environment to use a database. */
export type DatabaseConnection = Record<(typeof connectionVariables)[number], string>;

/**
 * Slots for cluster members in HAProxy. A constant above the largest cluster, so that growing the cluster does
 * not change the load balancers.
 */
const maxMembers = 9;

/**
 * One or two HAProxy machines behind the cloud's own load balancer. Members come from etcd; writes go to one node
 * on which both machines agree, reads to all that are Synced.
 */
export class DatabaseLoadBalancer extends pulumi.ComponentResource {
  /** Where clients connect: an address or a DNS name. */
  readonly address: pulumi.Output<string>;
  /** Port of the one writer. */
  readonly writePort: number;
  /** Port that spreads over all Synced nodes. */
  readonly readPort: number;
  /** The balanced cluster. */
  readonly galera: GaleraCluster;
  /** The HAProxy machines, in the order in which a change rolls through them. */
  readonly machines: readonly Machine[];
  /** The firewall the machines are behind. */
  readonly firewall: Firewall;
  readonly #loadBalancer: LoadBalancer;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: DatabaseLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cloud, galera, size = 2, image = images.haproxy, firstHostNumber = 30, loadBalancerHostNumber = 40 } = args;
    const { allowFrom, snippets = [] } = args;
    const check = new ArgumentCheck(name, args)
      .require(cloud !== undefined, "cloud", "is missing; give the cloud the machines run in")
      .require(galera !== undefined, "galera", "is missing; give the cluster to balance")
      .integer("size", size, bounds.loadBalancer.size)
      .doesNotThrow("firstHostNumber", () => cloud?.address(firstHostNumber + size - 1))
      .doesNotThrow("loadBalancerHostNumber", () => cloud?.address(loadBalancerHostNumber))
      .require(
        loadBalancerHostNumber < firstHostNumber || loadBalancerHostNumber >= firstHostNumber + size,
        "loadBalancerHostNumber",
        `${loadBalancerHostNumber} is the host number of a machine; use one outside ${firstHostNumber} to ${firstHostNumber + size - 1}`,
      );
    allowFrom?.forEach((range, index) => check.doesNotThrow(`allowFrom[${index}]`, () => checkCidr(range)));
    const own = snippetConfigs(snippets, check);
    check.throwIfInvalid();
    const members = plannedMachines(cloud, name, size, firstHostNumber);
    super(
      "paasmas:index:DatabaseLoadBalancer",
      name,
      { size, image, machines: members.map((member) => member.name), galera: galera.clusterName },
      opts,
    );

    this.galera = galera;
    this.writePort = haproxyPorts.write.port;
    this.readPort = haproxyPorts.read.port;
    this.firewall = cloud.firewall(name, { description: "database load balancers" }, { parent: this });
    galera.allowClients(this.firewall, { parent: this });
    galera.etcd.allowClients(this.firewall, { parent: this });
    if (size > 1) {
      cloud.allow(
        `${name}-peers`,
        { to: this.firewall, from: this.firewall, ports: [haproxyPorts.peers] },
        { parent: this },
      );
    }
    const group = cloud.group(name, { parent: this });

    const peers = members.map((member) => ({ name: member.name, address: member.address }));
    const machines: Machine[] = [];
    for (const member of members) {
      const etcd = galera.etcd.client(member.name, { parent: this });
      const previous = machines.at(-1);
      machines.push(
        cloud.machine(
          member.name,
          {
            role: "haproxy",
            hostNumber: member.hostNumber,
            size: args.machineSize,
            firewall: this.firewall,
            group,
            readyTimeoutSeconds: args.readyTimeoutSeconds,
            config: (delivery) =>
              pulumi
                .all([hostSettings(member.name, delivery), etcd])
                .apply(([host, client]) =>
                  withSnippets(
                    haproxy({ host, cluster: galera.clusterName, image, etcd: client, peers, maxMembers }),
                    own,
                  ),
                ),
          },
          // A machine is replaced only while the one before it serves.
          machineOptions(this, opts, previous ? [previous.gate] : galera.ready),
        ),
      );
    }
    this.machines = machines;

    this.#loadBalancer = cloud.loadBalancer(
      `${name}-front`,
      {
        hostNumber: loadBalancerHostNumber,
        targets: machines,
        targetFirewall: this.firewall,
        ports: [haproxyPorts.write, haproxyPorts.read],
        health: { port: haproxyPorts.health.port, path: "/healthz" },
        ...(allowFrom && { allowFrom }),
      },
      { parent: this },
    );
    this.address = this.#loadBalancer.address;

    this.registerOutputs({ address: this.address, writePort: this.writePort, readPort: this.readPort });
  }

  /**
   * Lets the machines of a firewall connect. They have to be among those of `allowFrom`; where outgoing traffic is
   * filtered, only this lets it out.
   */
  allowClients(from: Firewall): void {
    this.#loadBalancer.allowClients(from);
  }

  /**
   * The environment that hands a database to an application; a secret.
   * @throws ArgumentError naming the databases there are, if this is none of them.
   */
  connection(database: string): pulumi.Output<DatabaseConnection> {
    const found = this.galera.databases.find((candidate) => candidate.name === database);
    new ArgumentCheck(this.galera.clusterName)
      .require(
        found !== undefined,
        "databases",
        `there is no ${JSON.stringify(database)}; there is ${this.galera.databases.map(({ name }) => name).join(", ") || "none"}`,
      )
      .throwIfInvalid();
    const { name, user, password } = found!;
    return pulumi.all([this.address, password, this.galera.caCertificate]).apply(
      ([host, secret, ca]): DatabaseConnection => ({
        DATABASE_HOST: host,
        DATABASE_PORT: String(this.writePort),
        DATABASE_READ_PORT: String(this.readPort),
        DATABASE_NAME: name,
        DATABASE_USER: user,
        DATABASE_PASSWORD: secret,
        DATABASE_CA: ca,
        DATABASE_URL: `mysql://${user}:${encodeURIComponent(secret)}@${host}:${this.writePort}/${name}`,
      }),
    );
  }
}
