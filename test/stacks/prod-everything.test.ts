import { expect, test } from "vitest";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { runPolicies } from "../../cli/plan/policies.ts";
import { replacingInputs, rules } from "../../cli/plan/replacement.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import { taggedTypes } from "../../policies/tags.ts";
import { compose } from "../../stacks/compose.ts";
import { parseEnvironment } from "../../stacks/environment.ts";
import { committed } from "./committed.ts";
import { evaluated } from "./evaluated.ts";
import { prodWithEverything } from "./prod-everything.ts";

const settings = policyConfig(policies, committed("prod")["paasmas:policies"]);

test.each([false, true])("prod with every option violates no mandatory policy (first preview: %s)", async (first) => {
  const environment = parseEnvironment("prod", { ...committed("prod"), ...prodWithEverything() });
  const { resources } = await evaluate(() => compose(environment), { stack: "prod", firstPreview: first });
  const violations = (await runPolicies(policies, resources, settings)).flatMap((result) => result.violations);
  expect(violations.filter(({ level }) => level === "mandatory")).toEqual([]);
});

test("each AWS type of prod with every option has tags if it can, and a rule about its replacement", async () => {
  const { resources } = await evaluated("prod", prodWithEverything());
  const types = [...new Set(resources.filter(({ custom }) => custom).map(({ type }) => type))].filter((type) =>
    type.startsWith("aws:"),
  );
  expect(types).toContain("aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint");
  expect(types.filter((type) => rules[type] === undefined)).toEqual([]);
  const tagged = resources.filter(({ type, inputs }) => type.startsWith("aws:") && inputs.tags !== undefined);
  expect([...new Set(tagged.map(({ type }) => type))].filter((type) => !taggedTypes.includes(type))).toEqual([]);
});

test("the connect endpoint of each network is replaced by a change of its subnet, and not by a tag", async () => {
  const { resources } = await evaluated("prod", prodWithEverything());
  const endpoints = resources.filter(({ type }) => type.endsWith(":InstanceConnectEndpoint"));
  expect(endpoints.map(({ name }) => name)).toEqual(["paasmas-connect", "ci-connect"]);
  for (const endpoint of endpoints) {
    expect(replacingInputs(endpoint, ["securityGroupIds", "subnetId", "tags"])).toEqual([
      "securityGroupIds",
      "subnetId",
    ]);
  }
});
