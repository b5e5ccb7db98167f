import * as pulumi from "@pulumi/pulumi";
import type { GaleraDatabase, GaleraPasswords } from "../../ignition/roles/galera/node.ts";
import { galera, galeraPorts } from "../../ignition/roles/galera/role.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, Firewall, Machine, MachineArgs } from "../cloud/cloud.ts";
import type { EtcdCluster } from "../etcd-cluster/index.ts";
import type { GaleraClusterArgs } from "./args.ts";
import { clusterPasswords, databaseValues, type ResolvedDatabase, resolveDatabases } from "./passwords.ts";
import { type GaleraSettings, galeraSettings } from "./settings.ts";
import { hostSettings, machineOptions, type PlannedMachine, withSnippets } from "../internal/planned-machines.ts";

const dataPath = "/var/lib/paasmas/galera";

/** Secret values of all nodes. */
interface ClusterSecrets {
  ca: CertificateAuthority;
  passwords: pulumi.Output<GaleraPasswords>;
  databases: pulumi.Output<GaleraDatabase[]>;
}

/**
 * MySQL cluster with synchronous replication: three or five Galera nodes that bootstrap and recover automatically. Only
 * nodes can connect, until {@link GaleraCluster.allowClients} allows the client and health ports.
 */
export class GaleraCluster extends pulumi.ComponentResource {
  /** Cloud of the machines. */
  readonly cloud: Cloud;
  /** etcd cluster in which Synced nodes register. */
  readonly etcd: EtcdCluster;
  /** Name of the cluster (`wsrep_cluster_name`), and key prefix in etcd. */
  readonly clusterName: string;
  /** Nodes, in the order in which a roll replaces them. */
  readonly machines: readonly Machine[];
  /** Firewall of the nodes. */
  readonly firewall: Firewall;
  /** Certificate of the authority with which clients verify the nodes (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** Databases with their users; the passwords are secrets. */
  readonly databases: readonly ResolvedDatabase[];

  /** @throws ArgumentError with all invalid arguments. */
  constructor(name: string, args: GaleraClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = galeraSettings(name, args);
    const { size, flavor, image, databases } = settings;
    super(
      "paasmas:index:GaleraCluster",
      name,
      {
        size,
        flavor,
        image,
        machines: settings.nodes.map((node) => node.name),
        databases: databases.map((database) => database.name),
        antiAffinity: true,
      },
      opts,
    );

    const { cloud, etcd } = args;
    this.cloud = cloud;
    this.etcd = etcd;
    this.clusterName = name;
    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, { parent: this });
    this.caCertificate = ca.certificate;
    this.databases = resolveDatabases(name, databases, { parent: this });
    const passwords = clusterPasswords(name, args.passwords ?? {}, { parent: this });

    this.firewall = cloud.firewall(name, { description: "Galera nodes" }, { parent: this });
    const { replication, stateTransfer, incrementalTransfer } = galeraPorts;
    cloud.allow(
      `${name}-nodes`,
      { to: this.firewall, from: this.firewall, ports: [replication, incrementalTransfer, stateTransfer] },
      { parent: this },
    );
    etcd.allowClients(this.firewall, { parent: this });
    const group = cloud.group(name, { parent: this });

    const values = databaseValues(this.databases);
    const machines: Machine[] = [];
    for (const node of settings.nodes) {
      const config = this.#nodeConfig(node, settings, { ca, passwords, databases: values });
      const previous = machines.at(-1);
      machines.push(
        cloud.machine(
          node.name,
          {
            role: "galera",
            hostNumber: node.hostNumber,
            size: args.machineSize,
            firewall: this.firewall,
            group,
            dataVolume: { path: dataPath, sizeGiB: settings.volumeGiB },
            readyTimeoutSeconds: settings.readyTimeoutSeconds,
            stopGraceSeconds: 120,
            config,
          },
          // Replaced one at a time: the previous node must be Synced.
          machineOptions(this, opts, previous ? [previous.gate] : etcd.ready),
        ),
      );
    }
    this.machines = machines;

    this.registerOutputs({ caCertificate: this.caCertificate });
  }

  /**
   * Issues the certificates of a node and returns its config. The config does not contain the size or the other nodes,
   * which come from etcd, so that a change of the size replaces no other node.
   */
  #nodeConfig(node: PlannedMachine, settings: GaleraSettings, secrets: ClusterSecrets): MachineArgs["config"] {
    const { name, address } = node;
    const identity = secrets.ca.issue(
      name,
      {
        usage: "peer",
        addresses: [address, "127.0.0.1"],
        dnsNames: [name, "localhost", ...settings.certificateNames],
      },
      { parent: this },
    );
    const client = this.etcd.client(name, { parent: this });
    const { flavor, image, tuning, snippets } = settings;
    return (delivery) =>
      pulumi
        .all([hostSettings(name, delivery, { path: dataPath }), identity, client, secrets.passwords, secrets.databases])
        .apply(([host, tls, etcd, passwords, databases]) =>
          withSnippets(
            galera({ host, cluster: this.clusterName, flavor, image, etcd, tls, passwords, databases, tuning }),
            snippets,
          ),
        );
  }

  /** Allows the machines of another firewall to connect to the database and the health check of the nodes. */
  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void {
    this.cloud.allow(
      `${from.firewallName}-to-${this.clusterName}`,
      { to: this.firewall, from, ports: [galeraPorts.mysql, galeraPorts.health] },
      { parent: this, ...opts },
    );
  }

  /** Resources that exist when the cluster is ready: the gates of all nodes. */
  get ready(): pulumi.Resource[] {
    return this.machines.map((machine) => machine.gate);
  }
}
