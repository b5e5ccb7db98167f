import { config, directory, dropin, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import { etcdClient, etcdEndpoints, tlsFiles } from "../etcd-client/client.ts";
import type { EtcdClient, HostSettings, Port, TlsIdentity } from "../role.ts";
import { accountStatements, clientFile, stateTransferFile } from "./secrets.ts";

export type GaleraFlavor = "percona" | "mariadb";

export interface GaleraNode {
  host: HostSettings;
  /** Name of the cluster: `wsrep_cluster_name`, and the key prefix in etcd (`/paasmas/galera/<cluster>/`). */
  cluster: string;
  flavor: GaleraFlavor;
  /** Container image, by tag or digest. */
  image: string;
  etcd: EtcdClient;
  /** Identity for clients and for replication, for both ends of a connection; every node the same CA. */
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

/** The user of each image; it owns the data and may read the secrets that the server needs. */
const uids: Record<GaleraFlavor, number> = { percona: 1001, mariadb: 999 };

/** Where the node keeps its data on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/galera";

/** How long a planned stop waits for clients to leave, in seconds; load balancers have moved them long before. */
const drainSeconds = 3;

const folder = "/etc/paasmas/galera";
const tlsFolder = `${folder}/tls`;

/** Where everything about a cluster is in etcd; with a slash at the end. */
export function galeraPrefix(cluster: string): string {
  return `/paasmas/galera/${cluster}/`;
}

/** The Ignition config of one Galera node. */
export function galera(node: GaleraNode): Config {
  const { host: settings, cluster, flavor, image, tls, passwords } = node;
  const uid = uids[flavor];
  const dataPath = settings.dataVolume?.path ?? defaultDataPath;
  const parameters = {
    NAME: settings.name,
    ADDRESS: settings.address,
    IMAGE: image,
    CLUSTER: cluster,
    PREFIX: galeraPrefix(cluster),
    DATA_PATH: dataPath,
    DRAIN_SECONDS: drainSeconds,
    ...etcdEndpoints(node.etcd),
  };
  return config(
    host(settings, { image, ready: local("ready"), service: "galera.service" }),
    etcdClient(node.etcd),
    directory({ path: folder }),
    ...(settings.dataVolume ? [] : [directory({ path: dataPath })]),
    tlsFiles(tlsFolder, tls, uid),
    envFile({ path: "/etc/paasmas/galera.env", values: parameters, mode: 0o644 }),
    ...["flavor.env", "container.env", "server.cnf"].map((name) =>
      fileFromDisk({ path: `${folder}/${name}`, from: local(`flavors/${flavor}/${name}`) }),
    ),
    file({ path: `${folder}/tuning.cnf`, text: tuningFile(node) }),
    file({ path: `${folder}/accounts.sql`, text: accountStatements(node), mode: 0o600 }),
    file({ path: `${folder}/root.cnf`, text: clientFile("root", passwords.root), mode: 0o400, user: uid }),
    file({ path: `${folder}/health.cnf`, text: clientFile("health", passwords.monitor), mode: 0o400, user: uid }),
    ...stateTransferAccount(node),
    ...["decide.sh", "position.sh"].map((name) => fileFromDisk({ path: `${scripts}/${name}`, from: local(name) })),
    ...[
      "galera-start",
      "galera-stop",
      "galera-state",
      "galera-agent",
      "galera-accounts",
      "galera-health",
      "galera-exec",
    ].map((name) => fileFromDisk({ path: `${scripts}/${name}`, from: local(name), mode: 0o755 })),
    ...["galera.service", "galera-agent.service", "galera-state.service", "galera-health.service"].map((name) =>
      unit({ name, from: local(name), enabled: true }),
    ),
    dropin({
      unit: "galera.service",
      name: "restart.conf",
      text: `[Service]\nRestartSec=${restartSeconds(node.tuning)}\n`,
    }),
  );
}

/** One that comes back before the others have given it up, after twice the suspect timeout at most, stalls them again. */
function restartSeconds({ suspectTimeoutSeconds }: GaleraTuning): number {
  return suspectTimeoutSeconds * 2 + 0.5;
}

/** Percona's state transfer makes an account for each time it is used. */
function stateTransferAccount({ flavor, passwords }: GaleraNode): Fragment[] {
  if (flavor === "percona") return [];
  const text = stateTransferFile(passwords.stateTransfer);
  return [file({ path: `${folder}/state-transfer.cnf`, text, mode: 0o400, user: uids[flavor] })];
}

/** What depends on the cluster's parameters; the rest of the configuration is in the flavour's server.cnf. */
function tuningFile({ flavor, cluster, tuning }: GaleraNode): string {
  const options = {
    wsrep_cluster_name: cluster,
    wsrep_provider_options: `"${providerOptions(flavor, tuning).join(";")}"`,
    innodb_buffer_pool_size: `${tuning.bufferPoolMiB}M`,
    max_connections: tuning.maxConnections,
  };
  const lines = Object.entries(options).map(([name, value]) => `${name} = ${value}\n`);
  return `[mysqld]\n${lines.join("")}`;
}

function providerOptions(flavor: GaleraFlavor, { gcacheMiB, suspectTimeoutSeconds: suspect }: GaleraTuning): string[] {
  const period = (seconds: number) => `PT${Math.round(seconds * 100) / 100}S`;
  return [
    `gcache.size=${gcacheMiB}M`,
    "gcache.recover=yes",
    // How the cluster comes back after all nodes were lost is decided in one place, which is not this one.
    "pc.recovery=FALSE",
    // How often a node repeats itself. While the nodes agree on who is there and what each of them has, nobody can commit, and
    // an agreement that lacks one answer waits for its repetition. A node that joins looks only twice a second at whether it
    // is in (gcomm's connect), so an agreement that misses its first look costs half a second more; at 0.3 s one in three did.
    "evs.keepalive_period=PT0.1S",
    // A node is suspected when it was not heard for so long, and given up in twice that time whatever the others say.
    `evs.inactive_check_period=${period(suspect / 5)}`,
    `evs.suspect_timeout=${period(suspect)}`,
    `evs.inactive_timeout=${period(suspect * 2)}`,
    `evs.install_timeout=${period(suspect)}`,
    // Whoever was not heard says so again at once. The default is a second, and a node that joins is seldom heard by all the
    // first time.
    "evs.join_retrans_period=PT0.1S",
    // One node takes the writes (the load balancers see to that), so how far the others may fall behind before they make
    // it wait is a plain number of transactions. At the default of 16 a node that catches up stops the cluster again and again.
    "gcs.fc_single_primary=YES",
    "gcs.fc_limit=128",
    ...(flavor === "mariadb"
      ? [
          "socket.ssl=yes",
          `socket.ssl_ca=${tlsFolder}/ca.pem`,
          `socket.ssl_cert=${tlsFolder}/certificate.pem`,
          `socket.ssl_key=${tlsFolder}/key.pem`,
        ]
      : []),
  ];
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
