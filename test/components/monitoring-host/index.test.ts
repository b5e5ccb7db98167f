import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { runPolicies } from "../../../cli/plan/policies.ts";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { AwsCloud } from "../../../components/cloud/aws/index.ts";
import type { Cloud } from "../../../components/cloud/cloud.ts";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { OpenstackCloud } from "../../../components/cloud/openstack/index.ts";
import { EtcdCluster } from "../../../components/etcd-cluster/index.ts";
import { LogStore } from "../../../components/log-store/index.ts";
import { MetricsAgent } from "../../../components/metrics-agent/index.ts";
import type { MonitoringHostArgs } from "../../../components/monitoring-host/args.ts";
import { MonitoringHost } from "../../../components/monitoring-host/index.ts";
import { config, parse } from "../../../ignition/index.ts";
import images from "../../../ignition/roles/images.json" with { type: "json" };
import { policies } from "../../../policies/all.ts";
import { zones } from "../cloud/aws-plan.ts";
import { installedFiles } from "../../ignition/roles/contents.ts";
import { plan } from "../planned.ts";

const filesOf = (text: string) => new Map(installedFiles(parse(JSON.parse(text))).map((one) => [one.path, one.text]));
const prometheusOf = (text: string) =>
  JSON.parse(filesOf(text).get("/etc/paasmas/monitoring/prometheus/prometheus.json")!);

const watchedPlan = (
  args: Partial<MonitoringHostArgs> = {},
  between: (cloud: Cloud) => Partial<MonitoringHostArgs> = () => ({}),
) =>
  plan((cloud) => {
    cloud.addNodeAgent(new MetricsAgent());
    const more = between(cloud);
    void new EtcdCluster("etcd", { cloud });
    const monitoring = new MonitoringHost("monitoring", { cloud, ...more, ...args });
    return { url: monitoring.url, ca: monitoring.caCertificate, password: monitoring.adminPassword };
  });

describe("MonitoringHost", () => {
  test("creates one machine with a volume; only this machine can read metrics of the others", async () => {
    const planned = await watchedPlan();
    expect(planned.machine("monitoring")).toMatchObject({
      role: "monitoring",
      address: "10.9.0.46",
      size: "medium",
      dataVolumeGiB: 50,
      dataVolumePath: "/var/lib/paasmas/monitoring",
    });
    expect(planned.firewallRules().filter((opening) => opening.includes("monitoring"))).toEqual([
      "10.9.0.0/24 -> monitoring: 3000",
      "monitoring -> etcd: 2381",
      "monitoring -> etcd: 9100",
    ]);
    expect(planned.one("paasmas:index:MonitoringHost", "monitoring").inputs).toEqual({
      images: [images.prometheus, images.alertmanager, images.grafana, images.haproxy],
      machines: ["monitoring"],
      watched: ["etcd-0", "etcd-1", "etcd-2"],
      retentionDays: 30,
    });
    expect(planned.outputs).toMatchObject({
      url: "https://10.9.0.46:3000",
      ca: expect.stringContaining("BEGIN CERTIFICATE"),
    });
    expect(planned.secretOutputs).toEqual(["password"]);
  });

  test("reads metrics of every machine, itself included, which all run the exporter and its collectors", async () => {
    const planned = await watchedPlan();
    const { scrape_configs, global } = prometheusOf(planned.config("monitoring").text);
    const targets = scrape_configs[0].static_configs.map(
      ({ targets: [target], labels }: { targets: string[]; labels: { machine: string } }) => [labels.machine, target],
    );
    expect(targets).toEqual([
      ["etcd-0", "10.9.0.10:9100"],
      ["etcd-1", "10.9.0.11:9100"],
      ["etcd-2", "10.9.0.12:9100"],
      ["monitoring", "10.9.0.46:9100"],
    ]);
    expect(global.external_labels).toEqual({ environment: "dev" });
    for (const [machine, target] of targets) {
      const { text } = planned.config(machine);
      expect(filesOf(text).get("/etc/paasmas/metrics.env")).toBe(`ADDRESS=${target.split(":")[0]}\n`);
      const enabled = parse(JSON.parse(text))
        .systemd!.units!.filter((unit) => unit.enabled)
        .map(({ name }) => name);
      expect(enabled).toEqual(expect.arrayContaining(["node-exporter.service", "machine-metrics.timer"]));
    }
    expect(filesOf(planned.config("etcd-0").text).get("/etc/paasmas/node-exporter-image.env")).toContain(
      images["node-exporter"],
    );
  });

  test("shows the logs of the log store, and watches the log store", async () => {
    const planned = await watchedPlan({}, (cloud) => ({ logs: new LogStore("logs", { cloud }) }));
    const password = String(
      planned.one("random:index/randomPassword:RandomPassword", "logs-read-password").outputs.result,
    );
    const files = filesOf(planned.config("monitoring").text);
    expect(files.get("/etc/paasmas/monitoring/grafana/logs-password")).toBe(password);
    expect(
      JSON.parse(files.get("/etc/paasmas/monitoring/grafana/provisioning/datasources/paasmas.yaml")!).datasources[1]
        .url,
    ).toBe("https://10.9.0.45:3100");
    expect(planned.firewallRules()).toEqual(
      expect.arrayContaining(["monitoring -> logs: 3100", "monitoring -> logs: 9100"]),
    );
    expect(planned.config("monitoring").secret).toBe(true);
  });

  test("applies every argument", async () => {
    const snippet = JSON.stringify({
      ignition: { version: "3.4.0" },
      storage: { files: [{ path: "/etc/issue", contents: { source: "data:,hi" } }] },
    });
    const planned = await watchedPlan({
      webhook: "https://chat.example.com/hook",
      adminPassword: "correct-horse-battery",
      users: ["10.9.1.0/24"],
      retentionDays: 7,
      environment: "test",
      dnsName: "monitoring.example.com",
      images: {
        prometheus: "mirror.example.com/prometheus:3",
        alertmanager: "mirror.example.com/alertmanager:1",
        grafana: "mirror.example.com/grafana:12",
        proxy: "mirror.example.com/haproxy:3",
      },
      hostNumber: 47,
      machineSize: "large",
      volumeGiB: 10,
      readyTimeoutSeconds: 77,
      snippets: [snippet],
    });
    expect(planned.machine("monitoring")).toMatchObject({ address: "10.9.0.47", size: "large", dataVolumeGiB: 10 });
    expect(planned.outputs).toMatchObject({
      url: "https://monitoring.example.com:3000",
      password: "correct-horse-battery",
    });
    expect(planned.firewallRules()).toContain("10.9.1.0/24 -> monitoring: 3000");
    expect(planned.one("tls:index/certRequest:CertRequest", "monitoring-request").inputs).toMatchObject({
      ipAddresses: ["10.9.0.47"],
      dnsNames: ["monitoring.example.com"],
    });
    expect(planned.one("command:local:Command", "monitoring-ready").inputs.environment).toMatchObject({
      TIMEOUT_SECONDS: "77",
    });
    const files = filesOf(planned.config("monitoring").text);
    expect(files.get("/etc/paasmas/monitoring.env")).toBe(
      "DATA_PATH=/var/lib/paasmas/monitoring\nRETENTION=7d\nRETENTION_SIZE=8GB\n",
    );
    expect(files.get("/etc/paasmas/monitoring/alertmanager/alertmanager.json")).toContain(
      '"url": "https://chat.example.com/hook"',
    );
    expect(
      ["image", "alertmanager-image", "grafana-image", "monitoring-proxy-image"].map((name) =>
        files.get(`/etc/paasmas/${name}.env`),
      ),
    ).toEqual([
      "IMAGE=mirror.example.com/prometheus:3\n",
      "IMAGE=mirror.example.com/alertmanager:1\n",
      "IMAGE=mirror.example.com/grafana:12\n",
      "IMAGE=mirror.example.com/haproxy:3\n",
    ]);
    expect(files.get("/etc/issue")).toBe("hi");
    expect(prometheusOf(planned.config("monitoring").text).global.external_labels).toEqual({ environment: "test" });
  });

  test.each<[Partial<MonitoringHostArgs>, string[]]>([
    [{ retentionDays: 0 }, ["monitoring.retentionDays: 0 is not allowed; use a whole number from 1 to 3650 days"]],
    [{ volumeGiB: 4 }, ["monitoring.volumeGiB: 4 is not allowed; use a whole number from 5 to 16384 GiB"]],
    [
      { hostNumber: 255 },
      ["monitoring.hostNumber: host number 255 does not fit into 10.9.0.0/24: it has room for 2 to 254"],
    ],
    [
      { environment: "a b" },
      ['monitoring.environment: "a b" cannot be a label; use up to 64 letters, digits and . _ -'],
    ],
    [
      { dnsName: "grafana" },
      ['monitoring.dnsName: "grafana" is not a host name with a domain; use one like monitoring.example.com'],
    ],
    [
      { adminPassword: "short" },
      [
        "monitoring-admin-password: the given password is not allowed; use at least 12 printable ASCII characters without spaces",
      ],
    ],
    [
      { webhook: "chat.example.com" },
      ["monitoring.webhook: the given URL is not allowed; use one that begins with https://"],
    ],
    [{ cloud: undefined as never }, ["monitoring.cloud: is missing; give the cloud the machine runs in"]],
  ])("rejects %j", async (args, messages) => {
    await expect(watchedPlan(args)).rejects.toThrow(new ArgumentError(messages));
  });

  test("rejects users without a valid range, and machines without metrics", async () => {
    await expect(watchedPlan({ users: ["everybody"] })).rejects.toThrow(/^monitoring\.users\[0\]: /);
    const blind = plan((cloud) => {
      void new EtcdCluster("etcd", { cloud });
      void new MonitoringHost("monitoring", { cloud });
    });
    await expect(blind).rejects.toThrow(
      new ArgumentError([
        "monitoring.cloud: its machines etcd-0, etcd-1, etcd-2 have no metrics agent; add one before the first of them: cloud.addNodeAgent(new MetricsAgent())",
      ]),
    );
  });

  test("accepts another image of the agent", async () => {
    const planned = await plan((cloud) => {
      cloud.addNodeAgent(new MetricsAgent({ image: "mirror.example.com/node-exporter:1" }));
      const firewall = cloud.firewall("app", { description: "app" });
      cloud.machine("app", { role: "apps", hostNumber: 60, firewall, config: () => config() });
    });
    expect(filesOf(planned.config("app").text).get("/etc/paasmas/node-exporter-image.env")).toBe(
      "IMAGE=mirror.example.com/node-exporter:1\n",
    );
    expect(planned.firewallRules()).toEqual([]);
  });
});

test("has documentation for every alert on the component's page", () => {
  const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
  const alerts = [...read("ignition/roles/monitoring/alerts.yaml").matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const rows = [...read("docs/components/monitoring-host.md").matchAll(/^\| `([A-Z]\w+)` \|/gm)].map(
    ([, name]) => name,
  );
  expect(rows).toEqual(alerts);
});

test.each<[string, () => Cloud]>([
  ["aws", () => new AwsCloud("cloud", { cidr: "10.0.0.0/16", zones, image: "ami-0123456789abcdef0" })],
  ["docker", () => new DockerCloud("cloud", { cidr: "10.9.0.0/24" })],
  [
    "openstack",
    () =>
      new OpenstackCloud("cloud", {
        cidr: "10.9.0.0/24",
        flavors: { small: "m1.small", medium: "m1.medium" },
        imageId: "6f1f8a36-4a5f-4b51-a8cf-2b1b0f1f4a5e",
      }),
  ],
])("violates no policy on %s", async (_, newCloud) => {
  const { resources } = await evaluate(
    () => {
      const cloud = newCloud();
      cloud.addNodeAgent(new MetricsAgent());
      void new EtcdCluster("etcd", { cloud });
      void new MonitoringHost("monitoring", { cloud });
    },
    { stack: "test" },
  );
  const results = await runPolicies(policies, resources);
  expect(results.flatMap(({ violations }) => violations).filter(({ level }) => level === "mandatory")).toEqual([]);
});
