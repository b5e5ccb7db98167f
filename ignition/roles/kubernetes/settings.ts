import type { Bucket, HostSettings, Peer, Port, TlsIdentity } from "../role.ts";
import type { Architecture } from "./binaries.ts";

/** Settings that are the same on all machines of a cluster. */
export interface KubernetesSettings {
  /** Name of the cluster. */
  cluster: string;
  /** Release of Kubernetes, `1.36.3`; one of `versions.json`. */
  version: string;
  /** Processor architecture of the machines. */
  architecture: Architecture;
  /** Address range of the pods. Each node uses a /24 of it. */
  podCidr: string;
  /** Address range of the services. */
  serviceCidr: string;
  /** Address of the API's load balancer. */
  apiAddress: string;
  /** The control planes, in the same order on every machine. */
  controlPlanes: readonly Peer[];
}

/** A certificate authority with its private key. */
export interface SigningAuthority {
  /** Certificate (PEM). */
  certificate: string;
  /** Private key (PEM); secret. */
  privateKey: string;
}

/** Keys of the control planes, the same on all of them; secret. */
export interface ControlPlaneKeys {
  /** Signs the certificates of the API servers and of the API's clients. */
  kubernetes: SigningAuthority;
  /** Signs etcd's certificates. */
  etcd: SigningAuthority;
  /** Signs the certificates with which the API server calls extensions. */
  frontProxy: SigningAuthority;
  /** Signs service accounts' tokens. */
  serviceAccounts: { publicKey: string; privateKey: string };
  /** Key from which the workers' tokens are derived; see `join-token.ts`. */
  join: string;
  /** Encryption keys for secrets in etcd, 32 bytes in base64 each. The first one encrypts, all of them decrypt. */
  encryption: readonly { name: string; key: string }[];
}

export interface KubernetesNode {
  host: HostSettings;
  settings: KubernetesSettings;
  /** Server certificate of its kubelet, signed by the authority of the kubelets. */
  kubelet: TlsIdentity;
  /** Time limit for the drain before a stop, in seconds. */
  drainSeconds: number;
}

export interface ControlPlaneNode extends KubernetesNode {
  keys: ControlPlaneKeys;
  /** Names of the pools. Their next workers may join. */
  pools: readonly string[];
  /** Further names in the API's certificate. */
  certificateNames: readonly string[];
  /** Target of etcd's snapshots. Absent: only the data volume. */
  backup?: BackupTarget;
}

export interface WorkerNode extends KubernetesNode {
  /** Certificate of the authority of the API (PEM). */
  apiCa: string;
  /** Join token of the machine; secret. */
  token: string;
  /** Labels of the node, in addition to its pool. */
  labels: Readonly<Record<string, string>>;
  pool: string;
}

/** Target of snapshots. */
export type BackupTarget = Bucket | UploadTarget;

/** A pre-signed URL for uploads; secret. The name of the snapshot is inserted before the question mark. */
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

/** Name of the API inside the cluster. `.internal` is reserved for private use. */
export function apiName(cluster: string): string {
  return `api.${cluster}.internal`;
}

/** Folder of the data that is kept when the machine is replaced. */
export const dataPath = "/var/lib/paasmas/kubernetes";

/** Parameters and keys of the role. */
export const folder = "/etc/paasmas/kubernetes";
