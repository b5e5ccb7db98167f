import * as pulumi from "@pulumi/pulumi";
import { type GaleraFlavor, galera, galeraPorts } from "../ignition/roles/galera/role.ts";
import { CertificateAuthority } from "./certificate-authority.ts";
import type { Cloud, Firewall, Machine, MachineSize } from "./cloud/cloud.ts";
import type { EtcdCluster } from "./etcd-cluster.ts";
import {
  clusterPasswords,
  databaseValues,
  type GaleraDatabaseArgs,
  type GaleraPasswordsArgs,
  type ResolvedDatabase,
  resolveDatabases,
} from "./galera-passwords.ts";
import { galeraSettings } from "./galera-settings.ts";
import { hostSettings, machineOptions, withSnippets } from "./host.ts";

export interface GaleraClusterArgs {
  /** Where the machines run. */
  cloud: Cloud;
  /** The etcd cluster through which the nodes find each other and agree on who starts first. */
  etcd: EtcdCluster;
  /**
   * Number of nodes: 3 or 5.
   * Default: 3.
   * Growing and shrinking leave the other nodes as they are. Five survive the loss of two; they do not write faster.
   */
  size?: number;
  /**
   * The server: `percona` (Percona XtraDB Cluster) or `mariadb`.
   * Default: `percona`.
   * Not to be changed on a cluster that holds data: neither reads the other's files.
   */
  flavor?: GaleraFlavor;
  /**
   * Container image, by tag or digest.
   * Default: that of the flavour in `ignition/roles/images.json`.
   * A change rolls through the nodes one at a time; go up one release series at a time, never down.
   */
  image?: string;
  /**
   * Host number of the first node; the others follow.
   * Default: 20.
   * A change moves the nodes to other addresses and replaces them, one at a time.
   */
  firstHost?: number;
  /**
   * Size class of the machines.
   * Default: `small`.
   * The buffer pool does not follow by itself; see `tuning`.
   */
  machineSize?: MachineSize;
  /**
   * Size of each node's data volume, in GiB.
   * Default: 20.
   * It holds the data and the write-set cache, and outlives its machine.
   */
  volumeGiB?: number;
  /**
   * Databases that exist once the cluster is up, each with a user of its own.
   * Default: none.
   * A change rolls through the nodes one at a time. A database that is taken off the list is kept; drop it by hand.
   */
  databases?: GaleraDatabaseArgs[];
  /**
   * Server settings.
   * Default: those of {@link GaleraTuningArgs}.
   * A change rolls through the nodes one at a time.
   */
  tuning?: GaleraTuningArgs;
  /**
   * The cluster's own passwords.
   * Default: generated.
   * They are set when the cluster is made; a changed one takes effect with the roll it causes.
   */
  passwords?: GaleraPasswordsArgs;
  /**
   * Authority for the nodes' certificates, for replication and for clients.
   * Default: one of the cluster's own.
   */
  ca?: CertificateAuthority;
  /**
   * More DNS names for the nodes' certificates, for clients that compare the name they connect to.
   * Default: none.
   */
  certificateNames?: string[];
  /**
   * How long a node may take to become Synced, in seconds.
   * Default: 1800.
   * Raise it when a full state transfer of the data takes longer.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text) merged over each node's own.
   * Default: none.
   */
  snippets?: string[];
}

export interface GaleraTuningArgs {
  /**
   * InnoDB buffer pool, in MiB.
   * Default: 256.
   * Half to two thirds of the machine's memory.
   */
  bufferPoolMiB?: number;
  /**
   * Write-set cache, in MiB.
   * Default: 512.
   * How much a node may have missed and still catch up without a full copy.
   */
  gcacheMiB?: number;
  /**
   * Connections a node accepts.
   * Default: 200.
   */
  maxConnections?: number;
  /**
   * Silence after which a node is suspected dead, in seconds.
   * Default: 1.5.
   * Bounds how long writes stall when a host vanishes; too small and a busy network splits the cluster.
   */
  suspectTimeoutSeconds?: number;
}

const dataPath = "/var/lib/paasmas/galera";

/**
 * A synchronously replicated MySQL: three or five Galera nodes that bootstrap and recover by themselves. Closed to
 * all but each other until {@link GaleraCluster.allowClients} opens the client and health ports.
 */
export class GaleraCluster extends pulumi.ComponentResource {
  /** Where the cluster runs. */
  readonly cloud: Cloud;
  /** Where the nodes register while they are Synced. */
  readonly etcd: EtcdCluster;
  /** Name of the cluster, `wsrep_cluster_name`, and its key prefix in etcd. */
  readonly clusterName: string;
  /** The nodes, in the order in which a change rolls through them. */
  readonly machines: readonly Machine[];
  /** The firewall the nodes are behind. */
  readonly firewall: Firewall;
  /** Certificate of the authority that clients verify the nodes with (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** The databases with their users; passwords are secrets. */
  readonly databases: readonly ResolvedDatabase[];

  /** @throws ArgumentError listing the arguments that cannot be used. */
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
      const tls = ca.issue(
        node.name,
        {
          usage: "peer",
          addresses: [cloud.address(node.host), "127.0.0.1"],
          dnsNames: [node.name, "localhost", ...settings.certificateNames],
        },
        { parent: this },
      );
      const etcdClient = etcd.client(node.name, { parent: this });
      const previous = machines.at(-1);
      machines.push(
        cloud.machine(
          node.name,
          {
            role: "galera",
            host: node.host,
            size: args.machineSize,
            firewall: this.firewall,
            group,
            dataVolume: { path: dataPath, sizeGiB: settings.volumeGiB },
            readyTimeoutSeconds: settings.readyTimeoutSeconds,
            stopGraceSeconds: 120,
            // Neither the size nor the other nodes are in here: those are found through etcd, so that growing
            // or shrinking the cluster replaces none of the nodes that stay.
            config: (delivery) =>
              pulumi
                .all([hostSettings(node.name, delivery, { path: dataPath }), tls, etcdClient, passwords, values])
                .apply(([host, identity, client, secrets, owned]) =>
                  withSnippets(
                    galera({
                      host,
                      cluster: name,
                      flavor,
                      image,
                      etcd: client,
                      tls: identity,
                      passwords: secrets,
                      databases: owned,
                      tuning: settings.tuning,
                    }),
                    settings.snippets,
                  ),
                ),
          },
          // The chain that makes a change roll: a node is replaced only after the one before it is Synced again.
          machineOptions(this, opts, previous ? [previous.gate] : etcd.ready),
        ),
      );
    }
    this.machines = machines;

    this.registerOutputs({ caCertificate: this.caCertificate });
  }

  /** Lets the machines of another firewall ask for a node's health and connect to its database. */
  allowClients(from: Firewall, opts?: pulumi.ComponentResourceOptions): void {
    this.cloud.allow(
      `${from.firewallName}-to-${this.clusterName}`,
      { to: this.firewall, from, ports: [galeraPorts.mysql, galeraPorts.health] },
      { parent: this, ...opts },
    );
  }

  /** What to wait for before using the cluster: the gate of every node. */
  get ready(): pulumi.Resource[] {
    return this.machines.map((machine) => machine.gate);
  }
}
