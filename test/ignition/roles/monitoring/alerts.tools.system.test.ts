import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { dashboards, grafanaDashboard } from "../../../../ignition/roles/monitoring/dashboards.ts";
import { monitoring } from "../../../../ignition/roles/monitoring/role.ts";
import { installedFiles } from "../contents.ts";
import { missing, rootEnv } from "../requirements.ts";
import { monitoringNode } from "../nodes.ts";
import { metricNames } from "./exporters.ts";

interface Rule {
  alert: string;
  expr: string;
}
interface Case {
  alertname: string;
  exp_alerts: unknown[];
}

const file = (name: string) => new URL(name, import.meta.url);
const alerts = new URL("../../../../ignition/roles/monitoring/alerts.yaml", import.meta.url);
const rules: Rule[] = parse(readFileSync(alerts, "utf8")).groups.flatMap((group: { rules: Rule[] }) => group.rules);
const cases: Case[] = parse(readFileSync(file("alerts.test.yaml"), "utf8")).tests.flatMap(
  (one: { alert_rule_test: Case[] }) => one.alert_rule_test,
);
const queries = dashboards.flatMap(({ charts }) => charts.flatMap((chart) => Object.values(chart.queries)));

test.each(rules.map(({ alert }) => alert))("%s has a case that fires and one that does not fire", (alert) => {
  const own = cases.filter(({ alertname }) => alertname === alert).map(({ exp_alerts }) => exp_alerts.length > 0);
  expect(new Set(own)).toEqual(new Set([true, false]));
});

const noPromtool = missing({ programs: ["promtool"] });

describe.skipIf(noPromtool !== undefined)(
  `promtool${noPromtool === undefined ? "" : ` (skipped: ${noPromtool})`}`,
  () => {
    const folder = mkdtempSync(join(tmpdir(), "alerts-"));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const promtool = (...parameters: string[]) => {
      const { status, stdout, stderr } = spawnSync("promtool", parameters, { encoding: "utf8", env: rootEnv });
      return { status, output: `${stdout}${stderr}` };
    };

    test("accepts all cases of the alerts", () => {
      const path = join(folder, "cases.yaml");
      writeFileSync(path, readFileSync(file("alerts.test.yaml"), "utf8").replace("ALERTS", alerts.pathname));
      expect(promtool("test", "rules", path)).toMatchObject({ status: 0, output: expect.stringContaining("SUCCESS") });
    }, 120_000);

    test("accepts the configuration of Prometheus and every query of the dashboards", () => {
      const own = "/etc/paasmas/monitoring/prometheus";
      for (const { path, text } of installedFiles(monitoring(monitoringNode()))) {
        if (path.startsWith(own)) writeFileSync(join(folder, path.slice(own.length)), text.replaceAll(own, folder));
      }
      expect(promtool("check", "config", join(folder, "prometheus.json"))).toMatchObject({ status: 0 });
      writeFileSync(
        join(folder, "queries.yaml"),
        JSON.stringify({
          groups: [{ name: "queries", rules: queries.map((expr, index) => ({ record: `query_${index}`, expr })) }],
        }),
      );
      expect(promtool("check", "rules", join(folder, "queries.yaml"))).toMatchObject({
        status: 0,
        output: expect.stringContaining(`${queries.length} rules found`),
      });
    });
  },
);

const noExporters = missing({ programs: ["prometheus-node-exporter", "haproxy", "etcd"] });

describe.skipIf(noExporters !== undefined)(
  `the real exporters${noExporters === undefined ? "" : ` (skipped: ${noExporters})`}`,
  () => {
    let known = new Set<string>();
    beforeAll(async () => {
      known = await metricNames();
    }, 120_000);

    const metrics = (text: string) =>
      [
        ...text
          .replaceAll(/"[^"]*"/g, "")
          .matchAll(/\b(?:node|haproxy|etcd|mysql|paasmas|jenkins)_[a-z0-9_]+|\bup\b/gi),
      ].map(([name]) => name);

    test.each([
      ...rules.map(({ alert, expr }) => [alert, expr] as const),
      ...queries.map((query) => [query, query] as const),
    ])("%s uses existing metrics", (_, expr) => {
      const asked = metrics(expr);
      expect(asked.length).toBeGreaterThan(0);
      expect(asked.filter((name) => !known.has(name))).toEqual([]);
    });
  },
);

test("a dashboard has the format of Grafana, with two charts per row and their queries", () => {
  const [first] = dashboards;
  const { panels, ...page } = grafanaDashboard(first!) as { panels: Record<string, unknown>[] };
  expect(page).toMatchObject({ uid: "paasmas-machines", title: "Machines", editable: false });
  expect(panels).toHaveLength(first!.charts.length);
  expect(panels[3]).toMatchObject({
    id: 4,
    title: "Free disk space",
    datasource: { type: "prometheus", uid: "metrics" },
    gridPos: { x: 12, y: 8, w: 12, h: 8 },
    fieldConfig: { defaults: { unit: "percentunit" } },
    targets: [{ refId: "A", legendFormat: "{{machine}} {{mountpoint}}" }],
  });
});
