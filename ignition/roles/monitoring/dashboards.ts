/** A chart and its queries. */
interface Chart {
  title: string;
  /** PromQL query by legend; Grafana replaces `{{label}}` with the value of the label. */
  queries: Record<string, string>;
  /** Grafana's identifier of the unit. Default: `short`. */
  unit?: string;
}

/** A dashboard with charts. */
export interface Dashboard {
  /** Part of its URL. */
  id: string;
  title: string;
  charts: readonly Chart[];
}

const disks = 'fstype=~"ext4|xfs|btrfs"';
const galera = "mysql_global_status_";

/** Dashboards for the analysis of alerts and slow services. */
export const dashboards: readonly Dashboard[] = [
  {
    id: "machines",
    title: "Machines",
    charts: [
      { title: "Role is healthy", queries: { "{{machine}}": "paasmas_ready" } },
      {
        title: "CPU usage",
        unit: "percentunit",
        queries: { "{{machine}}": '1 - avg by (machine) (rate(node_cpu_seconds_total{mode="idle"}[5m]))' },
      },
      {
        title: "Memory available",
        unit: "percentunit",
        queries: { "{{machine}}": "node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes" },
      },
      {
        title: "Free disk space",
        unit: "percentunit",
        queries: {
          "{{machine}} {{mountpoint}}": `node_filesystem_avail_bytes{${disks}} / node_filesystem_size_bytes{${disks}}`,
        },
      },
      {
        title: "Disk utilization",
        unit: "percentunit",
        queries: { "{{machine}} {{device}}": "rate(node_disk_io_time_seconds_total[5m])" },
      },
      {
        title: "Network",
        unit: "Bps",
        queries: {
          "{{machine}} in": 'sum by (machine) (rate(node_network_receive_bytes_total{device!="lo"}[5m]))',
          "{{machine}} out": 'sum by (machine) (rate(node_network_transmit_bytes_total{device!="lo"}[5m]))',
        },
      },
      {
        title: "Time until certificates expire",
        unit: "s",
        queries: { "{{machine}} {{file}}": "paasmas_certificate_not_after_seconds - time()" },
      },
      {
        title: "Age of the last backup",
        unit: "s",
        queries: {
          "{{role}} {{backup}}": "time() - max by (role, backup) (paasmas_backup_last_success_timestamp_seconds)",
        },
      },
    ],
  },
  {
    id: "database",
    title: "Database",
    charts: [
      { title: "Cluster size seen by each node", queries: { "{{machine}}": `${galera}wsrep_cluster_size` } },
      { title: "Node state (4 is Synced)", queries: { "{{machine}}": `${galera}wsrep_local_state` } },
      { title: "Queries per second", unit: "ops", queries: { "{{machine}}": `rate(${galera}queries[5m])` } },
      {
        title: "Connections",
        queries: { "{{machine}}": `${galera}threads_connected`, "{{machine}} running": `${galera}threads_running` },
      },
      {
        title: "Writes paused by flow control",
        unit: "percentunit",
        queries: { "{{machine}}": `rate(${galera}wsrep_flow_control_paused_ns[5m]) / 1e9` },
      },
      { title: "Write sets in the receive queue", queries: { "{{machine}}": `${galera}wsrep_local_recv_queue` } },
      {
        title: "Certification failures per second",
        unit: "ops",
        queries: { "{{machine}}": `rate(${galera}wsrep_local_cert_failures[5m])` },
      },
      {
        title: "Load balancer: sessions",
        queries: { "{{machine}} {{proxy}}": 'haproxy_backend_current_sessions{proxy=~"write|read"}' },
      },
      {
        title: "Load balancer: servers",
        queries: { "{{machine}} {{proxy}}": 'haproxy_backend_active_servers{proxy=~"write|read"}' },
      },
      { title: "etcd: has a leader", queries: { "{{machine}}": "etcd_server_has_leader" } },
      {
        title: "etcd: disk write latency, 99th percentile",
        unit: "s",
        queries: {
          "{{machine}}":
            "histogram_quantile(0.99, sum by (le, machine) (rate(etcd_disk_wal_fsync_duration_seconds_bucket[5m])))",
        },
      },
      {
        title: "etcd: database size",
        unit: "bytes",
        queries: { "{{machine}}": "etcd_mvcc_db_total_size_in_bytes" },
      },
    ],
  },
  {
    id: "jenkins",
    title: "Jenkins",
    charts: [
      {
        title: "Queue",
        queries: {
          "{{machine}} all": "jenkins_queue_size_value",
          "{{machine}} waiting for an executor": "jenkins_queue_buildable_value",
          "{{machine}} stuck": "jenkins_queue_stuck_value",
        },
      },
      {
        title: "Executors",
        queries: {
          "{{machine}} in use": "jenkins_executor_in_use_value",
          "{{machine}} free": "jenkins_executor_free_value",
        },
      },
      {
        title: "Agents",
        queries: {
          "{{machine}} connected": "jenkins_node_online_value",
          "{{machine}} not connected": "jenkins_node_offline_value",
        },
      },
      { title: "Jenkins answers", queries: { "{{machine}}": "jenkins_up" } },
    ],
  },
];

/** JSON model of a dashboard for Grafana, with two charts per row. */
export function grafanaDashboard({ id, title, charts }: Dashboard): Record<string, unknown> {
  return {
    uid: `paasmas-${id}`,
    title,
    tags: ["paasmas"],
    editable: false,
    schemaVersion: 39,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    panels: charts.map(({ title: chart, queries, unit = "short" }, index) => ({
      id: index + 1,
      type: "timeseries",
      title: chart,
      datasource: { type: "prometheus", uid: "metrics" },
      gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: Object.entries(queries).map(([legendFormat, expr], query) => ({
        refId: String.fromCharCode(65 + query),
        expr,
        legendFormat,
      })),
    })),
  };
}
