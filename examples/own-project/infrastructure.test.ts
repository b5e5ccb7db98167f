import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate, runPolicies } from "paasmas/plan";
import { policies } from "paasmas/policies";
import { shop } from "./infrastructure.ts";

// Runs the program like the engine, but without engine, cloud or credentials.
const { resources } = await evaluate(() => shop({ image: "ami-0123456789abcdef0" }), {
  project: "shop",
  stack: "prod",
});

test("plans three protected database nodes in three zones", () => {
  const nodes = resources.filter(({ type, inputs }) => type === "paasmas:cloud:Machine" && inputs.role === "galera");
  assert.deepEqual(nodes.map(({ name }) => name).sort(), ["galera-0", "galera-1", "galera-2"]);
  assert.equal(new Set(nodes.map(({ inputs }) => inputs.zone)).size, 3);
  assert.ok(nodes.every(({ inputs }) => inputs.retained));
});

test("passes the database connection to the shop as a secret parameter", () => {
  const [parameter] = resources.filter(({ type }) => type === "aws:ssm/parameter:Parameter");
  assert.match(String(parameter?.inputs.value), /"DATABASE_USER":"shop"/);
  assert.deepEqual(parameter?.secretPaths, ["$.value"]);
});

test("installs the health check of the sessions role and keeps its password in one config", () => {
  const configs = resources.filter(({ type }) => type === "aws:s3/bucketObjectv2:BucketObjectv2");
  const own = configs.find(({ name }) => name === "sessions-0-ignition");
  const { storage, systemd } = JSON.parse(String(own?.inputs.content));
  const paths = storage.files.map(({ path }: { path: string }) => path);
  assert.ok(
    ["/opt/paasmas/bin/ready", "/opt/paasmas/bin/respond", "/etc/shop/sessions.conf"].every((path) =>
      paths.includes(path),
    ),
  );
  const enabled = systemd.units
    .filter((unit: { enabled?: boolean }) => unit.enabled)
    .map(({ name }: { name: string }) => name);
  assert.deepEqual(enabled.sort(), ["image.service", "metadata-guard.service", "ready.socket", "sessions.service"]);
  const { source } = storage.files.find(({ path }: { path: string }) => path === "/etc/shop/sessions.conf").contents;
  const holders = configs.filter(({ inputs }) => String(inputs.content).includes(source));
  assert.deepEqual(
    holders.map(({ name, secretPaths }) => [name, secretPaths.includes("$.content")]),
    [["sessions-0-ignition", true]],
  );
});

test("complies with the policy pack", async () => {
  const results = await runPolicies(policies, resources);
  assert.deepEqual(
    results.flatMap(({ violations }) => violations.map(({ policy, message }) => `${policy}: ${message}`)),
    [],
  );
});
