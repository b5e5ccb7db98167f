import { type Cloud, EtcdCluster, MetricsAgent, MonitoringHost } from "paasmas";

export function watched(cloud: Cloud) {
  // Before the first machine.
  cloud.addNodeAgent(new MetricsAgent());
  const etcd = new EtcdCluster("etcd", { cloud });
  // After the last machine.
  const monitoring = new MonitoringHost("monitoring", { cloud });
  return { url: monitoring.url, password: monitoring.adminPassword, endpoints: etcd.endpoints };
}
