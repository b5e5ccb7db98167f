import type { KubernetesCluster } from "paasmas";
import { ClusterMetrics } from "paasmas/cluster-metrics";

export function watchedCluster(cluster: KubernetesCluster) {
  const metrics = new ClusterMetrics("metrics", { cluster, storageClass: "node-volumes" });
  return { password: metrics.adminPassword };
}
