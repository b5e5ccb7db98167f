import { Instance } from "@pulumi/aws/ec2/index.js";
import { Volume } from "@pulumi/aws/ebs/index.js";
import { type ResourceValidationPolicy, type StackValidationPolicy, validateResourceOfType } from "@pulumi/policy";
import { describe, expect, test } from "vitest";
import { type PolicySettings, runPolicies } from "../../../cli/plan/policies.ts";
import { samplePlan } from "../sample/plan.ts";

const { resources } = await samplePlan({ size: 2, httpTokens: "optional" });
const settings = (name: string, given: PolicySettings) => new Map([[name, given]]);

describe("resource policies", () => {
  const imds: ResourceValidationPolicy = {
    name: "imds",
    description: "Instances ask for a token",
    enforcementLevel: "mandatory",
    severity: "high",
    validateResource: validateResourceOfType(Instance, (instance, args, report) => {
      if (instance.metadataOptions?.httpTokens !== "required") report(`${args.name} answers without a token`);
    }),
  };

  test("get the inputs of resources of their type, and violations name the resource", async () => {
    const [result] = await runPolicies([imds], resources);
    expect(result).toMatchObject({ name: "imds", level: "mandatory", severity: "high", resources: 3 });
    expect(result?.violations.map(({ message, level, urn }) => [message, level, urn?.split("::").at(-1)])).toEqual([
      ["db-0 answers without a token", "mandatory", "db-0"],
      ["db-1 answers without a token", "mandatory", "db-1"],
      ["lb-0 answers without a token", "mandatory", "lb-0"],
    ]);
  });

  test("use the level of the settings, and do not run when disabled", async () => {
    const [advisory] = await runPolicies(
      [imds],
      resources,
      settings("imds", { enforcementLevel: "advisory", parameters: {} }),
    );
    expect(advisory?.violations.map(({ level }) => level)).toEqual(["advisory", "advisory", "advisory"]);
    const [disabled] = await runPolicies(
      [imds],
      resources,
      settings("imds", { enforcementLevel: "disabled", parameters: {} }),
    );
    expect(disabled).toMatchObject({ level: "disabled", resources: 0, violations: [] });
  });

  test("get the same arguments as in the engine: options, parameters, class, notApplicable", async () => {
    const seen: unknown[] = [];
    const policy: ResourceValidationPolicy = {
      name: "looks",
      description: "Looks at everything",
      validateResource: (args, report) => {
        if (!args.isType(Volume)) args.notApplicable("not a volume");
        seen.push([
          args.name,
          args.type,
          args.opts.protect,
          args.opts.parent?.split("::").at(-1),
          args.asType(Volume)?.size,
          args.getConfig<{ most: number }>().most,
        ]);
        report("advice only", undefined);
        (report as unknown as (violation: object) => void)({ message: "milder", enforcementLevel: "advisory" });
      },
    };
    const [result] = await runPolicies(
      [policy],
      resources,
      settings("looks", { enforcementLevel: "mandatory", parameters: { most: 7 } }),
    );
    expect(seen).toEqual([
      ["db-0-data", "aws:ebs/volume:Volume", true, "db-0", 40, 7],
      ["db-1-data", "aws:ebs/volume:Volume", true, "db-1", 40, 7],
    ]);
    expect(result?.resources).toBe(2);
    expect(result?.violations.map(({ message, level }) => `${level}: ${message}`)).toEqual([
      "mandatory: advice only",
      "advisory: milder",
      "mandatory: advice only",
      "advisory: milder",
    ]);
  });

  test("that throw are reported with the name of the resource", async () => {
    const policy: ResourceValidationPolicy = {
      name: "broken",
      description: "",
      validateResource: () => {
        throw new TypeError("x is undefined");
      },
    };
    await expect(runPolicies([policy], resources)).rejects.toThrow("policy broken failed on shop-prod: x is undefined");
  });
});

test("stack policies get all resources with parents, dependencies and known outputs", async () => {
  const seen: Record<string, unknown> = {};
  const policy: StackValidationPolicy = {
    name: "whole",
    description: "Looks at everything at once",
    validateStack: (args, report) => {
      const instance = args.resources.find((resource) => resource.isType(Instance) && resource.name === "db-0");
      const password = args.resources.find((resource) => resource.name === "db-password");
      Object.assign(seen, {
        number: args.resources.length,
        parent: instance?.parent?.name,
        userData: instance?.propertyDependencies.userData?.map(({ name }) => name),
        dependencies: instance?.dependencies.map(({ name }) => name),
        secret: typeof password?.props.result,
      });
      report("about the stack");
      report("about the instance", instance?.urn);
    },
  };
  const [result] = await runPolicies([policy], resources);
  expect(seen).toEqual({
    number: 20,
    parent: "db-0",
    userData: ["db-password"],
    dependencies: ["db-password"],
    secret: "string",
  });
  expect(result?.violations.map(({ message, urn }) => [message, urn?.split("::").at(-1)])).toEqual([
    ["about the stack", undefined],
    ["about the instance", "db-0"],
  ]);
});

test("a policy with a list of types runs for these types only", async () => {
  const names: string[] = [];
  const policy = {
    name: "listed",
    description: "",
    appliesTo: ["aws:s3/bucket:Bucket"],
    validateResource: ({ name }: { name: string }) => void names.push(name),
  };
  const [result] = await runPolicies([policy], resources);
  expect(names).toEqual(["backups"]);
  expect(result?.resources).toBe(1);
});
