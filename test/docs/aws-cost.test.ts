import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { costOf } from "../../cli/plan/aws/cost.ts";
import { prepare } from "../../cli/plan/environment.ts";
import { readProject, stackConfig } from "../../cli/settings.ts";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/operations.md"), "utf8");
const section = page.slice(page.indexOf("### Reduce the cost on AWS")).split("\n### ")[0]!;
const settings = /```yaml\n([\s\S]*?)```/.exec(section)![1]!;

const dir = mkdtempSync(join(tmpdir(), "paasmas-cost-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe("the smaller prod of docs/operations.md", () => {
  test.each([
    ["as it is", settings],
    [
      "on Graviton",
      settings.replace(/^( *)natGateways/m, "$1architecture: aarch64\n$1natGateways").replaceAll(" t3.", " t4g."),
    ],
  ])("costs the documented sum, and less than 1,000 USD a month: %s", async (what, text) => {
    const configFile = join(dir, `${what.replaceAll(" ", "-")}.yaml`);
    writeFileSync(configFile, text);
    const project = readProject(root);
    const planned = await prepare(project, "prod", stackConfig(project, "prod", { configFile })).plan();
    const cost = costOf(planned.resources)!;
    expect(cost.monthlyUsd).toBeLessThan(1000);
    expect(cost.withoutPrice).toEqual([]);
    expect(section).toContain(`${Math.round(cost.monthlyUsd)} USD`);
    const violations = planned.policies.flatMap((result) => result.violations);
    expect(violations.filter(({ level }) => level === "mandatory")).toEqual([]);
  });
});
