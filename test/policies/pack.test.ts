import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { policies } from "../../policies/all.ts";

const folder = new URL("../../policies/", import.meta.url);

it("holds 90 policies with unique names", () => {
  expect(policies.length).toBe(90);
  expect(new Set(policies.map((policy) => policy.name)).size).toBe(90);
});

it.each(policies)("$name has complete metadata", (policy) => {
  expect(policy.name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  expect(policy.description).toMatch(/^[A-Z].*\.$/);
  expect(policy.remediationSteps).toMatch(/\.$/);
  expect(["low", "medium", "high", "critical"]).toContain(policy.severity);
  expect(policy.appliesTo.length).toBeGreaterThan(0);
  for (const type of policy.appliesTo) expect(type).toMatch(/^[a-z]+:[A-Za-z0-9.-]+(\/[A-Za-z0-9]+)?:[A-Za-z0-9]+$/);
  for (const id of policy.ids)
    expect(id).toMatch(
      /^(CIS (AWS (3|5)\.0\.0|Docker 1\.6\.0|Kubernetes 1\.12\.0) \d+(\.\d+)+|CKV2?_(AWS|OPENSTACK|K8S|GIT)_\d+)$/,
    );
  expect(policy.tags).toEqual(policy.ids);
  const schemas = Object.values(policy.configSchema?.properties ?? {});
  expect(schemas.every((schema) => schema.default !== undefined && schema.description !== undefined)).toBe(true);
});

it("gives a policy with a CIS id a framework, in the form that the engine shows", () => {
  expect(policies.find((policy) => policy.name === "aws-imdsv2")?.framework).toEqual({
    name: "CIS AWS",
    version: "3.0.0",
    reference: "5.6",
    specification: "CIS AWS 3.0.0 5.6",
  });
});

it("imports no provider SDK, and @pulumi/policy only in the file that starts the pack", () => {
  const files = readdirSync(folder).filter((file) => file.endsWith(".ts"));
  const imports = files.flatMap((file) =>
    [...readFileSync(new URL(file, folder), "utf8").matchAll(/^import (?!type)[^"]*"([^"]+)"/gm)].map(
      ([, from]) => `${file}: ${from}`,
    ),
  );
  expect(imports.filter((line) => /@pulumi/.test(line))).toEqual([
    "index.ts: @pulumi/pulumi",
    "index.ts: @pulumi/policy",
  ]);
});
