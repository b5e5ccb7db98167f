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
    command: "pulumi config set --stack prod --path 'shop:aws.accountId' '<12 digits>'",
  };
  return { ...bare, policies: sampleResults(urn), missingSettings: [left] };
}

test("a plan as text", async () => {
  await expect(planText(await plan())).toMatchFileSnapshot("sample-plan.txt");
});

test("--verbose names every resource", async () => {
  const sample = await plan();
  const text = planText(sample, { verbose: true });
  expect(text).toContain("Resources (20)");
  const [, ...below] = sample.resources;
  for (const { name } of below) expect(text).toContain(name);
});

test("no line but a command to copy is wider than 100 columns", async () => {
  const wide = planText(await plan())
    .split("\n")
    .filter((line) => width(line) > 100 && !line.includes("pulumi config set"));
  expect(wide).toEqual([]);
});

test("colours only when asked for, and the same words with them", async () => {
  const sample = await plan();
  const escape = String.fromCharCode(27);
  expect(planText(sample)).not.toContain(escape);
  const colored = planText(sample, { color: true });
  expect(colored).toContain(`${escape}[31m✗ 1 mandatory violation`);
  expect(colored.replaceAll(new RegExp(`${escape}\\[\\d+m`, "g"), "")).toBe(planText(sample));
});

test("the closing lines say how each environment fares", async () => {
  const sample = await plan();
  const text = closingText([sample, { ...sample, environment: "dev", policies: [], missingSettings: [] }], "plan");
  expect(text.split("\n").slice(1)).toEqual([
    "prod  3 machines, 20 resources  ✗ 1 mandatory violation  1 setting left to configure",
    "dev   3 machines, 20 resources  ✓ policies hold          ready for up",
    "Written: plan/index.html and prod.json, dev.json",
    "",
  ]);
});
