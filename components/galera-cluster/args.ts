import type { GaleraFlavor } from "../../ignition/roles/galera/node.ts";
import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, MachineSize } from "../cloud/cloud.ts";
import type { EtcdCluster } from "../etcd-cluster/index.ts";
import type { GaleraDatabaseArgs, GaleraPasswordsArgs } from "./passwords.ts";

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
  firstHostNumber?: number;
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
