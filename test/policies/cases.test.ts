import { describe, expect, it } from "vitest";
import { policies } from "../../policies/all.ts";
import { cases } from "./cases/all.ts";
import { essence, judge, policyNamed } from "./planned.ts";

describe.each(policies.map((policy) => policy.name))("policy %s", (name) => {
  const own = cases
    .filter((one) => one.policy === name)
    .map((one) => ({ ...one, predicate: predicateOf(one.expected) }));

  it.each(own)("$predicate $given", async ({ policy, resources, config, expected }) => {
    const violations = await judge([policy], resources, config);
    expect(violations.map((violation) => essence(policyNamed(policy), resources, violation))).toEqual(expected);
  });

  it("has a compliant and a violating case", () => {
    expect(own.some((one) => one.expected.some((message) => !message.startsWith("exempted")))).toBe(true);
    expect(own.some((one) => one.expected.length === 0)).toBe(true);
  });
});

it("finds no case for an unknown policy", () => {
  const names = policies.map((policy) => policy.name);
  expect(cases.filter((one) => !names.includes(one.policy))).toEqual([]);
});

it("reports the resource, the given value, the allowed value and the fix", async () => {
  const { resources } = cases.find((one) => one.policy === "aws-imdsv2" && one.expected.length === 1)!;
  expect(await judge(["aws-imdsv2"], resources)).toEqual([
    {
      policy: "aws-imdsv2",
      severity: "high",
      level: "mandatory",
      urn: "urn:pulumi:test::paasmas::aws:ec2/instance:Instance::web",
      message:
        'web (aws:ec2/instance:Instance): metadataOptions.httpTokens is not set; allowed: "required". ' +
        'Fix: set metadataOptions.httpTokens to "required".',
    },
  ]);
});

it("advises a setting of a provider only to policies for this provider", () => {
  const withDefaultTags = policies.filter(({ remediationSteps }) => remediationSteps.includes("defaultTags"));
  expect(withDefaultTags.filter(({ appliesTo }) => appliesTo.some((type) => !type.startsWith("aws:")))).toEqual([]);
});

function predicateOf(expected: readonly string[]): string {
  if (expected.length === 0) return "accepts";
  return expected.every((message) => message.startsWith("exempted")) ? "exempts" : "rejects";
}
