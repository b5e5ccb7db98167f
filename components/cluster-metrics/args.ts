import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesCluster } from "../kubernetes-cluster/index.ts";

export interface ClusterMetricsArgs {
  /** Cluster to monitor: its pods, objects and kubelets. */
  cluster: KubernetesCluster;
  /**
   * Storage class of the Prometheus volume.
   * Default: none; the metrics are lost with their pod.
   */
  storageClass?: string;
  /**
   * Size of the Prometheus volume, in GiB.
   * Allowed: a whole number from 5 to 16384 GiB.
   * Default: 20.
   */
  volumeGiB?: number;
  /**
   * Retention of the metrics, in days. When the volume is full, Prometheus deletes the oldest metrics earlier.
   * Allowed: a whole number from 1 to 3650 days.
   * Default: 15.
   */
  retentionDays?: number;
  /**
   * Value of the label `environment` on every metric.
   * Default: the name of the stack.
   */
  environment?: string;
  /**
   * Password of the Grafana user `admin`, at least 12 printable ASCII characters without spaces.
   * Default: generated; in the output `adminPassword`.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Time limit for the installation of the chart, in seconds.
   * Default: 900.
   */
  timeoutSeconds?: number;
}
