import { describe, expect, it } from "vitest";
import { policies } from "../../policies/all.ts";
import { engineConfig, policyConfig, PolicyConfigError } from "../../policies/config.ts";
import { cases } from "./cases/all.ts";
import { judge } from "./planned.ts";

const levels = (given?: unknown) => {
  const settings = policyConfig(policies, given);
  return (name: string) => settings.get(name)?.enforcementLevel;
};

describe("enforcement levels", () => {
  it("are those of the policies without a configuration", () => {
    const level = levels();
    expect(level("aws-imdsv2")).toBe("mandatory");
    expect(level("docker-fixed-image")).toBe("advisory");
  });

  it("are set for all policies, and then for one policy", () => {
    const level = levels({
      all: "advisory",
      "aws-imdsv2": "disabled",
      "user-data-size": { enforcementLevel: "mandatory" },
    });
    expect(level("aws-imdsv2")).toBe("disabled");
    expect(level("user-data-size")).toBe("mandatory");
    expect(level("tags-mandatory")).toBe("advisory");
    expect(level("docker-fixed-image")).toBe("advisory");
  });

  const { resources } = cases.find((one) => one.policy === "aws-imdsv2" && one.expected.length === 1)!;
  it.each([
    ["mandatory", ["mandatory"]],
    ["remediate", ["mandatory"]],
    ["advisory", ["advisory"]],
    ["disabled", []],
  ])("%s reaches the violation", async (level, expected) => {
    const violations = await judge(["aws-imdsv2"], resources, { "aws-imdsv2": level });
    expect(violations.map((violation) => violation.level)).toEqual(expected);
  });
});

describe("parameters", () => {
  it("have their defaults, overridden by the configuration", () => {
    const settings = policyConfig(policies, { "aws-imds-hop-limit": { maximum: 2 } });
    expect(settings.get("aws-imds-hop-limit")).toEqual({
      enforcementLevel: "mandatory",
      parameters: { maximum: 2, exemptions: [] },
    });
    expect(settings.get("stateful-protected")?.parameters).toEqual({ stacks: ["prod", "production"], exemptions: [] });
  });
});

describe("an exemption", () => {
  const { resources } = cases.find((one) => one.policy === "aws-imdsv2" && one.expected.length === 1)!;
  const exempt = (resource: string) => ({ "aws-imdsv2": { exemptions: [{ resource, reason: "appliance" }] } });

  it.each(["web", "w*b", "urn:pulumi:test::paasmas::aws:ec2/instance:Instance::web", "*Instance::web"])(
    "for %s matches the resource, and makes the violation advisory",
    async (resource) => {
      expect(await judge(["aws-imdsv2"], resources, exempt(resource))).toEqual([
        {
          policy: "aws-imdsv2",
          severity: "high",
          level: "advisory",
          urn: "urn:pulumi:test::paasmas::aws:ec2/instance:Instance::web",
          message:
            'exempted (appliance): web (aws:ec2/instance:Instance): metadataOptions.httpTokens is not set; allowed: "required". ' +
            'Fix: set metadataOptions.httpTokens to "required".',
        },
      ]);
    },
  );

  it.each(["we", "web2", "w.b"])("for %s does not match the resource web", async (resource) => {
    expect((await judge(["aws-imdsv2"], resources, exempt(resource))).map((violation) => violation.level)).toEqual([
      "mandatory",
    ]);
  });
});

describe("an invalid policy configuration", () => {
  it.each([
    [
      "advisory",
      'paasmas:policies: "advisory" is not allowed; allowed: an object of policy names and levels or settings',
    ],
    [
      { "aws-imds-v2": "advisory" },
      'paasmas:policies.aws-imds-v2: unknown policy; use "all" or a policy of the pack; closest names: aws-imdsv2, aws-fixed-image, aws-imds-hop-limit',
    ],
    [
      { "aws-imdsv2": "advisry" },
      'paasmas:policies.aws-imdsv2: "advisry" is not allowed; allowed: one of advisory, mandatory, remediate, disabled',
    ],
    [
      { all: true },
      "paasmas:policies.all: true is not allowed; allowed: one of advisory, mandatory, remediate, disabled, or an object",
    ],
    [
      { "aws-imdsv2": { enforcementLevel: 1 } },
      "paasmas:policies.aws-imdsv2.enforcementLevel: 1 is not allowed; allowed: one of advisory, mandatory, remediate, disabled",
    ],
    [
      { "aws-imdsv2": { ports: [22] } },
      "paasmas:policies.aws-imdsv2.ports: [22] is not allowed; allowed: the settings enforcementLevel, exemptions",
    ],
    [
      { "aws-no-open-guarded-ports": { ports: 22 } },
      "paasmas:policies.aws-no-open-guarded-ports.ports: 22 is not allowed; allowed: a list",
    ],
    [
      { "aws-no-open-guarded-ports": { ports: [22, 70000] } },
      "paasmas:policies.aws-no-open-guarded-ports.ports[1]: 70000 is not allowed; allowed: a whole number from 1 to 65535",
    ],
    [
      { "tags-mandatory": { keys: ["Team", ""] } },
      'paasmas:policies.tags-mandatory.keys[1]: "" is not allowed; allowed: a non-empty string',
    ],
    [
      { "aws-imdsv2": { exemptions: [{ resource: "web" }] } },
      "paasmas:policies.aws-imdsv2.exemptions[0].reason: missing; allowed: a value",
    ],
    [
      { "aws-imdsv2": { exemptions: [{ resource: "web", reason: "x", until: "2027" }] } },
      'paasmas:policies.aws-imdsv2.exemptions[0].until: "2027" is not allowed; allowed: the keys resource, reason',
    ],
    [
      { "aws-imdsv2": { exemptions: ["web"] } },
      'paasmas:policies.aws-imdsv2.exemptions[0]: "web" is not allowed; allowed: an object',
    ],
  ])("%j is rejected", (given, message) => {
    expect(() => policyConfig(policies, given)).toThrow(new PolicyConfigError(message));
  });
});

it("passes the level of every policy to the engine, also if only a parameter is configured", () => {
  const config = engineConfig(policies, { "aws-imds-hop-limit": { maximum: 2 } });
  expect(Object.keys(config)).toEqual(policies.map((policy) => policy.name));
  expect(config["aws-imds-hop-limit"]).toEqual({ enforcementLevel: "mandatory", maximum: 2, exemptions: [] });
  expect(config["docker-fixed-image"]).toEqual({ enforcementLevel: "advisory", exemptions: [] });
});
