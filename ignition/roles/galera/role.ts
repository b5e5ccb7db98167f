import { config, directory, dropin, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import { etcdClient, etcdEndpoints, tlsFiles } from "../etcd-client/client.ts";
import type { Port } from "../role.ts";
import type { GaleraFlavor, GaleraNode, GaleraTuning } from "./node.ts";
import { accountStatements, clientFile, stateTransferFile } from "./secrets.ts";

export const galeraPorts = {
  mysql: { port: 3306, description: "MySQL clients" },
  health: { port: 9200, description: "Galera health check" },
  stateTransfer: { port: 4444, description: "Galera SST" },
  replication: { port: 4567, description: "Galera replication" },
  incrementalTransfer: { port: 4568, description: "Galera IST" },
} satisfies Record<string, Port>;

/** User of each image; it owns the data and can read the server's secrets. */
const uids: Record<GaleraFlavor, number> = { percona: 1001, mariadb: 999 };

/** Folder of the data on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/galera";

/** Time limit of the drain in a planned stop, in seconds; load balancers need less. */
const drainSeconds = 3;

const folder = "/etc/paasmas/galera";
const tlsFolder = `${folder}/tls`;

/** Prefix of a cluster's keys in etcd, with a slash at the end. */
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

/** Longer than the other nodes need to remove a dead node: a node that returns earlier stalls them again. */
function restartSeconds({ suspectTimeoutSeconds }: GaleraTuning): number {
  return suspectTimeoutSeconds * 2 + 0.5;
}

/** Percona creates a temporary account for each state transfer. */
function stateTransferAccount({ flavor, passwords }: GaleraNode): Fragment[] {
  if (flavor === "percona") return [];
  const text = stateTransferFile(passwords.stateTransfer);
  return [file({ path: `${folder}/state-transfer.cnf`, text, mode: 0o400, user: uids[flavor] })];
}

/** Options that depend on the parameters of the cluster; server.cnf of the flavor has all others. */
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
    // Only decide.sh restarts a cluster after the loss of all nodes.
    "pc.recovery=FALSE",
    // Resend interval. No node can commit during a view change, and a lost answer delays it until it is sent again.
    // With 0.3 s, one in three joins took 0.5 s longer: a joiner checks its state only twice per second.
    "evs.keepalive_period=PT0.1S",
    // A silent node is suspected after the suspect timeout, and removed after twice that time in any case.
    `evs.inactive_check_period=${period(suspect / 5)}`,
    `evs.suspect_timeout=${period(suspect)}`,
    `evs.inactive_timeout=${period(suspect * 2)}`,
    `evs.install_timeout=${period(suspect)}`,
    // The default is 1 s, and the first join message of a new node seldom reaches all nodes.
    "evs.join_retrans_period=PT0.1S",
    // Load balancers send writes to one node, so the limit is a fixed number of transactions. With the default of 16, a
    // node that catches up pauses the cluster repeatedly.
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
