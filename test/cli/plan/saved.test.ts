import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { describe, expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { readSavedPlan } from "../../../cli/plan/saved-file.ts";
import { redacted, savedPlan, savedText } from "../../../cli/plan/saved.ts";
import { samplePlan } from "../sample/plan.ts";

class Box extends pulumi.ComponentResource {
  constructor(name: string, args: pulumi.Inputs) {
    super("test:index:Box", name, args);
  }
}

describe("secrets", () => {
  const program = () => {
    const password = new RandomPassword("generated", { length: 24 }).result;
    const given = pulumi.secret("given-by-the-user");
    new Box("marked", { password, nested: [{ deep: given, open: "open" }] });
    // This program loses the mark of the secret. The file must not contain the value.
    given.apply((text) => new Box("unmarked", { note: `the password is ${text}`, list: [text] }));
    return { password };
  };

  test("are redacted in all places, also without the mark", async () => {
    const { resources } = await evaluate(program, { stack: "dev" });
    const generated = resources.find((resource) => resource.name === "generated")?.outputs.result as string;
    expect(generated).toHaveLength(24);
    const common = { severity: "low", level: "advisory" } as const;
    const violations = [{ ...common, policy: "p", message: "given-by-the-user is short" }];
    const policies = [{ ...common, name: "p", description: "d", ids: [], resources: 1, violations }];
    const plan = savedPlan({ environment: "dev", project: "shop", resources, policies, missingSettings: [] });
    const inputs = Object.fromEntries(plan.resources.map((resource) => [resource.name, resource.inputs]));
    expect(inputs.marked).toEqual({ password: redacted, nested: [{ deep: redacted, open: "open" }] });
    expect(inputs.unmarked).toEqual({ note: "the password is [secret]", list: [redacted] });
    expect(plan.policies[0]?.violations[0]?.message).toBe("[secret] is short");
    expect(savedText(plan)).not.toContain(generated);
    expect(savedText(plan)).not.toContain("given-by-the-user");
  });
});

test("redacts a secret group, but not the same ordinary words in other places", async () => {
  const program = () => {
    new Box("group", { metadata: pulumi.secret({ role: "ignition", key: "k" }) });
    new Box("elsewhere", { purpose: "ignition" });
  };
  const { resources } = await evaluate(program, { stack: "dev" });
  const plan = savedPlan({ environment: "dev", project: "shop", resources, policies: [], missingSettings: [] });
  expect(plan.resources.map(({ inputs }) => inputs)).toEqual([{}, { purpose: "ignition" }, { metadata: redacted }]);
});

describe("the file", () => {
  test("is the same in two runs, sorted by URN, without the values of one run", async () => {
    const [first, second] = [await samplePlan(), await samplePlan()].map((plan) => savedText(savedPlan(plan)));
    expect(first).toBe(second);
    const { resources } = JSON.parse(first ?? "");
    expect(resources.map((resource: { urn: string }) => resource.urn)).toEqual(
      resources.map((resource: { urn: string }) => resource.urn).sort(),
    );
    const volume = resources.find((resource: { name: string }) => resource.name === "db-0-data");
    expect(volume).toEqual({
      custom: true,
      inputs: { availabilityZone: "eu-central-1a", encrypted: true, size: 40, type: "gp3" },
      name: "db-0-data",
      parent: "urn:pulumi:prod::shop::paasmas:cloud:Cloud$shop:index:Database$paasmas:cloud:Machine::db-0",
      protect: true,
      retainOnDelete: true,
      type: "aws:ebs/volume:Volume",
      urn:
        "urn:pulumi:prod::shop::paasmas:cloud:Cloud$shop:index:Database" +
        "$paasmas:cloud:Machine$aws:ebs/volume:Volume::db-0-data",
    });
  });

  test("is the same after writing and reading", async () => {
    const plan = savedPlan(await samplePlan());
    const dir = mkdtempSync(join(tmpdir(), "paasmas-"));
    try {
      writeFileSync(join(dir, "prod.json"), savedText(plan));
      const read = readSavedPlan(join(dir, "prod.json"));
      expect(read.resources.map(({ urn }) => urn)).toEqual(plan.resources.map(({ urn }) => urn));
      expect(savedText(read)).toBe(savedText(plan));
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});
