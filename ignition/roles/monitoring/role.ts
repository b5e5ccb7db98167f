import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host, scripts, serviceImage } from "../base/base-machine.ts";
import { etcdPorts } from "../etcd/role.ts";
import { haproxyPorts } from "../haproxy/role.ts";
import { kubernetesPorts } from "../kubernetes/settings.ts";
import { metricsPorts } from "../metrics/agent.ts";
import type { HostSettings, Port, TlsIdentity } from "../role.ts";
import { dashboards, grafanaDashboard } from "./dashboards.ts";

export interface MonitoringNode {
  host: HostSettings;
  /** Container images, by tag or digest: Prometheus 2.42, Alertmanager 0.25, Grafana 11, HAProxy 2.6, or later ones. */
  images: { prometheus: string; alertmanager: string; grafana: string; proxy: string };
  /** Machines to scrape, including this one. */
  machines: readonly MonitoredMachine[];
  /** Name of the environment, the label `environment` of all metrics. */
  environment: string;
  /** Retention of metrics: at most this number of days and this size in GiB. */
  retention: { days: number; gib: number };
  /** Password of Grafana's user `admin`. Secret. */
  adminPassword: string;
  /** Identity of the server; the certificate contains all names and addresses that users use. */
  tls: TlsIdentity;
  /** Log store for the dashboards. Default: none. */
  logs?: { url: string; ca: string; user: string; password: string };
  /** URL that receives Alertmanager's webhooks. Secret. Default: none, alerts are only shown. */
  webhook?: string;
}

export interface MonitoredMachine {
  name: string;
  role: string;
  address: string;
}

export const monitoringPorts = {
  dashboards: { port: 3000, description: "dashboards" },
} satisfies Record<string, Port>;

/** Additional metrics port by role. `job` is the job label in alert rules. */
export const roleMetrics: Readonly<Record<string, { job: string; port: Port }>> = {
  etcd: { job: "etcd", port: etcdPorts.metrics },
  haproxy: { job: "haproxy", port: haproxyPorts.health },
  "kubernetes-control-plane": { job: "kubernetes-etcd", port: kubernetesPorts.etcdMetrics },
};

/** Users of the containers; each owns its secrets. */
const uids = { alertmanager: 65533, grafana: 472, proxy: 99 };

const folder = "/etc/paasmas/monitoring";

/** Folder of all data on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/monitoring";

/** The Ignition config of a monitoring machine: Prometheus with alert rules, Alertmanager, and Grafana. */
export function monitoring(node: MonitoringNode): Config {
  const { host: settings, images, retention, tls, webhook } = node;
  const parameters = {
    DATA_PATH: settings.dataVolume?.path ?? defaultDataPath,
    RETENTION: `${retention.days}d`,
    RETENTION_SIZE: `${retention.gib}GB`,
  };
  return config(
    host(settings, { image: images.prometheus, ready: local("ready"), service: "prometheus.service" }),
    directory({ path: folder }),
    envFile({ path: "/etc/paasmas/monitoring.env", values: parameters, mode: 0o644 }),

    directory({ path: `${folder}/prometheus` }),
    json(`${folder}/prometheus/prometheus.json`, prometheus(node)),
    fileFromDisk({ path: `${folder}/prometheus/alerts.yaml`, from: local("alerts.yaml") }),
    unit({ name: "prometheus.service", from: local("prometheus.service"), enabled: true }),
    ...(webhook === undefined ? [] : [alertmanager(images.alertmanager, webhook)]),

    grafana(node),
    directory({ path: `${folder}/proxy` }),
    fileFromDisk({ path: `${folder}/proxy/proxy.cfg`, from: local("proxy.cfg") }),
    file({
      path: `${folder}/proxy/certificate.pem`,
      text: `${tls.certificate.trimEnd()}\n${tls.privateKey}`,
      mode: 0o400,
      user: uids.proxy,
    }),
    serviceImage("monitoring-proxy", images.proxy),
    unit({ name: "monitoring-proxy.service", from: local("monitoring-proxy.service"), enabled: true }),
  );
}

/** Configuration of Prometheus; JSON is valid YAML. */
function prometheus({ machines, environment, webhook }: MonitoringNode): Record<string, unknown> {
  const targets = (of: readonly MonitoredMachine[], { port }: Port) =>
    of.map(({ name, role, address }) => ({ targets: [`${address}:${port}`], labels: { machine: name, role } }));
  const others = Object.entries(roleMetrics).map(([role, { job, port }]) => ({
    job,
    targets: targets(
      machines.filter((machine) => machine.role === role),
      port,
    ),
  }));
  const jobs = [
    { job: "node", targets: targets(machines, metricsPorts.node) },
    ...others.filter((job) => job.targets.length > 0),
  ];
  return {
    global: { scrape_interval: "15s", evaluation_interval: "15s", external_labels: { environment } },
    rule_files: [`${folder}/prometheus/alerts.yaml`],
    ...(webhook !== undefined && {
      alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:9093"] }] }] },
    }),
    scrape_configs: [
      ...jobs.map(({ job, targets: static_configs }) => ({ job_name: job, static_configs })),
      { job_name: "prometheus", static_configs: [{ targets: ["127.0.0.1:9090"] }] },
    ],
  };
}

function alertmanager(image: string, webhook: string): Fragment {
  const settings = {
    // Send changes of an alert group within a minute: a second failed machine is important.
    route: {
      receiver: "webhook",
      group_by: ["alertname"],
      group_wait: "30s",
      group_interval: "1m",
      repeat_interval: "4h",
    },
    receivers: [{ name: "webhook", webhook_configs: [{ url: webhook, send_resolved: true }] }],
    // If a machine is unreachable, its other alerts add no information.
    inhibit_rules: [
      {
        source_matchers: ['alertname = "MachineUnreachable"'],
        target_matchers: ['alertname != "MachineUnreachable"'],
        equal: ["machine"],
      },
    ],
  };
  const { storage, systemd } = config(
    directory({ path: `${folder}/alertmanager` }),
    json(`${folder}/alertmanager/alertmanager.json`, settings, uids.alertmanager),
    serviceImage("alertmanager", image),
    unit({ name: "alertmanager.service", from: local("alertmanager.service"), enabled: true }),
  );
  return { storage, systemd };
}

/** Files and units of Grafana, with provisioned data sources and dashboards that users cannot edit. */
function grafana({ images, adminPassword, logs }: MonitoringNode): Fragment {
  const own = `${folder}/grafana`;
  const { storage, systemd } = config(
    ...["", "/provisioning", "/provisioning/datasources", "/provisioning/dashboards", "/dashboards"].map((path) =>
      directory({ path: `${own}${path}` }),
    ),
    envFile({ path: `${folder}/grafana.env`, values: grafanaSettings(own), mode: 0o644 }),
    secret(`${own}/admin-password`, adminPassword),
    ...(logs === undefined
      ? []
      : [secret(`${own}/logs-password`, logs.password), file({ path: `${own}/logs-ca.pem`, text: logs.ca })]),
    json(`${own}/provisioning/datasources/paasmas.yaml`, { apiVersion: 1, datasources: dataSources(own, logs) }),
    json(`${own}/provisioning/dashboards/paasmas.yaml`, {
      apiVersion: 1,
      providers: [{ name: "paasmas", type: "file", allowUiUpdates: false, options: { path: `${own}/dashboards` } }],
    }),
    ...dashboards.map((dashboard) => json(`${own}/dashboards/${dashboard.id}.json`, grafanaDashboard(dashboard))),
    fileFromDisk({ path: `${scripts}/grafana-password`, from: local("grafana-password"), mode: 0o755 }),
    serviceImage("grafana", images.grafana),
    unit({ name: "grafana.service", from: local("grafana.service"), enabled: true }),
  );
  return { storage, systemd };
}

/** Environment of Grafana, with its files in the given folder. */
function grafanaSettings(own: string): Record<string, string> {
  return {
    GF_SERVER_HTTP_ADDR: "127.0.0.1",
    GF_SERVER_HTTP_PORT: "3001",
    GF_PATHS_PROVISIONING: `${own}/provisioning`,
    GF_SECURITY_ADMIN_PASSWORD__FILE: `${own}/admin-password`,
    GF_SECURITY_COOKIE_SECURE: "true",
    GF_SECURITY_STRICT_TRANSPORT_SECURITY: "true",
    GF_USERS_ALLOW_SIGN_UP: "false",
    GF_AUTH_ANONYMOUS_ENABLED: "false",
    GF_ANALYTICS_REPORTING_ENABLED: "false",
    GF_ANALYTICS_CHECK_FOR_UPDATES: "false",
    GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false",
    GF_PLUGINS_PREINSTALL_DISABLED: "true",
    GF_LOG_LEVEL: "warn",
    GF_LOG_MODE: "console",
  };
}

/** Data sources of the dashboards: metrics, and logs if there is a log store. */
function dataSources(own: string, logs: MonitoringNode["logs"]): Record<string, unknown>[] {
  const metrics = {
    name: "Metrics",
    uid: "metrics",
    type: "prometheus",
    access: "proxy",
    url: "http://127.0.0.1:9090",
    isDefault: true,
    editable: false,
  };
  if (logs === undefined) return [metrics];
  const store = {
    name: "Logs",
    uid: "logs",
    type: "loki",
    access: "proxy",
    url: logs.url,
    editable: false,
    basicAuth: true,
    basicAuthUser: logs.user,
    jsonData: { tlsAuthWithCACert: true },
    secureJsonData: {
      basicAuthPassword: `$__file{${own}/logs-password}`,
      tlsCACert: `$__file{${own}/logs-ca.pem}`,
    },
  };
  return [metrics, store];
}

/** A file that only Grafana can read. */
function secret(path: string, text: string): Fragment {
  return file({ path, text, mode: 0o400, user: uids.grafana });
}

/** A JSON file; secret if it has an owner. */
function json(path: string, value: unknown, owner?: number): Fragment {
  return file({
    path,
    text: `${JSON.stringify(value, null, 2)}\n`,
    ...(owner !== undefined && { mode: 0o400, user: owner }),
  });
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
