import { describe, expect, it } from "vitest";
import { policies } from "../../policies/all.ts";
import { cases } from "./cases/all.ts";
import { essence, judge, policyNamed } from "./planned.ts";

describe.each(policies.map((policy) => policy.name))("policy %s", (name) => {
  const own = cases.filter((one) => one.policy === name);

  it.each(own)("when $when", async ({ policy, resources, config, says }) => {
    const violations = await judge([policy], resources, config);
    expect(violations.map((violation) => essence(policyNamed(policy), resources, violation))).toEqual(says);
  });

  it("has a case that violates it and one that complies", () => {
    expect(own.some((one) => one.says.some((message) => !message.startsWith("exempted")))).toBe(true);
    expect(own.some((one) => one.says.length === 0)).toBe(true);
  });
});

it("has no case of a policy that does not exist", () => {
  const names = policies.map((policy) => policy.name);
  expect(cases.filter((one) => !names.includes(one.policy))).toEqual([]);
});

it("says what was given, what is allowed, which resource and how to fix it", async () => {
  const { resources } = cases.find((one) => one.policy === "aws-imdsv2" && one.says.length === 1)!;
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
