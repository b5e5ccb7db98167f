import { readFileSync } from "node:fs";
import { request } from "node:https";
import { parse } from "yaml";
import { DockerCloud } from "../../../components/cloud/docker/index.ts";
import { DatabaseLoadBalancer } from "../../../components/database-load-balancer/index.ts";
import { EtcdCluster } from "../../../components/etcd-cluster/index.ts";
import { GaleraCluster } from "../../../components/galera-cluster/index.ts";
import { MetricsAgent } from "../../../components/metrics-agent/index.ts";
import { MonitoringHost } from "../../../components/monitoring-host/index.ts";
import { dashboards } from "../../../ignition/roles/monitoring/dashboards.ts";
import { enforceFirewalls } from "../firewalls.ts";
import { seconds, until } from "../lab.ts";
import { type Machine, machinesOf } from "../machines.ts";
import { imageStore } from "../paths.ts";
import { missingCapabilities } from "../requirements.ts";
import type { Result } from "../table.ts";
import type { Check } from "./check.ts";
import { type Message, messages, receiverConfig, receiverPort, receiverUrl } from "./monitoring-alert-receiver.ts";
import { labRun } from "./lab-run.ts";

/** Address of the Docker host in the network of its containers. Only it may open the dashboards. */
const viewer = "10.83.0.1/32";
const firstPassword = "the-first-password";

/** A database with load balancers, a machine that receives alerts, and the machine that monitors all of them. */
function program(adminPassword: string): Record<string, unknown> {
  const cloud = new DockerCloud("monitoring-lab", {
    cidr: "10.83.0.0/24",
    imageStore,
    dropCapabilities: missingCapabilities(),
    publishedPorts: { 3306: 13336, 3307: 13337 },
  });
  cloud.addNodeAgent(new MetricsAgent());
  const etcd = new EtcdCluster("etcd", { cloud });
  const galera = new GaleraCluster("galera", { cloud, etcd, databases: [{ name: "app" }], tuning: { gcacheMiB: 128 } });
  new DatabaseLoadBalancer("lb", { cloud, galera, size: 1 });
  const receiver = cloud.firewall("alert-receiver", { description: "the receiver of alerts" });
  const { address } = cloud.machine("alert-receiver", {
    role: "alert-receiver",
    hostNumber: 60,
    firewall: receiver,
    config: () => receiverConfig(),
  });
  const monitoring = new MonitoringHost("monitoring", {
    cloud,
    webhook: receiverUrl(address),
    adminPassword,
    users: [viewer],
    volumeGiB: 5,
  });
  cloud.allow("monitoring-to-alert-receiver", { to: receiver, from: monitoring.firewall, ports: [receiverPort] });
  return { url: monitoring.url, ca: monitoring.caCertificate };
}

/** Prefixes of metrics of roles that do not run here. The test of the exporter checks their names. */
const notBooted = [
  "paasmas_backup_last_success_timestamp_seconds",
  "paasmas_deploy_failed",
  "paasmas_log_agent_active",
  "jenkins_",
];

/** Longest time until an alert arrives: wait of the rule, a scrape that times out, and the steps to the webhook. */
const alertLimits = { firing: 120 + 15 + 10 + 15 + 30, resolved: 60 + 15 + 15 };

/** Boots a database with monitoring, and removes the power of machines until an alert arrives. */
export async function runMonitoring(report: (line: string) => void, keep = false): Promise<Result> {
  let password = firstPassword;
  const about = {
    name: "monitoring",
    flavor: "percona",
    program: () => program(password),
    stack: "monitoring",
    report,
    keep,
  };
  return labRun(about, async ({ engine, check, healthy }) => {
    const start = performance.now();
    const { resources, outputs } = await engine.up({});
    healthy(start);
    const machines = machinesOf(resources);
    const named = (name: string) => machines.find((machine) => machine.name === name)!;
    const [lost, receiver, monitoring] = [named("etcd-2"), named("alert-receiver"), named("monitoring")];
    const viewing = new Viewer(outputs as { url: string; ca: string }, () => password);
    await enforceFirewalls(resources);

    await checkTargets(viewing, machines, check, report);

    await lost.powerOff();
    const fault = Date.now();
    await checkAccess(viewing, monitoring, receiver, named("etcd-0"), check);
    await checkQueries(viewing, check);
    await until("the alert about the lost machine", 300, async () => (await messages(receiver)).length > 0);
    const [firing] = (await messages(receiver)) as [Message];
    const told = (firing.received - fault) / 1000;
    const alerts = firing.alerts.map(({ status, labels, annotations }) => [
      status,
      labels.alertname,
      labels.machine,
      labels.role,
      labels.environment,
      labels.severity,
      annotations.summary,
    ]);
    const expected = [
      ["firing", "MachineUnreachable", "etcd-2", "etcd", "monitoring", "critical", "etcd-2 (etcd) does not answer"],
    ];
    check(
      JSON.stringify(alerts) === JSON.stringify(expected),
      `the webhook gets one alert, with the lost machine (${alerts.map((alert) => alert.join(" ")).join("; ")})`,
    );
    check(
      told <= alertLimits.firing,
      `the alert arrives ${told.toFixed(0)} s after the power loss, at most ${alertLimits.firing} s`,
    );

    await lost.powerOn();
    await enforceFirewalls(resources, [lost.name]);
    await until(
      "the lost machine",
      120,
      async () =>
        (await lost.ready()) &&
        (await lost.succeeds(
          "curl",
          "--silent",
          "--fail",
          "--output",
          "/dev/null",
          "--max-time",
          "2",
          `http://${lost.address}:9100/metrics`,
        )),
    );
    const back = Date.now();
    await until("the message that the machine is back", 180, async () => (await messages(receiver)).length > 1);
    const said = await messages(receiver);
    const cleared = (said[1]!.received - back) / 1000;
    const ends = said
      .slice(1)
      .flatMap(({ status, alerts: all }) => [
        status,
        ...all.map(({ labels }) => `${labels.alertname} ${labels.machine}`),
      ]);
    check(
      ends.join() === "resolved,MachineUnreachable etcd-2",
      `the webhook gets the end of the alert once (${ends.join(", ")})`,
    );
    check(
      cleared <= alertLimits.resolved,
      `the end arrives ${cleared.toFixed(0)} s after the machine is healthy again, at most ${alertLimits.resolved} s`,
    );

    const range = { start: Math.floor(fault / 1000) - 30, end: Math.floor(fault / 1000) + 90 };
    const before = await viewing.range("up", range);
    await monitoring.powerOff();
    await monitoring.powerOn();
    await enforceFirewalls(resources, [monitoring.name]);
    await until("the monitoring machine after its power loss", 120, () => monitoring.ready());
    check(
      before.length > 0 && (await viewing.range("up", range)).join() === before.join(),
      `after a power loss of the monitoring machine all earlier values are there (${before.length} of them)`,
    );

    await monitoring.exec(["systemctl", "stop", "alertmanager.service"]);
    check(!(await monitoring.ready()), "a monitoring machine without Alertmanager is not healthy");
    await monitoring.exec(["systemctl", "start", "alertmanager.service"]);

    password = "the-second-password";
    const { resources: renewed, steps } = await engine.up({});
    const replaced = steps
      .filter(({ type }) => type === "docker:index/container:Container")
      .map(({ action, name }) => `${action} ${name}`);
    check(
      replaced.join() === "replace monitoring-node",
      `another password replaces only the monitoring machine (${replaced.join()})`,
    );
    await enforceFirewalls(renewed, [monitoring.name]);
    check(
      (await viewing.status("/api/search")) === 200 && (await viewing.status("/api/search", firstPassword)) === 401,
      "only the new password is accepted",
    );
    check((await viewing.range("up", range)).join() === before.join(), "the new machine has the old one's metrics");
  });
}

/** Checks that every target answers and that there is no alert. */
async function checkTargets(
  viewing: Viewer,
  machines: readonly Machine[],
  check: Check,
  report: (line: string) => void,
): Promise<void> {
  const jobs: Record<string, string> = { etcd: "etcd", haproxy: "haproxy" };
  const expected = [
    "prometheus",
    ...machines.flatMap(({ name, role }) => [
      `node ${name} ${role}`,
      ...(jobs[role] ? [`${jobs[role]} ${name} ${role}`] : []),
    ]),
  ].sort();
  const start = performance.now();
  const asked = async (query: string) =>
    (await viewing.query(query))
      .map(({ metric }) => [metric.job, metric.machine, metric.role].filter(Boolean).join(" "))
      .sort();
  await until("the first answer of every target", 60, async () => (await asked("up == 1")).join() === expected.join());
  const [all, up] = [await asked("up"), await asked("up == 1")];
  check(
    all.join() === expected.join() && up.join() === expected.join(),
    `exactly the ${expected.length} expected targets answer (after ${seconds(start).toFixed(0)} s)`,
  );
  const healthy = async () => (await viewing.query("paasmas_ready == 1")).map(({ metric }) => metric.machine!).sort();
  await until("a healthy report of every machine", 90, async () => (await healthy()).length === machines.length).catch(
    async () => {
      throw new Error(`only ${(await healthy()).join(", ")} report themselves as healthy`);
    },
  );
  await until("the end of all alerts", 60, async () => (await viewing.query("ALERTS")).length === 0);
  report(
    `  every machine is healthy in its role, and no alert is pending, ` +
      `${seconds(start).toFixed(0)} s after the first query`,
  );
}

/** Checks access to the dashboards: allowed and denied. */
async function checkAccess(
  viewing: Viewer,
  monitoring: Machine,
  stranger: Machine,
  watched: Machine,
  check: Check,
): Promise<void> {
  const titles = ((await viewing.json("/api/search")) as { title: string }[]).map(({ title }) => title).sort();
  check(
    titles.join() ===
      dashboards
        .map(({ title }) => title)
        .sort()
        .join(),
    `a user who is logged in finds the dashboards (${titles.join(", ")})`,
  );
  check(
    (await viewing.status("/api/search", "wrong")) === 401 && (await viewing.status("/api/search", "")) === 401,
    "access without the password is denied",
  );
  const reach = (from: Machine, address: string, port: number) =>
    from.succeeds("timeout", "2", "bash", "-c", `exec 3<>/dev/tcp/${address}/${port}`);
  check(!(await reach(stranger, monitoring.address, 3000)), "a machine that is not in allowFrom cannot connect");
  check(
    (await monitoring.succeeds(
      "curl",
      "--silent",
      "--fail",
      "--max-time",
      "3",
      `http://${watched.address}:9100/metrics`,
    )) && !(await reach(stranger, watched.address, 9100)),
    "a machine sends its metrics only to the monitoring machine",
  );
  const listening = await monitoring.exec(["ss", "--no-header", "--numeric", "--listening", "--tcp"]);
  const outside = [
    ...new Set(listening.split("\n").flatMap((line) => /\s(?!127\.)(\S+):(\d+)\s+\S+:\*/.exec(line)?.[2] ?? [])),
  ].sort();
  check(
    outside.join() === "3000,9000,9100",
    `only the dashboards, readiness and its own metrics are served to other machines (${outside.join(", ")})`,
  );
  const secrets = ["front/certificate.pem", "grafana/admin-password", "alertmanager/alertmanager.json"].map(
    (path) => `/etc/paasmas/monitoring/${path}`,
  );
  const read = await Promise.all(
    secrets.map((path) => monitoring.succeeds("runuser", "--user", "core", "--", "cat", path)),
  );
  check(!read.includes(true), "other users of the machine cannot read its key, its password or the webhook");
}

/** Checks that the machines have the metrics that alerts and dashboards query. */
async function checkQueries(viewing: Viewer, check: Check): Promise<void> {
  const rules = new URL("../../../ignition/roles/monitoring/alerts.yaml", import.meta.url);
  const alerts = (parse(readFileSync(rules, "utf8")) as { groups: { rules: { expr: string }[] }[] }).groups.flatMap(
    (group) => group.rules.map(({ expr }) => expr),
  );
  const selectors = [
    ...new Set(
      alerts.flatMap((expr) =>
        [...expr.matchAll(/\b(?:(?:node|haproxy|etcd|mysql|paasmas)_[a-z0-9_]+|up\b)(?:\{[^}]*\})?/g)].map(
          ([selector]) => selector,
        ),
      ),
    ),
  ];
  const charts = dashboards.flatMap((page) =>
    page.charts.flatMap(({ title, queries }) =>
      Object.values(queries).map((query) => [`${page.title}: ${title}`, query] as const),
    ),
  );
  const empty = async (queries: readonly (readonly [string, string])[]) => {
    const found: string[] = [];
    for (const [name, query] of queries) {
      if (!notBooted.some((metric) => query.includes(metric)) && (await viewing.query(query)).length === 0)
        found.push(name);
    }
    return found;
  };
  const named = selectors.map((selector) => [selector, selector] as const);
  // A rate needs two samples.
  await until(
    "all queried metrics",
    90,
    async () => [...(await empty(named)), ...(await empty(charts))].length === 0,
  ).catch(() => {});
  const [unknown, blank] = [await empty(named), await empty(charts)];
  const except = (names: string[]) => (names.length > 0 ? `, but not ${names.join(", ")}` : "");
  check(unknown.length === 0, `all metrics of alerts exist: ${selectors.length} selectors${except(unknown)}`);
  check(blank.length === 0, `every chart has data: ${charts.length} queries${except(blank)}`);
}

interface Series {
  metric: Record<string, string>;
}

/** A client of the dashboards that uses only the outputs of the component. All queries go through Grafana. */
class Viewer {
  readonly #url: string;
  readonly #ca: string;
  readonly #password: () => string;

  constructor({ url, ca }: { url: string; ca: string }, password: () => string) {
    this.#url = url;
    this.#ca = ca;
    this.#password = password;
  }

  /** Current result of Prometheus. Empty if it does not answer. */
  async query(query: string): Promise<Series[]> {
    return this.#result<Series>(`query?query=${encodeURIComponent(query)}`).catch(() => []);
  }

  /** All values of a time range, as text that can be compared. */
  async range(query: string, { start, end }: { start: number; end: number }): Promise<string[]> {
    const found = await this.#result<Series & { values: [number, string][] }>(
      `query_range?query=${encodeURIComponent(query)}&start=${start}&end=${end}&step=5`,
    );
    return found
      .flatMap(({ metric, values }) => values.map((value) => `${metric.job} ${metric.machine} ${value.join(" ")}`))
      .sort();
  }

  async json(path: string): Promise<unknown> {
    const { status, text } = await this.#get(path, this.#password());
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`);
    return JSON.parse(text);
  }

  /** @param password Empty: no login. Default: the correct password. */
  async status(path: string, password = this.#password()): Promise<number> {
    return (await this.#get(path, password)).status;
  }

  async #result<Found>(path: string): Promise<Found[]> {
    return ((await this.json(`/api/datasources/proxy/uid/metrics/api/v1/${path}`)) as { data: { result: Found[] } })
      .data.result;
  }

  #get(path: string, password: string): Promise<{ status: number; text: string }> {
    const headers =
      password === "" ? {} : { authorization: `Basic ${Buffer.from(`admin:${password}`).toString("base64")}` };
    return new Promise((resolve, reject) => {
      const asking = request(
        `${this.#url}${path}`,
        { ca: this.#ca, headers, agent: false, timeout: 10_000 },
        (answer) => {
          let text = "";
          answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
          answer.on("end", () => resolve({ status: answer.statusCode!, text }));
        },
      );
      asking
        .on("timeout", () => asking.destroy(new Error("no answer")))
        .on("error", reject)
        .end();
    });
  }
}
