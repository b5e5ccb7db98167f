import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { runPolicies } from "../../cli/plan/policies.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import { containsUnknown } from "../../policies/values.ts";
import { compose } from "../../stacks/compose.ts";
import { parseEnvironment } from "../../stacks/environment.ts";
import { committed } from "../stacks/committed.ts";
import { evaluated, stacks } from "../stacks/evaluated.ts";
import { cases } from "./cases/all.ts";
import { type Case, unknownString } from "./cases/case.ts";
import { deciding } from "./cases/deciding.ts";
import { judge, planned, urnOf } from "./planned.ts";

/** A resource whose outputs are not known before the update. */
const source = planned("random:index/randomId:RandomId", "source");

type Key = string | number;
type Value = Record<Key, unknown>;

/** The resource in the engine's first preview: the property is absent, and its dependencies name its source. */
function absent(resource: PlannedResource, properties: readonly string[], from = [source.urn]): PlannedResource {
  const drop = (values: object) =>
    Object.fromEntries(Object.entries(values).filter(([key]) => !properties.includes(key)));
  const sources = properties.map((key) => [key, [...(resource.propertyDependencies[key] ?? []), ...from]]);
  return {
    ...resource,
    inputs: drop(resource.inputs),
    outputs: drop(resource.outputs),
    propertyDependencies: { ...resource.propertyDependencies, ...Object.fromEntries(sources) },
  };
}

function propertiesOf({ inputs, outputs }: PlannedResource): string[] {
  return [...new Set([...Object.keys(inputs), ...Object.keys(outputs)])];
}

/** The resource with an unknown value at a path in its inputs, as resource policies get it in a preview. */
function withUnknown(resource: PlannedResource, path: readonly Key[]): PlannedResource {
  const inputs = replaced(resource.inputs, path) as Record<string, unknown>;
  return { ...resource, inputs, outputs: { ...resource.outputs, ...inputs } };
}

function replaced(value: unknown, [key, ...rest]: readonly Key[]): unknown {
  if (key === undefined) return unknownString;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as Value) }) as Value;
  copy[key] = replaced(copy[key], rest);
  return copy;
}

function pathsIn(value: unknown): Key[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const key = Array.isArray(value) ? Number(name) : name;
    return [[key], ...pathsIn(item).map((path) => [key, ...path])];
  });
}

interface Variant {
  given: string;
  property: string;
  resources: PlannedResource[];
}

function variantsOf({ resources }: Case): Variant[] {
  const within = (index: number, changed: PlannedResource) => [...resources.with(index, changed), source];
  return resources.flatMap((resource, index) => [
    ...propertiesOf(resource).map((property) => ({
      given: `${resource.name} without ${property}`,
      property,
      resources: within(index, absent(resource, [property])),
    })),
    ...pathsIn(resource.inputs).map((path) => ({
      given: `${resource.name} with unknown ${path.join(".")}`,
      property: `${path[0]}`,
      resources: within(index, withUnknown(resource, path)),
    })),
  ]);
}

/** Mandatory violations, each as the name of its resource. */
async function blamed(one: Case, resources: readonly PlannedResource[]): Promise<string[]> {
  const violations = await judge([one.policy], resources, one.config);
  return violations.filter(({ level }) => level === "mandatory").map(({ urn }) => `${urn?.split("::").at(-1)}`);
}

describe.each(policies.map((policy) => policy.name))("policy %s in the first preview", (name) => {
  const own = cases.filter((one) => one.policy === name);

  it("finds nothing in a compliant case when a value does not exist yet", async () => {
    const found: string[] = [];
    for (const one of own.filter(({ expected }) => expected.length === 0)) {
      for (const { given, resources } of variantsOf(one)) {
        const names = await blamed(one, resources);
        if (names.length > 0) found.push(`${one.given}: ${given}`);
      }
    }
    expect(found).toEqual([]);
  });

  it("blames no other resource of a violating case when a value does not exist yet", async () => {
    const found: string[] = [];
    for (const one of own.filter(({ expected }) => expected.length > 0)) {
      const before = await blamed(one, one.resources);
      for (const { given, resources } of variantsOf(one)) {
        const names = await blamed(one, resources);
        if (names.length > before.length) found.push(`${one.given}: ${given}`);
      }
    }
    expect(found).toEqual([]);
  });

  it("loses a violation only with a property that decides it", async () => {
    const found = new Set<string>();
    for (const one of own.filter(({ expected }) => expected.length > 0)) {
      const before = await blamed(one, one.resources);
      for (const { given, property, resources } of variantsOf(one).filter(({ given }) => given.includes(" without "))) {
        const names = await blamed(one, resources);
        if (names.length < before.length) found.add(property);
        else expect(names, `${one.given}: ${given}`).toEqual(before);
      }
    }
    expect([...found].sort().join(" ")).toBe(deciding[name] ?? "");
  });
});

it("no policy finds more when any set of properties is absent", async () => {
  const compliant = cases.filter(({ expected }) => expected.length === 0);
  const property = fc.asyncProperty(
    fc.constantFrom(...compliant),
    fc.infiniteStream(fc.boolean()),
    async (one, coins) => {
      const isAbsent = () => coins.next().value as boolean;
      const resources = one.resources.map((resource) => absent(resource, propertiesOf(resource).filter(isAbsent)));
      expect(await blamed(one, [...resources, source])).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: 1000, seed: 3 });
});

describe.each(stacks)("the first preview of %s", async (stack) => {
  const config = policyConfig(policies, committed(stack)["paasmas:policies"]);
  const essenceOf = async (resources: readonly PlannedResource[]) =>
    (await runPolicies(policies, resources, config)).flatMap(({ violations }) =>
      violations.map(({ policy, level, urn }) => `${level} ${policy} ${urn}`),
    );
  const { resources } = await evaluated(stack);
  const environment = parseEnvironment(stack, committed(stack));
  const preview = await evaluate(() => compose(environment), { stack, firstPreview: true });

  it("registers the same resources, some with values that do not exist yet", () => {
    expect(preview.resources.map(({ urn }) => urn).sort()).toEqual(resources.map(({ urn }) => urn).sort());
    expect(preview.resources.filter(({ inputs }) => containsUnknown(inputs)).length).toBeGreaterThan(40);
    expect(preview.resources.filter(({ outputs }) => containsUnknown(outputs))).toEqual([]);
  });

  it("has the violations of the plan, and no others", async () => {
    expect(await essenceOf(preview.resources)).toEqual(await essenceOf(resources));
  });

  it("has no other mandatory violation when every property with a dependency is absent", async () => {
    const hidden = resources.map((resource) => absent(resource, Object.keys(resource.propertyDependencies), []));
    expect((await essenceOf(hidden)).filter((one) => one.startsWith("mandatory"))).toEqual([]);
  });
});

describe("the server group of a quorum", () => {
  const server = "openstack:compute/instance:Instance";
  const groupType = "openstack:compute/serverGroup:ServerGroup";
  const cluster = (policy: string, ...dependencies: Record<string, string[]>[]) => [
    planned(groupType, "spread", { policies: [policy] }),
    ...dependencies.map((propertyDependencies, i) =>
      planned(server, `galera-${i}`, { metadata: { Role: "galera" } }, { propertyDependencies }),
    ),
  ];
  const listed = { schedulerHints: [urnOf(groupType, "spread")] };

  it.each([
    ["are not known yet", cluster("anti-affinity", listed, listed, listed), 0],
    ["are missing on one member", cluster("anti-affinity", listed, listed, {}), 1],
    ["have no source on one member", cluster("anti-affinity", listed, listed, { schedulerHints: [] }), 1],
    ["name a group with another policy", cluster("affinity", listed, listed, listed), 1],
  ])("is judged by the scheduler hints, which %s", async (_, resources, expected) => {
    expect((await judge(["quorum-spread"], resources)).length).toBe(expected);
  });
});
