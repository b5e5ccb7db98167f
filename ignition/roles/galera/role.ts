import type { Config } from "../../spec.ts";
import type { EtcdClient, HostSettings, Port, TlsIdentity } from "../role.ts";

export type GaleraFlavor = "percona" | "mariadb";

export interface GaleraNode {
  host: HostSettings;
  /** Name of the cluster: `wsrep_cluster_name`, and the key prefix in etcd (`/paasmas/galera/<cluster>/`). */
  cluster: string;
  flavor: GaleraFlavor;
  /** Container image, by tag or digest. */
  image: string;
  etcd: EtcdClient;
  /** Identity for clients and for replication; every node the same CA. */
  tls: TlsIdentity;
  passwords: GaleraPasswords;
  /** Databases that exist once the cluster is up, each with a user of its own that owns nothing else. */
  databases: readonly GaleraDatabase[];
  tuning: GaleraTuning;
}

export interface GaleraPasswords {
  /** `root@localhost`; there is no root from elsewhere. Secret. */
  root: string;
  /** The health agent's account, local only. Secret. */
  monitor: string;
  /** State transfer between nodes (MariaDB; Percona makes its own). Secret. */
  stateTransfer: string;
}

export interface GaleraDatabase {
  name: string;
  user: string;
  /** Secret. */
  password: string;
}

export interface GaleraTuning {
  /** InnoDB buffer pool, MiB. */
  bufferPoolMiB: number;
  /** Galera write-set cache, MiB: how much a rejoining node may have missed and still get an IST. */
  gcacheMiB: number;
  /** `max_connections`. */
  maxConnections: number;
  /** Seconds of silence after which a node is suspected dead; bounds the write gap of a silent host loss. */
  suspectTimeoutSeconds: number;
}

export const galeraPorts = {
  mysql: { port: 3306, description: "MySQL clients" },
  health: { port: 9200, description: "Galera health check" },
  stateTransfer: { port: 4444, description: "Galera SST" },
  replication: { port: 4567, description: "Galera replication" },
  incrementalTransfer: { port: 4568, description: "Galera IST" },
} satisfies Record<string, Port>;

export function galera(_node: GaleraNode): Config {
  throw new Error("not there yet");
}
