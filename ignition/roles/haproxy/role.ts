import type { Config } from "../../spec.ts";
import type { EtcdClient, HostSettings, Peer, Port } from "../role.ts";

export interface HaproxyNode {
  host: HostSettings;
  /** Name of the Galera cluster whose members are balanced. */
  cluster: string;
  /** Container image, by tag or digest. */
  image: string;
  etcd: EtcdClient;
  /** All load balancer machines, this one included: they share the choice of the writer. */
  peers: readonly Peer[];
  /** Password of the statistics page and the peers' shared secret are not needed: both listen privately. */
  maxMembers: number;
}

export const haproxyPorts = {
  write: { port: 3306, description: "MySQL, the one writer" },
  read: { port: 3307, description: "MySQL, all synced nodes" },
  health: { port: 8404, description: "load balancer health and metrics" },
  peers: { port: 10000, description: "HAProxy peers (agreement on the writer)" },
} satisfies Record<string, Port>;

export function haproxy(_node: HaproxyNode): Config {
  throw new Error("not there yet");
}
