import { config, directory, envFile, fileFromDisk, unit } from "../../index.ts";
import type { Config } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import { tlsFiles } from "../etcd-client/client.ts";
import type { HostSettings, Peer, Port, TlsIdentity } from "../role.ts";

export interface EtcdNode {
  host: HostSettings;
  /** Token of the cluster; two clusters with different tokens never merge. */
  cluster: string;
  /** All members, including this one, in the same order on every machine. */
  members: readonly Peer[];
  /** Container image, by tag or digest. */
  image: string;
  /** Identity as client and server, for peers and clients; the certificate contains the machine's address. */
  tls: TlsIdentity;
}

export const etcdPorts = {
  client: { port: 2379, description: "etcd client API" },
  peer: { port: 2380, description: "etcd peer traffic" },
  metrics: { port: 2381, description: "etcd metrics" },
} satisfies Record<string, Port>;

/** User of the container; it owns the data and the key. */
const uid = 2379;

/** Folder of the data on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/etcd";

/** The Ignition config of one etcd member. */
export function etcd(node: EtcdNode): Config {
  const { host: settings, cluster, members, image, tls } = node;
  const { name, address } = settings;
  const others = members.filter((member) => member.name !== name);
  const parameters = {
    NAME: name,
    ADDRESS: address,
    IMAGE: image,
    DATA_PATH: settings.dataVolume?.path ?? defaultDataPath,
    PEER_URL: peerUrl(address),
    INITIAL_CLUSTER: members.map((member) => `${member.name}=${peerUrl(member.address)}`).join(","),
    PEER_ENDPOINTS: others.map((member) => clientUrl(member.address)).join(","),
    ETCD_ENDPOINTS: members.map((member) => clientUrl(member.address)).join(","),
    ETCD_IDENTITY: tlsFolder,
  };
  return config(
    host(settings, { image, ready: local("ready"), service: "etcd.service" }),
    directory({ path: "/etc/paasmas/etcd" }),
    tlsFiles(tlsFolder, tls, uid),
    envFile({ path: "/etc/paasmas/etcd.env", values: parameters, mode: 0o644 }),
    envFile({ path: "/etc/paasmas/etcd/member.env", values: member(node, cluster), mode: 0o644 }),
    fileFromDisk({ path: `${scripts}/etcd.sh`, from: local("../etcd-client/etcd.sh") }),
    fileFromDisk({ path: `${scripts}/membership.sh`, from: local("membership.sh") }),
    fileFromDisk({ path: `${scripts}/etcd-join`, from: local("etcd-join"), mode: 0o755 }),
    unit({ name: "etcd.service", from: local("etcd.service"), enabled: true }),
  );
}

const tlsFolder = "/etc/paasmas/etcd/tls";

/** Environment of etcd. Podman does not unquote values, so no value may need quotes. */
function member({ host: { name, address } }: EtcdNode, cluster: string): Record<string, string> {
  const identity = (prefix: string) => ({
    [`${prefix}_CERT_FILE`]: `${tlsFolder}/certificate.pem`,
    [`${prefix}_KEY_FILE`]: `${tlsFolder}/key.pem`,
    [`${prefix}_TRUSTED_CA_FILE`]: `${tlsFolder}/ca.pem`,
    [`${prefix}_CLIENT_CERT_AUTH`]: "true",
  });
  return {
    ETCD_NAME: name,
    ETCD_DATA_DIR: "/var/lib/etcd",
    ETCD_INITIAL_CLUSTER_TOKEN: cluster,
    ETCD_LISTEN_CLIENT_URLS: `${clientUrl(address)},${clientUrl("127.0.0.1")}`,
    ETCD_ADVERTISE_CLIENT_URLS: clientUrl(address),
    ETCD_LISTEN_PEER_URLS: peerUrl(address),
    ETCD_INITIAL_ADVERTISE_PEER_URLS: peerUrl(address),
    // Health and metrics need no certificate; the firewall limits access to them.
    ETCD_LISTEN_METRICS_URLS: `http://127.0.0.1:${etcdPorts.metrics.port},http://${address}:${etcdPorts.metrics.port}`,
    ...identity("ETCD"),
    ...identity("ETCD_PEER"),
    // One day of history is enough: watchers that fall behind list all keys again.
    ETCD_AUTO_COMPACTION_MODE: "periodic",
    ETCD_AUTO_COMPACTION_RETENTION: "24h",
    // Twice the defaults, so that a busy machine does not cause a leader election.
    ETCD_HEARTBEAT_INTERVAL: "200",
    ETCD_ELECTION_TIMEOUT: "2000",
    ETCD_STRICT_RECONFIG_CHECK: "true",
    ETCD_LOGGER: "zap",
    ETCD_LOG_LEVEL: "warn",
  };
}

function clientUrl(address: string): string {
  return `https://${address}:${etcdPorts.client.port}`;
}

function peerUrl(address: string): string {
  return `https://${address}:${etcdPorts.peer.port}`;
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
