import { describe, expect, test } from "vitest";
import { monitoring, type MonitoringNode } from "../../../../ignition/roles/monitoring/role.ts";
import { installedFiles } from "../contents.ts";
import { monitoringNode, monitoringSecrets } from "../nodes.ts";

const folder = "/etc/paasmas/monitoring";
const files = (more: Partial<MonitoringNode> = {}) =>
  new Map(installedFiles(monitoring(monitoringNode(more))).map((file) => [file.path, file]));
const json = (path: string, more: Partial<MonitoringNode> = {}) =>
  JSON.parse(files(more).get(`${folder}/${path}`)!.text);
const units = (more: Partial<MonitoringNode> = {}) =>
  monitoring(monitoringNode(more))
    .systemd!.units!.filter(({ enabled }) => enabled)
    .map(({ name }) => name);

describe("the configuration of Prometheus", () => {
  test("scrapes every machine and the additional port of its role", () => {
    expect(json("prometheus/prometheus.json")).toEqual({
      global: { scrape_interval: "15s", evaluation_interval: "15s", external_labels: { environment: "staging" } },
      rule_files: [`${folder}/prometheus/alerts.yaml`],
      alerting: { alertmanagers: [{ static_configs: [{ targets: ["127.0.0.1:9093"] }] }] },
      scrape_configs: [
        {
          job_name: "node",
          static_configs: [
            { targets: ["10.0.0.10:9100"], labels: { machine: "etcd-0", role: "etcd" } },
            { targets: ["10.0.0.30:9100"], labels: { machine: "lb-0", role: "haproxy" } },
            { targets: ["10.0.0.46:9100"], labels: { machine: "monitoring", role: "monitoring" } },
          ],
        },
        {
          job_name: "etcd",
          static_configs: [{ targets: ["10.0.0.10:2381"], labels: { machine: "etcd-0", role: "etcd" } }],
        },
        {
          job_name: "haproxy",
          static_configs: [{ targets: ["10.0.0.30:8404"], labels: { machine: "lb-0", role: "haproxy" } }],
        },
        { job_name: "prometheus", static_configs: [{ targets: ["127.0.0.1:9090"] }] },
      ],
    });
    const one = json("prometheus/prometheus.json", { machines: [{ name: "app", role: "apps", address: "10.0.0.60" }] });
    expect(one.scrape_configs.map(({ job_name }: { job_name: string }) => job_name)).toEqual(["node", "prometheus"]);
  });

  test("sends no alerts without a webhook", () => {
    expect(json("prometheus/prometheus.json", { webhook: undefined })).not.toHaveProperty("alerting");
    expect(units()).toContain("alertmanager.service");
    expect(units({ webhook: undefined })).not.toContain("alertmanager.service");
  });
});

test("stores each secret in one file that only its user can read", () => {
  const all = [...files().values()];
  const holders = (secret: string) =>
    all.filter(({ text }) => text.includes(secret)).map(({ path, mode, uid }) => [path, mode, uid]);
  expect(holders(monitoringSecrets.admin)).toEqual([[`${folder}/grafana/admin-password`, 0o400, 472]]);
  expect(holders(monitoringSecrets.logs)).toEqual([[`${folder}/grafana/logs-password`, 0o400, 472]]);
  expect(holders(monitoringSecrets.webhook)).toEqual([[`${folder}/alertmanager/alertmanager.json`, 0o400, 65533]]);
});

test("Grafana has metrics and logs, requires a login, and sends no usage reports", () => {
  const { datasources } = json("grafana/provisioning/datasources/paasmas.yaml");
  expect(datasources).toMatchObject([
    { uid: "metrics", type: "prometheus", url: "http://127.0.0.1:9090", editable: false },
    {
      uid: "logs",
      type: "loki",
      url: "https://10.0.0.45:3100",
      basicAuthUser: "read",
      jsonData: { tlsAuthWithCACert: true },
      secureJsonData: {
        basicAuthPassword: `$__file{${folder}/grafana/logs-password}`,
        tlsCACert: `$__file{${folder}/grafana/logs-ca.pem}`,
      },
    },
  ]);
  expect(json("grafana/provisioning/datasources/paasmas.yaml", { logs: undefined }).datasources).toHaveLength(1);
  const settings = files().get(`${folder}/grafana.env`)!.text.split("\n");
  for (const line of [
    "GF_SERVER_HTTP_ADDR=127.0.0.1",
    "GF_AUTH_ANONYMOUS_ENABLED=false",
    "GF_USERS_ALLOW_SIGN_UP=false",
    "GF_ANALYTICS_REPORTING_ENABLED=false",
    `GF_SECURITY_ADMIN_PASSWORD__FILE=${folder}/grafana/admin-password`,
  ]) {
    expect(settings).toContain(line);
  }
  expect([...files().keys()].filter((path) => path.startsWith(`${folder}/grafana/dashboards/`))).toEqual([
    `${folder}/grafana/dashboards/machines.json`,
    `${folder}/grafana/dashboards/database.json`,
    `${folder}/grafana/dashboards/jenkins.json`,
  ]);
});
