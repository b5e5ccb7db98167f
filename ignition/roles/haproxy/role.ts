import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import { etcdClient, etcdEndpoints } from "../etcd-client/client.ts";
import { galeraPrefix } from "../galera/role.ts";
import type { EtcdClient, HostSettings, Peer, Port } from "../role.ts";

export interface HaproxyNode {
  host: HostSettings;
  /** Name of the Galera cluster behind the load balancer. */
  cluster: string;
  /** Container image, by tag or digest; HAProxy 2.6 or later. */
  image: string;
  etcd: EtcdClient;
  /** All load balancer machines, including this one; they share the choice of the writer. */
  peers: readonly Peer[];
  /** Number of slots: largest size of the cluster that needs no replacement of this machine. */
  maxMembers: number;
}

export const haproxyPorts = {
  write: { port: 3306, description: "MySQL, the one writer" },
  read: { port: 3307, description: "MySQL, all synced nodes" },
  health: { port: 8404, description: "load balancer health and metrics" },
  peers: { port: 10000, description: "HAProxy peers (agreement on the writer)" },
} satisfies Record<string, Port>;

/** Time between the failed health check and a planned stop, in seconds: two checks of the cloud's load balancer. */
const drainSeconds = 5;

const folder = "/etc/paasmas/haproxy";

/** The Ignition config of one load balancer machine. */
export function haproxy(node: HaproxyNode): Config {
  const { host: settings, cluster, image, peers, maxMembers } = node;
  const parameters = {
    NAME: settings.name,
    IMAGE: image,
    PREFIX: galeraPrefix(cluster),
    MAX_MEMBERS: maxMembers,
    DRAIN_SECONDS: drainSeconds,
    ...etcdEndpoints(node.etcd),
  };
  return config(
    host(settings, { image, ready: local("ready"), service: "haproxy.service" }),
    etcdClient(node.etcd),
    directory({ path: folder }),
    envFile({ path: "/etc/paasmas/haproxy.env", values: parameters, mode: 0o644 }),
    fileFromDisk({ path: `${folder}/haproxy.cfg`, from: local("haproxy.cfg") }),
    file({ path: `${folder}/parameters.cfg`, text: `${peersSection(peers)}\n${readBackend(maxMembers)}` }),
    fileFromDisk({ path: `${scripts}/slots.sh`, from: local("slots.sh") }),
    ...["haproxy-members", "haproxy-stop"].map((name) =>
      fileFromDisk({ path: `${scripts}/${name}`, from: local(name), mode: 0o755 }),
    ),
    ...["haproxy.service", "haproxy-members.service"].map((name) => unit({ name, from: local(name), enabled: true })),
  );
}

/** The machines that share the table of the writer; `-L` on the command line names the local one. */
function peersSection(peers: readonly Peer[]): string {
  const lines = peers.map(({ name, address }) => `\tpeer ${name} ${address}:${haproxyPorts.peers.port}\n`);
  return `peers balancers\n${lines.join("")}`;
}

/**
 * All Synced nodes, balanced by connections. The slots track the checks of the write backend: one check per node.
 * Not a server-template, because all its servers would track the same server.
 */
function readBackend(slots: number): string {
  const servers = Array.from({ length: slots }, (_, slot) => `galera${slot + 1}`);
  const lines = servers.map((name) => `\tserver ${name} 0.0.0.0:3306 track write/${name} disabled\n`);
  return `backend read\n\tbalance leastconn\n${lines.join("")}`;
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
