import { expect, test } from "vitest";
import { closingText, planText } from "../../../cli/plan/text.ts";
import { width } from "../../../cli/plan/table.ts";
import { samplePlan, sampleResults } from "../sample/plan.ts";

async function plan() {
  const bare = await samplePlan();
  const urn = bare.resources.find((resource) => resource.name === "db-0" && resource.custom)?.urn ?? "";
  const left = {
    key: "aws.accountId",
    why: "the account that prod runs in; the provider refuses to touch any other account than this one",
    command: "npm run config -- prod 'aws.accountId' '<12 digits>'",
  };
  return { ...bare, policies: sampleResults(urn), missingSettings: [left] };
}

test("prints a plan as text", async () => {
  await expect(planText(await plan())).toMatchFileSnapshot("sample-plan.txt");
});

test("lists every resource with --verbose", async () => {
  const sample = await plan();
  const text = planText(sample, { verbose: true });
  expect(text).toContain("Resources (20)");
  const [, ...below] = sample.resources;
  for (const { name } of below) expect(text).toContain(name);
});

test("keeps lines within 100 columns, except commands to copy", async () => {
  const wide = planText(await plan())
    .split("\n")
    .filter((line) => width(line) > 100 && !/npm run config|aws service-quotas/.test(line));
  expect(wide).toEqual([]);
});

test("prints colours only on request, with the same text", async () => {
  const sample = await plan();
  const control = String.fromCharCode(27);
  expect(planText(sample)).not.toContain(control);
  const colored = planText(sample, { color: true });
  expect(colored).toContain(`${control}[31m✗ 1 mandatory violation`);
  expect(colored.replaceAll(new RegExp(`${control}\\[\\d+m`, "g"), "")).toBe(planText(sample));
});

test("prints the state of each environment in the last lines", async () => {
  const sample = await plan();
  const text = closingText([sample, { ...sample, environment: "dev", policies: [], missingSettings: [] }], "plan");
  expect(text.split("\n").slice(1)).toEqual([
    "prod  3 machines, 20 resources  ✗ 1 mandatory violation  1 setting missing  at least 60 USD a month",
    "dev   3 machines, 20 resources  ✓ policies hold          ready for up       at least 60 USD a month",
    "Written: plan/index.html and prod.json, dev.json",
    "",
  ]);
});
