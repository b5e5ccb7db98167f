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
  /** The machines that are asked for metrics, this one included. */
  machines: readonly MonitoredMachine[];
  /** What every metric is labelled with as its `environment`. */
  environment: string;
  /** How long metrics are kept, in days, and how much of the disk they may take, in GiB: whichever comes first. */
  retention: { days: number; gib: number };
  /** Password of Grafana's `admin`; secret. */
  adminPassword: string;
  /** The server's identity; the certificate names whatever users call the dashboards. */
  tls: TlsIdentity;
  /** Where dashboards find logs. Absent: nowhere. */
  logs?: { url: string; ca: string; user: string; password: string };
  /** Who is told of alerts: a URL that takes Alertmanager's webhooks; secret. Absent: nobody, they are only shown. */
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

/** Ports on which a machine of a role has metrics beside its own; how it is called in rules is the job's name. */
export const roleMetrics: Readonly<Record<string, { job: string; port: Port }>> = {
  etcd: { job: "etcd", port: etcdPorts.metrics },
  haproxy: { job: "haproxy", port: haproxyPorts.health },
  "kubernetes-control-plane": { job: "kubernetes-etcd", port: kubernetesPorts.etcdMetrics },
};

/** The users that the containers run as; each owns its secrets. */
const uids = { alertmanager: 65533, grafana: 472, proxy: 99 };

const folder = "/etc/paasmas/monitoring";

/** Where everything is kept on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/monitoring";

/** The Ignition config of a machine that watches the others: Prometheus with the alerts, Alertmanager, and Grafana. */
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

/** Prometheus' own configuration; JSON is YAML. */
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
    // What joins an alert that was told already, and its end, is told within a minute: a second machine down is news.
    route: {
      receiver: "webhook",
      group_by: ["alertname"],
      group_wait: "30s",
      group_interval: "1m",
      repeat_interval: "4h",
    },
    receivers: [{ name: "webhook", webhook_configs: [{ url: webhook, send_resolved: true }] }],
    // One that does not answer is not healthy either, and one word about it is enough.
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

/** Grafana, with everything in it there from the start, and nothing to be changed by hand. */
function grafana({ images, adminPassword, logs }: MonitoringNode): Fragment {
  const own = `${folder}/grafana`;
  const settings = {
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
  const sources = [
    {
      name: "Metrics",
      uid: "metrics",
      type: "prometheus",
      access: "proxy",
      url: "http://127.0.0.1:9090",
      isDefault: true,
      editable: false,
    },
    ...(logs === undefined
      ? []
      : [
          {
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
          },
        ]),
  ];
  const { storage, systemd } = config(
    ...["", "/provisioning", "/provisioning/datasources", "/provisioning/dashboards", "/dashboards"].map((path) =>
      directory({ path: `${own}${path}` }),
    ),
    envFile({ path: `${folder}/grafana.env`, values: settings, mode: 0o644 }),
    secret(`${own}/admin-password`, adminPassword),
    ...(logs === undefined
      ? []
      : [secret(`${own}/logs-password`, logs.password), file({ path: `${own}/logs-ca.pem`, text: logs.ca })]),
    json(`${own}/provisioning/datasources/paasmas.yaml`, { apiVersion: 1, datasources: sources }),
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

/** A file that Grafana alone reads. */
function secret(path: string, text: string): Fragment {
  return file({ path, text, mode: 0o400, user: uids.grafana });
}

/** Settings as a file; secret if it has an owner. */
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
