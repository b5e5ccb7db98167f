import type { GaleraFlavor } from "../../ignition/roles/galera/node.ts";
import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, MachineSize } from "../cloud/cloud.ts";
import type { EtcdCluster } from "../etcd-cluster/index.ts";
import type { GaleraDatabaseArgs, GaleraPasswordsArgs } from "./passwords.ts";

export interface GaleraClusterArgs {
  /** Cloud of the machines. */
  cloud: Cloud;
  /** etcd cluster in which the nodes register and select the first node of a bootstrap. */
  etcd: EtcdCluster;
  /**
   * Number of nodes: 3 or 5.
   * Default: 3.
   * A change does not replace the other nodes. Five nodes survive the loss of two; their writes are not faster.
   */
  size?: number;
  /**
   * Database server: `percona` (Percona XtraDB Cluster) or `mariadb`.
   * Default: `percona`.
   * Do not change it on a cluster with data: the servers cannot read each other's files.
   */
  flavor?: GaleraFlavor;
  /**
   * Container image, with tag or digest.
   * Default: the image of the flavor in `ignition/roles/images.json`.
   * A change replaces the nodes one at a time. Upgrade one release series at a time; do not downgrade.
   */
  image?: string;
  /**
   * Host number of the first node. The other nodes use the next numbers.
   * Default: 20.
   * A change gives the nodes new addresses and replaces them one at a time.
   */
  firstHostNumber?: number;
  /**
   * Size class of the machines.
   * Default: `small`.
   * A change does not adapt the buffer pool; set it in `tuning`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume of each node, in GiB. From 1 to 16384.
   * Default: 20.
   * It contains the data and the write-set cache. A replaced node keeps it.
   */
  volumeGiB?: number;
  /**
   * Databases that the cluster creates, each with a separate user.
   * Default: none.
   * A change replaces the nodes one at a time. Pulumi keeps a database that you remove from the list; drop it manually.
   */
  databases?: GaleraDatabaseArgs[];
  /**
   * Server settings.
   * Default: the defaults of {@link GaleraTuningArgs}.
   * A change replaces the nodes one at a time.
   */
  tuning?: GaleraTuningArgs;
  /**
   * Passwords of the system accounts of the cluster.
   * Default: generated.
   * A change replaces the nodes one at a time, and takes effect with this roll.
   */
  passwords?: GaleraPasswordsArgs;
  /**
   * Authority for the certificates of the nodes, for replication and clients.
   * Default: the component creates one.
   */
  ca?: CertificateAuthority;
  /**
   * Additional DNS names in the certificates of the nodes, for clients that verify the host name.
   * Default: none.
   */
  certificateNames?: string[];
  /**
   * Time limit for a node to become Synced, in seconds. From 60 to 86400.
   * Default: 1800.
   * Increase it if a full state transfer of the data takes longer.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text), which are merged into the config of each node and have precedence.
   * Default: none.
   */
  snippets?: string[];
}

export interface GaleraTuningArgs {
  /**
   * Size of the InnoDB buffer pool, in MiB. From 64 to 4194304.
   * Default: 256.
   * Recommended: half to two thirds of the machine's memory.
   */
  bufferPoolMiB?: number;
  /**
   * Size of the write-set cache, in MiB. From 64 to 1048576, at most half of the volume.
   * Default: 512.
   * A node that missed fewer writes than this rejoins without a full state transfer.
   */
  gcacheMiB?: number;
  /**
   * Maximum number of connections to a node. From 10 to 100000.
   * Default: 200.
   */
  maxConnections?: number;
  /**
   * Time without a message after which the cluster suspects a node, in seconds. From 0.5 to 60.
   * Default: 1.5.
   * It limits how long writes block when a host fails. If it is too small, a busy network can split the cluster.
   */
  suspectTimeoutSeconds?: number;
}
