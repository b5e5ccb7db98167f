import type { EtcdClient, HostSettings, TlsIdentity } from "../role.ts";

export type GaleraFlavor = "percona" | "mariadb";

export interface GaleraNode {
  host: HostSettings;
  /** Name of the cluster: `wsrep_cluster_name`, and the key prefix in etcd (`/paasmas/galera/<cluster>/`). */
  cluster: string;
  flavor: GaleraFlavor;
  /** Container image, by tag or digest. */
  image: string;
  etcd: EtcdClient;
  /** Identity as client and server, for clients and replication. All nodes need the same CA. */
  tls: TlsIdentity;
  passwords: GaleraPasswords;
  /** Databases to create, each with one user that has access to this database only. */
  databases: readonly GaleraDatabase[];
  tuning: GaleraTuning;
}

export interface GaleraPasswords {
  /** Password of `root@localhost`, the only root account. Secret. */
  root: string;
  /** Password of the local account of the health check. Secret. */
  monitor: string;
  /** Password for state transfers between nodes (MariaDB only; Percona creates accounts itself). Secret. */
  stateTransfer: string;
}

export interface GaleraDatabase {
  name: string;
  user: string;
  /** Secret. */
  password: string;
}

export interface GaleraTuning {
  /** Size of the InnoDB buffer pool, in MiB. */
  bufferPoolMiB: number;
  /** Size of the Galera write-set cache, in MiB. A node that has missed more than this needs a full state transfer. */
  gcacheMiB: number;
  /** `max_connections`. */
  maxConnections: number;
  /** Seconds without an answer until a node is suspected dead. Limits the write outage when a host fails. */
  suspectTimeoutSeconds: number;
}
