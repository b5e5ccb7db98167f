import {
  apiName,
  type ControlPlaneNode,
  dataPath,
  folder,
  type KubernetesNode,
  kubernetesPorts,
  type WorkerNode,
} from "./settings.ts";

/** A document for kubeadm: JSON, which is valid YAML. */
type Document = Record<string, unknown>;

const kubeadmApi = "kubeadm.k8s.io/v1beta4";
const socket = "unix:///run/containerd/containerd.sock";

/** Cipher suites of TLS 1.2 that CIS accepts. Those of TLS 1.3 cannot be configured. */
const cipherSuites = [
  "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
];

const tlsArguments = { "tls-min-version": "VersionTLS12", "tls-cipher-suites": cipherSuites.join(",") };

/** Folder of the API server's configuration files. */
export const apiServerFolder = "/etc/kubernetes/apiserver";
const auditFolder = "/var/log/kubernetes";

/** Configuration of the cluster, the same on all control planes. `kubernetes-control-plane` adds how etcd starts. */
export function clusterConfiguration({ host, settings, certificateNames }: ControlPlaneNode): Document {
  const { cluster, version, apiAddress, controlPlanes, podCidr, serviceCidr } = settings;
  const apiServer = {
    ...tlsArguments,
    profiling: "false",
    // Anonymous requests are limited to health checks.
    "authentication-config": `${apiServerFolder}/authentication.yaml`,
    "admission-control-config-file": `${apiServerFolder}/admission.yaml`,
    "enable-admission-plugins": "NodeRestriction,EventRateLimit,DenyServiceExternalIPs",
    "encryption-provider-config": `${apiServerFolder}/encryption.json`,
    "kubelet-certificate-authority": `${apiServerFolder}/kubelet-ca.pem`,
    "audit-policy-file": `${apiServerFolder}/audit.yaml`,
    "audit-log-path": `${auditFolder}/audit.log`,
    "audit-log-maxage": "30",
    "audit-log-maxbackup": "10",
    "audit-log-maxsize": "100",
    "request-timeout": "300s",
    "service-account-extend-token-expiration": "false",
    // Readiness fails this long before the stop: load balancers check at least twice in that time.
    "shutdown-delay-duration": "15s",
    // Closes some long connections, so that clients spread over all API servers.
    ...(controlPlanes.length > 1 && { "goaway-chance": "0.001" }),
  };
  const etcd = {
    "cipher-suites": cipherSuites.join(","),
    "initial-cluster-token": cluster,
    "quota-backend-bytes": String(8 * 2 ** 30),
    // Twice the defaults, to avoid elections while a machine is busy.
    "heartbeat-interval": "200",
    "election-timeout": "2000",
    // Health and metrics without a certificate: for this machine and for clients that the firewall allows.
    "listen-metrics-urls": ["127.0.0.1", host.address]
      .map((address) => `http://${address}:${kubernetesPorts.etcdMetrics.port}`)
      .join(","),
  };
  return {
    apiVersion: kubeadmApi,
    kind: "ClusterConfiguration",
    clusterName: cluster,
    kubernetesVersion: `v${version}`,
    controlPlaneEndpoint: `${apiName(cluster)}:${kubernetesPorts.api.port}`,
    networking: { podSubnet: podCidr, serviceSubnet: serviceCidr, dnsDomain: "cluster.local" },
    encryptionAlgorithm: "ECDSA-P256",
    apiServer: {
      certSANs: [apiName(cluster), apiAddress, ...certificateNames],
      extraArgs: args(apiServer),
      extraVolumes: [
        {
          name: "apiserver",
          hostPath: apiServerFolder,
          mountPath: apiServerFolder,
          readOnly: true,
          pathType: "Directory",
        },
        { name: "audit", hostPath: auditFolder, mountPath: auditFolder, pathType: "DirectoryOrCreate" },
      ],
    },
    controllerManager: {
      extraArgs: args({ ...tlsArguments, profiling: "false", "terminated-pod-gc-threshold": "1000" }),
    },
    scheduler: { extraArgs: args({ ...tlsArguments, profiling: "false" }) },
    etcd: { local: { dataDir: `${dataPath}/etcd`, extraArgs: args(etcd) } },
  };
}

/** Configuration of this control plane. */
export function initConfiguration(node: ControlPlaneNode): Document {
  // Without workers, pods run on control planes.
  const taints = node.pools.length > 0 ? [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }] : [];
  return {
    apiVersion: kubeadmApi,
    kind: "InitConfiguration",
    localAPIEndpoint: { advertiseAddress: node.host.address, bindPort: kubernetesPorts.api.port },
    nodeRegistration: { ...registration(node), taints },
    patches: { directory: `${folder}/patches` },
  };
}

/** Configuration for the join of a worker. */
export function joinConfiguration(node: WorkerNode): Document {
  const labels = { "paasmas/pool": node.pool, ...node.labels };
  const text = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  return {
    apiVersion: kubeadmApi,
    kind: "JoinConfiguration",
    discovery: { file: { kubeConfigPath: `${folder}/discovery.conf` } },
    nodeRegistration: { ...registration(node, { "node-labels": text.join(",") }), taints: [] },
  };
}

/** Kubeconfig with the token of a worker; a secret. */
export function discovery({ apiCa, settings, token }: WorkerNode): Document {
  const { cluster } = settings;
  return {
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name: cluster,
        cluster: {
          server: `https://${apiName(cluster)}:${kubernetesPorts.api.port}`,
          "certificate-authority-data": Buffer.from(apiCa).toString("base64"),
        },
      },
    ],
    users: [{ name: "join", user: { token } }],
    contexts: [{ name: "join", context: { cluster, user: "join" } }],
    "current-context": "join",
  };
}

function registration({ host }: KubernetesNode, more: Record<string, string> = {}): Document {
  return {
    name: host.name,
    criSocket: socket,
    kubeletExtraArgs: args({ "node-ip": host.address, ...more }),
  };
}

/** Configuration of all kubelets. Control planes publish it and workers read it from the cluster. */
export function kubeletConfiguration(): Document {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: "/etc/kubernetes/pki/ca.crt" },
    },
    authorization: { mode: "Webhook" },
    cgroupDriver: "systemd",
    readOnlyPort: 0,
    rotateCertificates: true,
    tlsCertFile: `${kubeletFolder}/certificate.pem`,
    tlsPrivateKeyFile: `${kubeletFolder}/key.pem`,
    tlsMinVersion: tlsArguments["tls-min-version"],
    tlsCipherSuites: cipherSuites,
    protectKernelDefaults: true,
    makeIPTablesUtilChains: true,
    streamingConnectionIdleTimeout: "5m0s",
    eventRecordQPS: 50,
    seccompDefault: true,
    podPidsLimit: 4096,
    serializeImagePulls: false,
    maxParallelImagePulls: 3,
    containerLogMaxSize: "50Mi",
    containerLogMaxFiles: 5,
    systemReserved: { cpu: "100m", memory: "300Mi" },
    kubeReserved: { cpu: "100m", memory: "300Mi" },
  };
}

/** Folder of the kubelet's certificate and key. */
export const kubeletFolder = `${folder}/kubelet`;

export function proxyConfiguration({ settings }: KubernetesNode): Document {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    metricsBindAddress: "127.0.0.1:10249",
    clusterCIDR: settings.podCidr,
  };
}

/** Flags in kubeadm's format. */
function args(values: Record<string, string>): { name: string; value: string }[] {
  return Object.entries(values).map(([name, value]) => ({ name, value }));
}

/** Joins documents to the text of one file. */
export function documents(...all: readonly Document[]): string {
  return all.map((one) => `${JSON.stringify(one, null, 2)}\n`).join("---\n");
}
