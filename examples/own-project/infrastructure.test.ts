import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, runPolicies } from "paasmas/plan";
import { policies } from "paasmas/policies";
import { shop } from "./infrastructure.ts";

// The program, as the engine would run it: without engine, cloud or credentials.
const { resources } = await evaluate(() => shop({ image: "ami-0123456789abcdef0" }), { project: "shop", stack: "prod" });

test("there are three database nodes, each in a zone of its own and protected", () => {
  const nodes = resources.filter(({ type, inputs }) => type === "paasmas:cloud:Machine" && inputs.role === "galera");
  assert.deepEqual(nodes.map(({ name }) => name).sort(), ["galera-0", "galera-1", "galera-2"]);
  assert.equal(new Set(nodes.map(({ inputs }) => inputs.zone)).size, 3);
  assert.ok(nodes.every(({ inputs }) => inputs.retained));
});

test("the shop gets its connection from a parameter whose value is secret", () => {
  const [parameter] = resources.filter(({ type }) => type === "aws:ssm/parameter:Parameter");
  assert.match(String(parameter?.inputs.value), /"DATABASE_USER":"shop"/);
  assert.deepEqual(parameter?.secretPaths, ["$.value"]);
});

test("the plan holds against the policy pack", async () => {
  const results = await runPolicies(policies, resources);
  assert.deepEqual(
    results.flatMap(({ violations }) => violations.map(({ policy, message }) => `${policy}: ${message}`)),
    [],
  );
});
