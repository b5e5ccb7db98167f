import * as pulumi from "@pulumi/pulumi";
import { haproxy, haproxyPorts } from "../../ignition/roles/haproxy/role.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import type { Firewall, LoadBalancer, Machine } from "../cloud/cloud.ts";
import { balancedEndpoint, type Endpoint } from "../internal/endpoint.ts";
import type { GaleraCluster } from "../galera-cluster/index.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import type { DatabaseLoadBalancerArgs } from "./args.ts";
import { loadBalancerSettings } from "./settings.ts";

/** Variables of {@link DatabaseConnection}. */
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

/** Environment variables of an application that uses a database. */
export type DatabaseConnection = Record<(typeof connectionVariables)[number], string>;

/**
 * Number of server slots in HAProxy, above the largest cluster size: a change of the size does not change the load
 * balancers.
 */
const maxMembers = 9;

/**
 * One or two HAProxy machines behind a load balancer of the cloud. They read the nodes of the cluster from etcd. Both
 * machines send writes to the same node, and reads to all Synced nodes.
 */
export class DatabaseLoadBalancer extends pulumi.ComponentResource {
  /** IP address or DNS name for clients. */
  readonly address: pulumi.Output<string>;
  /** Port for writes; all connections go to one node. */
  readonly writePort: number;
  /** Port for reads; connections go to all Synced nodes. */
  readonly readPort: number;
  /** Galera cluster behind the load balancer. */
  readonly galera: GaleraCluster;
  /** HAProxy machines, in the order in which a roll replaces them. */
  readonly machines: readonly Machine[];
  /** Firewall of the machines. */
  readonly firewall: Firewall;
  /** Endpoints of the database: `writes` and `reads`. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<Endpoint>>>;
  readonly #loadBalancer: LoadBalancer;

  /** @throws ArgumentError with all invalid arguments. */
  constructor(name: string, args: DatabaseLoadBalancerArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cloud, galera, allowFrom } = args;
    const { size, image, loadBalancerHostNumber, snippets, members } = loadBalancerSettings(name, args);
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
                    snippets,
                  ),
                ),
          },
          // Replaced one at a time: the previous machine must be ready.
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
    const endpoint = (port: number) =>
      balancedEndpoint(this.#loadBalancer, port, pulumi.interpolate`mysql://${this.address}:${port}`);
    this.endpoints = { writes: endpoint(this.writePort), reads: endpoint(this.readPort) };

    this.registerOutputs({ address: this.address, writePort: this.writePort, readPort: this.readPort });
  }

  /**
   * Allows the machines of a firewall to connect. `allowFrom` must also contain their addresses. On clouds that filter
   * outgoing traffic, the machines need this rule.
   */
  allowClients(from: Firewall): void {
    this.#loadBalancer.allowClients(from);
  }

  /**
   * Returns the environment variables of an application that uses a database; a secret.
   * @throws ArgumentError with the databases of the cluster, if `database` is not one of them.
   */
  connection(database: string): pulumi.Output<DatabaseConnection> {
    const found = this.galera.databases.find((candidate) => candidate.name === database);
    const known = this.galera.databases.map(({ name }) => name).join(", ") || "none";
    new ArgumentCheck(this.galera.clusterName)
      .require(found !== undefined, "databases", `has no ${JSON.stringify(database)}; known databases: ${known}`)
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
