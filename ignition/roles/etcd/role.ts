import type { Config } from "../../spec.ts";
import type { HostSettings, Peer, Port, TlsIdentity } from "../role.ts";

export interface EtcdNode {
  host: HostSettings;
  /** Token of the cluster; two clusters with different tokens never merge. */
  cluster: string;
  /** All members, this one included, in the same order on every machine. */
  members: readonly Peer[];
  /** Container image, by tag or digest. */
  image: string;
  /** Identity for peers and clients; the certificate names the machine's address. */
  tls: TlsIdentity;
}

export const etcdPorts = {
  client: { port: 2379, description: "etcd client API" },
  peer: { port: 2380, description: "etcd peer traffic" },
} satisfies Record<string, Port>;

export function etcd(_node: EtcdNode): Config {
  throw new Error("not there yet");
}
