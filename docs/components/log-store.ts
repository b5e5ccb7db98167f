import { type Cloud, EtcdCluster, LogStore } from "paasmas";

export function logged(cloud: Cloud) {
  // Create it first: machines that already exist would not send logs.
  const logs = new LogStore("logs", { cloud, retentionDays: 90, readers: ["10.9.1.0/24"] });
  const etcd = new EtcdCluster("etcd", { cloud });
  return { url: logs.url, ca: logs.caCertificate, password: logs.readPassword, endpoints: etcd.endpoints };
}
