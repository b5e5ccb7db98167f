import type { Bucket, HostSettings, Peer, Port, TlsIdentity } from "../role.ts";
import type { Architecture } from "./binaries.ts";

/** What all machines of a cluster agree on. */
export interface KubernetesSettings {
  /** Name of the cluster. */
  cluster: string;
  /** Release of Kubernetes, `1.36.3`; one of `versions.json`. */
  version: string;
  /** Processor of the machines. */
  architecture: Architecture;
  /** Range of the pods' addresses; each node takes a /24 of it. */
  podCidr: string;
  /** Range of the services' addresses. */
  serviceCidr: string;
  /** Address of the load balancer before the API. */
  apiAddress: string;
  /** The control planes, in the same order on every machine. */
  controlPlanes: readonly Peer[];
}

/** A certificate authority whose key goes along: who holds it can sign in its name. */
export interface SigningAuthority {
  /** Certificate (PEM). */
  certificate: string;
  /** Private key (PEM); secret. */
  privateKey: string;
}

/** The keys that make a machine a control plane, the same on each of them; all secret. */
export interface ControlPlaneKeys {
  /** Signs the API servers' certificates, and those of everybody who uses the API. */
  kubernetes: SigningAuthority;
  /** Signs etcd's certificates. */
  etcd: SigningAuthority;
  /** Signs for the API server when it passes requests on to extensions. */
  frontProxy: SigningAuthority;
  /** Signs service accounts' tokens. */
  serviceAccounts: { publicKey: string; privateKey: string };
  /** What the workers' tokens are derived from; see `join-token.ts`. */
  join: string;
  /** Keys that secrets are encrypted with in etcd, 32 bytes in base64 each; the first one encrypts. */
  encryption: readonly { name: string; key: string }[];
}

export interface KubernetesNode {
  host: HostSettings;
  settings: KubernetesSettings;
  /** What its kubelet answers the API server with; its authority is the kubelets' own. */
  kubelet: TlsIdentity;
  /** How long a stop may take to move the machine's pods elsewhere, in seconds. */
  drainSeconds: number;
}

export interface ControlPlaneNode extends KubernetesNode {
  keys: ControlPlaneKeys;
  /** Names of the pools, whose next workers are let in. */
  pools: readonly string[];
  /** More names that the API's certificate is good for. */
  certificateNames: readonly string[];
  /** Where etcd's snapshots go. Absent: only onto the data volume. */
  backup?: BackupTarget;
}

export interface WorkerNode extends KubernetesNode {
  /** Certificate of the authority of the API (PEM). */
  apiCa: string;
  /** The machine's own token; secret. */
  token: string;
  /** Labels of the node, beside its pool. */
  labels: Readonly<Record<string, string>>;
  pool: string;
}

/** Where snapshots are written to. */
export type BackupTarget = Bucket | UploadTarget;

/** A URL to write with, a secret: a snapshot's name goes between its path and the question mark. */
export interface UploadTarget {
  uploadUrl: string;
}

export const kubernetesPorts = {
  api: { port: 6443, description: "Kubernetes API" },
  health: { port: 6444, description: "health of the Kubernetes API" },
  etcd: { port: 2379, to: 2380, description: "etcd of the control planes" },
  etcdMetrics: { port: 2381, description: "etcd metrics" },
  kubelet: { port: 10250, description: "kubelet, for the API server" },
  podNetwork: { port: 8472, protocol: "udp", description: "pod network (VXLAN)" },
} satisfies Record<string, Port>;

/** The name by which machines of the cluster call the API: `.internal` is nobody's in public. */
export function apiName(cluster: string): string {
  return `api.${cluster}.internal`;
}

/** Where a machine keeps what outlives it. */
export const dataPath = "/var/lib/paasmas/kubernetes";

/** Parameters and keys of the role. */
export const folder = "/etc/paasmas/kubernetes";
