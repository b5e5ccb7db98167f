import { type Cloud, EtcdCluster, MetricsAgent } from "paasmas";

export function measured(cloud: Cloud) {
  // Add the agent before the first machine: a machine that exists already is refused.
  cloud.addNodeAgent(new MetricsAgent({ image: "registry.example.com/node-exporter:v1.9.1" }));
  const etcd = new EtcdCluster("etcd", { cloud });
  return { endpoints: etcd.endpoints };
}
