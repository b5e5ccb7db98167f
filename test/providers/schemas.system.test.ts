import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import replacing from "../../cli/plan/replacing-inputs.json" with { type: "json" };
import { decidedInCode } from "../../cli/plan/replacement.ts";
import { evaluated, stacks } from "../stacks/evaluated.ts";
import { packages, replacingInputs, schemaOf } from "./replacing-inputs.ts";
import { notBuilt } from "./requirements.ts";

const require = createRequire(import.meta.url);

/** Inputs that only the package has, because it is newer than the provider. No stack uses them. */
const newer: readonly string[] = ["tagFieldSpecifications", "useResourceTimeoutForPropagation"];

describe.each(packages)("the real provider of %s", (name) => {
  const reason = notBuilt(`${name}-schema/schema.json`);
  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  it("has all resources of the plans, with the inputs of the package", async () => {
    const { resources } = schemaOf(name);
    const planned = (await Promise.all(stacks.map((stack) => evaluated(stack)))).flatMap((plan) => plan.resources);
    const types = [...new Set(planned.map(({ type }) => type).filter((type) => type.startsWith(`${name}:`)))];
    expect(types.filter((type) => resources[type] === undefined)).toEqual([]);
    for (const type of types) {
      // The package has these tags among its outputs only.
      const inputs = Object.keys(resources[type]!.inputProperties).filter((input) => input !== "tagsAll");
      expect(inputs.sort(), type).toEqual(packageInputs(name, type).sort());
    }
  });

  it("replaces resources for the inputs in the table of the plan", () => {
    const table = Object.entries(replacing).filter(([type]) => type.startsWith(`${name}:`));
    expect(Object.fromEntries(table)).toEqual(replacingInputs(schemaOf(name)));
  });

  it("does not say in its schema what the plan has by hand", () => {
    const { resources } = schemaOf(name);
    for (const [type, inputs] of Object.entries(decidedInCode)) {
      if (!type.startsWith(`${name}:`)) continue;
      const { inputProperties } = resources[type]!;
      for (const input of inputs) {
        expect(Object.keys(inputProperties), type).toContain(input);
        expect(inputProperties[input]!.willReplaceOnChanges, `${type} ${input}`).toBeUndefined();
      }
    }
  });
});

/** Names of the inputs in the JavaScript of a package. */
function packageInputs(name: string, type: string): string[] {
  const folder = dirname(require.resolve(`@pulumi/${name}/package.json`));
  const source = readFileSync(join(folder, `${type.split(":")[1]}.js`), "utf8");
  const assigned = [...source.matchAll(/resourceInputs\["(\w+)"\] = ([^;]+);/g)];
  const inputs = assigned.filter(([, , value]) => /\bargs\b/.test(value!)).map(([, input]) => input!);
  return [...new Set(inputs)].filter((input) => !newer.includes(input));
}
