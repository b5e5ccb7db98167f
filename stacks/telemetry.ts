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

/** Where a log store keeps its logs, in the object store of a cloud. */
export interface LogPlace {
  bucket: BucketArgs;
  access?: MachineAccess[];
}

/** What a stack's config says about what is known of its machines. */
interface TelemetrySettings {
  logs?: LogsSettings;
  monitoring?: MonitoringSettings;
}

/**
 * Puts onto a cloud's machines what tells of them, and sends their logs to the stack's log store, or to wherever its config
 * says. To be called before the first machine is made; {@link monitored} comes after the last.
 * @param place Makes the place of the log store's logs, where there is one. Default: what the config says, or its volume.
 */
export function stackLogs(
  cloud: Cloud,
  { logs, monitoring }: TelemetrySettings,
  place?: () => LogPlace,
): LogStore | undefined {
  if (monitoring !== undefined) cloud.addNodeAgent(new MetricsAgent());
  if (logs === undefined) return undefined;
  const { openSearch, ...store } = logs;
  if (openSearch === undefined) return new LogStore("logs", { cloud, ...store, ...place?.() });
  cloud.addNodeAgent(openSearchLogs("logs", openSearch));
  return undefined;
}

/** Watches all machines of a cloud that were made so far, where the stack's config says so. */
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
 * Watches what runs on a stack's cluster, where its config says so.
 * @param paas The platform on it, whose storage class may be used.
 */
export function monitoredCluster(
  { monitoring }: TelemetrySettings,
  cluster?: KubernetesCluster,
  paas?: PaasCluster,
): ClusterMetrics | undefined {
  if (monitoring?.cluster === undefined || cluster === undefined) return undefined;
  return new ClusterMetrics("cluster-metrics", { cluster, ...monitoring.cluster }, { dependsOn: paas?.ready });
}
