import { pathToFileURL } from "node:url";
import type { Cloud } from "../../components/cloud/cloud.ts";
import { DockerCloud } from "../../components/cloud/docker/index.ts";
import { evaluate } from "../plan/evaluate.ts";
import type { PlannedResource } from "../plan/resource.ts";
import { table } from "./tables.ts";

/** The first function that an example exports. A function with a parameter gets a cloud. */
export async function exampleOf(file: string): Promise<(cloud?: Cloud) => unknown> {
  const module = (await import(pathToFileURL(file).href)) as Record<string, (cloud?: Cloud) => unknown>;
  const [example] = Object.values(module);
  if (typeof example !== "function") throw new Error(`${file} exports no function`);
  return example;
}

/** The resources of an example, with the given cloud if it takes one. */
export async function plannedBy(file: string, cloud: () => Cloud): Promise<PlannedResource[]> {
  const example = await exampleOf(file);
  const { resources } = await evaluate(() => void (example.length > 0 ? example(cloud()) : example()), {
    stack: "example",
  });
  return resources;
}

/** A cloud for examples. The children of a component are the same in all clouds; only the cloud's objects differ. */
export const anyCloud = (): Cloud => new DockerCloud("cloud", { cidr: "10.77.0.0/24" });

/** The direct children of a component of an example, as a table. */
export function childrenTable(resources: readonly PlannedResource[], type: string): string {
  const component = resources.find((resource) => resource.type === type);
  if (component === undefined) throw new Error(`the example makes no ${type}`);
  const children = Map.groupBy(
    resources.filter((resource) => resource.parent === component.urn),
    (resource) => resource.type,
  );
  const rows = [...children]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([childType, found]) => [`\`${childType}\``, String(found.length), namesOf(found)]);
  return table(["Type", "Number", "Names in the example"], rows);
}

// Sorted, because the order of registrations differs between runs.
function namesOf(resources: readonly PlannedResource[]): string {
  return resources
    .map(({ name }) => `\`${name}\``)
    .sort()
    .join(", ");
}

/** The resources of each object of a cloud, from the first component of each kind. */
export function realizationTable(resources: readonly PlannedResource[]): string {
  const components = resources
    .filter(({ custom, type }) => !custom && type.startsWith("paasmas:") && !type.startsWith("paasmas:index:"))
    .sort((a, b) => (`${a.type} ${a.name}` < `${b.type} ${b.name}` ? -1 : 1));
  const parents = new Set(components.map(({ parent }) => parent));
  const owned = Map.groupBy(
    resources.filter(({ custom }) => custom),
    (resource) => resource.parent,
  );
  const rows = new Map<string, string[]>();
  for (const { type, urn, name, inputs } of components) {
    const kind = [type, inputs.purpose].filter((part) => part !== undefined).join(" for ");
    if (rows.has(kind) || (parents.has(urn) && !owned.has(urn))) continue;
    const types = Map.groupBy(owned.get(urn) ?? [], (resource) => resource.type);
    const made = [...types].sort(([a], [b]) => (a < b ? -1 : 1)).map(([one, found]) => `${found.length} × \`${one}\``);
    rows.set(kind, [`\`${type}\``, `\`${name}\``, made.join(", ") || "nothing: facts for the plan and the policies"]);
  }
  return table(["Object", "In the example", "Makes"], [...rows.values()]);
}
