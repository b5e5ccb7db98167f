import type { BucketArgs } from "../components/internal/bucket.ts";
import { ClusterMetrics } from "../components/cluster-metrics/index.ts";
import type { Cloud, MachineAccess } from "../components/cloud/cloud.ts";
import type { KubernetesCluster } from "../components/kubernetes-cluster/index.ts";
import { LogStore } from "../components/log-store/index.ts";
import { MetricsAgent } from "../components/metrics-agent/index.ts";
import { MonitoringHost } from "../components/monitoring-host/index.ts";
import { openSearchLogs } from "../components/open-search-logs/index.ts";
import type { PaasCluster } from "../components/paas-cluster/index.ts";
import type { LogsSettings, MonitoringSettings } from "./config/telemetry.ts";

/** Bucket for the logs of a log store. */
export interface LogBucket {
  bucket: BucketArgs;
  access?: MachineAccess[];
}

/** Settings of logs and metrics. */
interface TelemetrySettings {
  logs?: LogsSettings;
  monitoring?: MonitoringSettings;
}

/**
 * Adds the node agents for logs and metrics to a cloud, and creates the log store of the stack. Call it before the
 * first machine, and {@link monitored} after the last one.
 * @param createBucket Creates the bucket of the log store. Default: the bucket in the config, or the data volume.
 */
export function stackLogs(
  cloud: Cloud,
  { logs, monitoring }: TelemetrySettings,
  createBucket?: () => LogBucket,
): LogStore | undefined {
  if (monitoring !== undefined) cloud.addNodeAgent(new MetricsAgent());
  if (logs === undefined) return undefined;
  const { openSearch, ...store } = logs;
  if (openSearch === undefined) return new LogStore("logs", { cloud, ...store, ...createBucket?.() });
  cloud.addNodeAgent(openSearchLogs("logs", openSearch));
  return undefined;
}

/** Creates a monitoring host for all existing machines of a cloud, with the setting `monitoring`. */
export function monitored(
  cloud: Cloud,
  { monitoring }: TelemetrySettings,
  logs?: LogStore,
): MonitoringHost | undefined {
  if (monitoring === undefined) return undefined;
  const { cluster: _, ...machines } = monitoring;
  return new MonitoringHost("monitoring", { cloud, logs, ...machines });
}

/**
 * Creates the metrics of a stack's cluster, with the setting `monitoring.cluster`.
 * @param paas Platform on the cluster. The metrics can use its storage class.
 */
export function monitoredCluster(
  { monitoring }: TelemetrySettings,
  cluster?: KubernetesCluster,
  paas?: PaasCluster,
): ClusterMetrics | undefined {
  if (monitoring?.cluster === undefined || cluster === undefined) return undefined;
  return new ClusterMetrics("cluster-metrics", { cluster, ...monitoring.cluster }, { dependsOn: paas?.ready });
}
