import * as random from "@pulumi/random";
import { expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { inFirstPreview, withFirstPreview } from "../../../cli/plan/first-preview.ts";
import type { PolicyResult } from "../../../cli/plan/policies.ts";
import { isUnknown } from "../../../policies/values.ts";

const program = () => {
  const id = new random.RandomId("id", { byteLength: 4, prefix: "a" });
  new random.RandomPet("pet", { prefix: id.hex, separator: id.prefix.apply((prefix) => `${prefix}-`), length: 2 });
  id.hex.apply((hex) => new random.RandomPet(`pet-${hex}`));
};

test("the first preview has unknown inputs and absent outputs, and dependencies that name them", async () => {
  const { resources } = await evaluate(program, { stack: "dev", firstPreview: true });
  const pet = resources.find(({ name }) => name === "pet")!;
  const source = resources.find(({ name }) => name === "id")!;
  expect(isUnknown(pet.inputs.prefix)).toBe(true);
  expect(pet.outputs).toEqual({ separator: "a-", length: 2 });
  expect(pet.propertyDependencies).toEqual({ prefix: [source.urn], separator: [source.urn] });
  expect(source.outputs).toEqual({ byteLength: 4, prefix: "a" });
  expect(resources.map(({ name }) => name)).toEqual(["paasmas-dev", "id", "pet"]);
});

test("a plan after a first preview has all values again", async () => {
  await evaluate(program, { stack: "dev", firstPreview: true });
  const { resources } = await evaluate(program, { stack: "dev" });
  expect(resources.find(({ name }) => name === "pet")?.outputs.prefix).toMatch(/^[0-9a-f]{8}$/);
  expect(resources.length).toBe(4);
});

const result = (...urns: string[]): PolicyResult => ({
  name: "tags",
  description: "Resources have tags",
  severity: "low",
  level: "mandatory",
  ids: [],
  resources: 3,
  violations: urns.map((urn) => ({
    policy: "tags",
    severity: "low",
    level: "mandatory",
    message: `${urn} has none`,
    urn,
  })),
});

test("a violation of the first preview alone joins those of the plan, and says so", () => {
  const [merged] = withFirstPreview([result("a")], [result("a", "b")]);
  expect(merged?.violations.map(({ message }) => message)).toEqual(["a has none", "in the first preview: b has none"]);
  expect(withFirstPreview([result("a", "b")], [result("a")])).toEqual([result("a", "b")]);
});

test("an error of the first preview alone says so, and keeps its class", () => {
  const error = inFirstPreview(new RangeError("hex is undefined"));
  expect(error).toBeInstanceOf(RangeError);
  expect((error as Error).message).toBe("in the first preview, before any value exists: hex is undefined");
});
