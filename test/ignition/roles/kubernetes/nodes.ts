import type {
  ControlPlaneNode,
  KubernetesSettings,
  WorkerNode,
} from "../../../../ignition/roles/kubernetes/settings.ts";
import type { TlsIdentity } from "../../../../ignition/roles/role.ts";

const pem = (what: string, text: string) => `-----BEGIN ${what}-----\n${text}\n-----END ${what}-----\n`;

/** All secrets of the example machines, to find leaks. */
export const secrets = {
  caKey: pem("EC PRIVATE KEY", "ca-secret"),
  etcdKey: pem("EC PRIVATE KEY", "etcd-secret"),
  frontProxyKey: pem("EC PRIVATE KEY", "front-proxy-secret"),
  accountsKey: pem("RSA PRIVATE KEY", "accounts-secret"),
  kubeletKey: pem("EC PRIVATE KEY", "kubelet-secret"),
  joinKey: "join-key-secret",
  token: "abcdef.token-secret0000",
  encryption: "encryption-secret",
  bucketKey: "bucket-secret",
};

const kubelet: TlsIdentity = {
  ca: pem("CERTIFICATE", "kubelets"),
  certificate: pem("CERTIFICATE", "kubelet"),
  privateKey: secrets.kubeletKey,
};

export const settings: KubernetesSettings = {
  cluster: "kube",
  version: "1.36.3",
  architecture: "amd64",
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/16",
  apiAddress: "10.0.0.79",
  controlPlanes: [0, 1, 2].map((ordinal) => ({ name: `kube-${ordinal}`, address: `10.0.0.7${ordinal}` })),
};

export function controlPlane(ordinal = 0, more: Partial<ControlPlaneNode> = {}): ControlPlaneNode {
  return {
    host: {
      name: `kube-${ordinal}`,
      address: `10.0.0.7${ordinal}`,
      sshAuthorizedKeys: [],
      dataVolume: { path: "/var/lib/paasmas/kubernetes" },
    },
    settings,
    kubelet,
    drainSeconds: 120,
    keys: {
      kubernetes: { certificate: pem("CERTIFICATE", "ca"), privateKey: secrets.caKey },
      etcd: { certificate: pem("CERTIFICATE", "etcd"), privateKey: secrets.etcdKey },
      frontProxy: { certificate: pem("CERTIFICATE", "front proxy"), privateKey: secrets.frontProxyKey },
      serviceAccounts: { publicKey: pem("PUBLIC KEY", "accounts"), privateKey: secrets.accountsKey },
      join: secrets.joinKey,
      encryption: [
        { name: "second", key: secrets.encryption },
        { name: "first", key: "older" },
      ],
    },
    pools: ["web", "build"],
    certificateNames: ["kube.example.com"],
    ...more,
  };
}

export function worker(more: Partial<WorkerNode> = {}): WorkerNode {
  return {
    host: {
      name: "kube-web-0",
      address: "10.0.0.80",
      sshAuthorizedKeys: [],
      dataVolume: { path: "/var/lib/paasmas/kubernetes" },
    },
    settings,
    kubelet,
    drainSeconds: 120,
    apiCa: pem("CERTIFICATE", "ca"),
    token: secrets.token,
    pool: "web",
    labels: { disk: "fast" },
    ...more,
  };
}
