import { type Cloud, KubernetesCluster } from "paasmas";
import { ClusterMetrics } from "paasmas/cluster-metrics";

export function watchedCluster(cloud: Cloud) {
  const cluster = new KubernetesCluster("kube", { cloud, pools: [{ name: "web", size: 2 }] });
  const metrics = new ClusterMetrics("metrics", { cluster, storageClass: "node-volumes" });
  return { password: metrics.adminPassword };
}
