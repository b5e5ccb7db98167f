import type { z } from "zod";
import { monitoringArguments } from "../../components/monitoring-host/settings-schema.ts";
import { logStoreArguments } from "../../components/log-store/settings-schema.ts";
import { clusterMetricsArguments } from "../../components/cluster-metrics/settings-schema.ts";
import { portBounds } from "../../components/internal/bounds.ts";
import { logsBucket } from "./bucket.ts";
import { cidr } from "./network.ts";
import { group, list, secret, text, whole } from "../../components/internal/settings-schema.ts";
import { snippetList } from "./snippet.ts";

const snippets = snippetList().optional();
const hostName = text(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "a DNS name or an address");

const openSearch = group({
  host: hostName,
  port: whole(portBounds).optional(),
  user: text(/^[\x21-\x7e]+$/, "the name of a user"),
  password: secret(/^[\x21-\x7e]+$/, "printable ASCII characters without spaces"),
  ca: text(/^\s*-----BEGIN CERTIFICATE-----/, "certificates in PEM form"),
  index: text(/^[a-z][a-z0-9-]{0,63}$/, "up to 64 lower-case letters, digits and hyphens").optional(),
}).meta({ description: "An existing OpenSearch, instead of a log store of the stack.", default: "none" });

const logs = {
  openSearch: openSearch.optional(),
  readers: list(cidr()).optional(),
  dnsName: hostName.optional(),
  ...logStoreArguments,
  snippets,
};

const logsText = {
  description:
    "Store for the logs of all machines, see [LogStore](components/log-store.md). " +
    "In dev and prod the logs are in a bucket of the cloud.",
  default: "none, logs stay on their machines",
};

/** `logs` of dev and prod, whose log store has a bucket in the cloud's object store. */
export const logsSettings = group(logs).meta(logsText);

/** `logs` of staging, where a user of the bucket is the operator's to make. */
export const openstackLogsSettings = group({ ...logs, bucket: logsBucket.optional() }).meta(logsText);

const monitoring = {
  webhook: secret(
    /^https?:\/\/\S+$/,
    "a URL that takes Alertmanager's webhooks",
    "https://webhooks.example.com/",
  ).optional(),
  adminPassword: secret(/^[\x21-\x7e]{12,}$/, "at least 12 printable ASCII characters without spaces").optional(),
  users: list(cidr()).optional(),
  dnsName: hostName.optional(),
  ...monitoringArguments,
  snippets,
};

/** `monitoring`: the machine that watches the others, and what watches the cluster. */
export const monitoringSettings = group({
  ...monitoring,
  cluster: group({
    storageClass: text(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "the name of a storage class").optional(),
    ...clusterMetricsArguments,
    adminPassword: secret(/^[\x21-\x7e]{12,}$/, "at least 12 printable ASCII characters without spaces").optional(),
  })
    .meta({
      description:
        "Metrics of the Kubernetes cluster of the stack, see [ClusterMetrics](components/cluster-metrics.md).",
      default: "none",
    })
    .optional(),
}).meta({
  description:
    "Metrics of all machines, dashboards and alerts, see [MonitoringHost](components/monitoring-host.md). " +
    "In prod of the machines in `network`.",
  default: "none",
});

/** `jenkins.monitoring` of prod: the same machine, in the network of the account that builds. */
export const ciMonitoringSettings = group(monitoring).meta({
  description:
    "Metrics of the machines in `jenkins.network`, dashboards and alerts, on a separate machine: as `monitoring`.",
  default: "none",
});

export type LogsSettings = z.output<typeof openstackLogsSettings>;
export type MonitoringSettings = z.output<typeof monitoringSettings>;
