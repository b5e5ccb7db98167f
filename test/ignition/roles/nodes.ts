import type { EtcdNode } from "../../../ignition/roles/etcd/role.ts";
import type { GaleraFlavor, GaleraNode } from "../../../ignition/roles/galera/node.ts";
import type { HaproxyNode } from "../../../ignition/roles/haproxy/role.ts";
import type { LogAgentNode } from "../../../ignition/roles/log-agent/agent.ts";
import type { LogStoreNode } from "../../../ignition/roles/log-store/role.ts";
import type { MonitoringNode } from "../../../ignition/roles/monitoring/role.ts";
import type { RegistryNode } from "../../../ignition/roles/registry/role.ts";
import type { HostSettings, TlsIdentity } from "../../../ignition/roles/role.ts";

/** Secrets of the example nodes; tests check that they are only in the right files. */
export const secrets = {
  rootPassword: "root-secret",
  monitorPassword: "monitor-secret",
  stateTransferPassword: "transfer-secret",
  databasePassword: "shop-secret",
  nodeKey: "-----BEGIN PRIVATE KEY-----\nnode-key-secret\n-----END PRIVATE KEY-----\n",
  etcdKey: "-----BEGIN PRIVATE KEY-----\netcd-key-secret\n-----END PRIVATE KEY-----\n",
  reportUrl: "https://swift.example/v1/ready?temp_url_sig=report-secret",
};

export const sshKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGB8JtIMnKGM0fGZJOJbAy+gHkr5cYuRg7I1nVnUQsfh ops@example";

function identity(privateKey: string, subject: string): TlsIdentity {
  const certificate = `-----BEGIN CERTIFICATE-----\n${subject}\n-----END CERTIFICATE-----\n`;
  return { ca: "-----BEGIN CERTIFICATE-----\nca\n-----END CERTIFICATE-----\n", certificate, privateKey };
}

function host(name: string, address: string, more: Partial<HostSettings> = {}): HostSettings {
  return { name, address, sshAuthorizedKeys: [sshKey], ...more };
}

const endpoints = ["https://10.0.0.10:2379", "https://10.0.0.11:2379", "https://10.0.0.12:2379"];
const client = { ...identity(secrets.etcdKey, "client"), endpoints };

export function etcdNode(more: Partial<EtcdNode> = {}): EtcdNode {
  return {
    host: host("etcd-0", "10.0.0.10", { dataVolume: { path: "/var/lib/paasmas/etcd" } }),
    cluster: "etcd",
    members: [0, 1, 2].map((ordinal) => ({ name: `etcd-${ordinal}`, address: `10.0.0.1${ordinal}` })),
    image: "quay.io/coreos/etcd:v3.6.16",
    tls: identity(secrets.nodeKey, "etcd-0"),
    ...more,
  };
}

export function galeraNode(flavor: GaleraFlavor, more: Partial<GaleraNode> = {}): GaleraNode {
  return {
    host: host("galera-0", "10.0.0.20", {
      dataVolume: { path: "/var/lib/paasmas/galera" },
      readyReportUrl: secrets.reportUrl,
    }),
    cluster: "galera",
    flavor,
    image: `registry.example/${flavor}:1`,
    etcd: client,
    tls: identity(secrets.nodeKey, "galera-0"),
    passwords: {
      root: secrets.rootPassword,
      monitor: secrets.monitorPassword,
      stateTransfer: secrets.stateTransferPassword,
    },
    databases: [{ name: "web_shop", user: "shop", password: secrets.databasePassword }],
    tuning: { bufferPoolMiB: 256, gcacheMiB: 512, maxConnections: 200, suspectTimeoutSeconds: 1.5 },
    ...more,
  };
}

export function haproxyNode(more: Partial<HaproxyNode> = {}): HaproxyNode {
  return {
    host: host("lb-0", "10.0.0.30"),
    cluster: "galera",
    image: "docker.io/library/haproxy:2.8",
    etcd: client,
    peers: [0, 1].map((ordinal) => ({ name: `lb-${ordinal}`, address: `10.0.0.3${ordinal}` })),
    maxMembers: 9,
    ...more,
  };
}

/** Secrets of the example registry, which no other node has. */
export const registrySecrets = { push: "push-secret", pull: "pull-secret", bucket: "bucket-secret" };

export function registryNode(more: Partial<RegistryNode> = {}): RegistryNode {
  return {
    host: host("registry", "10.0.0.50", { dataVolume: { path: "/var/lib/paasmas/registry" } }),
    image: "docker.io/library/registry:3.1.1",
    proxyImage: "docker.io/library/haproxy:2.8",
    repositories: ["shop", "shop/api", "a.b"],
    passwords: { push: registrySecrets.push, pull: registrySecrets.pull },
    tls: identity(secrets.nodeKey, "registry"),
    ...more,
  };
}

/** Secrets of the example log store and of its agents. */
export const logSecrets = { write: "write-secret", read: "read-secret", bucket: "log-bucket-secret" };

export function logStoreNode(more: Partial<LogStoreNode> = {}): LogStoreNode {
  return {
    host: host("logs", "10.0.0.45", { dataVolume: { path: "/var/lib/paasmas/logs" } }),
    image: "docker.io/grafana/loki:3.7.8",
    proxyImage: "docker.io/library/haproxy:2.8",
    passwords: { write: logSecrets.write, read: logSecrets.read },
    tls: identity(secrets.nodeKey, "logs"),
    retentionDays: 30,
    ...more,
  };
}

export function logAgentNode(more: Partial<LogAgentNode> = {}): LogAgentNode {
  return {
    machine: "galera-0",
    role: "galera",
    environment: "staging",
    target: {
      kind: "loki",
      host: "10.0.0.45",
      port: 3100,
      ca: identity("", "").ca,
      user: "write",
      password: logSecrets.write,
    },
    image: "docker.io/fluent/fluent-bit:5.1.0",
    ...more,
  };
}

/** Secrets of the example monitoring machine. */
export const monitoringSecrets = {
  admin: "admin-secret",
  logs: "read-secret",
  webhook: "https://chat.example/hook-secret",
};

export function monitoringNode(more: Partial<MonitoringNode> = {}): MonitoringNode {
  return {
    host: host("monitoring", "10.0.0.46", { dataVolume: { path: "/var/lib/paasmas/monitoring" } }),
    images: {
      prometheus: "docker.io/prom/prometheus:v3.5.0",
      alertmanager: "docker.io/prom/alertmanager:v0.28.1",
      grafana: "docker.io/grafana/grafana:12.1.1",
      proxy: "docker.io/library/haproxy:2.8",
    },
    machines: [
      { name: "etcd-0", role: "etcd", address: "10.0.0.10" },
      { name: "lb-0", role: "haproxy", address: "10.0.0.30" },
      { name: "monitoring", role: "monitoring", address: "10.0.0.46" },
    ],
    environment: "staging",
    retention: { days: 30, gib: 40 },
    adminPassword: monitoringSecrets.admin,
    tls: identity(secrets.nodeKey, "monitoring"),
    logs: { url: "https://10.0.0.45:3100", ca: identity("", "").ca, user: "read", password: monitoringSecrets.logs },
    webhook: monitoringSecrets.webhook,
    ...more,
  };
}
