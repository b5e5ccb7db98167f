import { isDeepStrictEqual } from "node:util";
import { factTypes } from "../../components/cloud/facts.ts";
import { deterministicId } from "./outputs.ts";
import { replacingInputs } from "./replacement.ts";
import type { SavedPlan, SavedResource } from "./saved.ts";

/** The change of one resource. */
export interface Change<Resource = SavedResource> {
  action: "create" | "replace" | "update" | "remove";
  /** State after the change; before it, for a removed resource. */
  resource: Resource;
  /** Inputs and {@link engineOptions} that differ. Empty for a created or removed resource. */
  inputs: string[];
  /** The inputs that force the replacement. */
  reasons: string[];
}

/** Options that only the engine uses. A change reaches no provider, but decides about later deletions. */
export const engineOptions = ["protect", "retainOnDelete"] as const;

/**
 * The changes that `up` makes to get from one plan to another. Contains no components: only their children change.
 */
export function changesBetween(before: SavedPlan, after: SavedPlan): Change[] {
  const old = new Map(before.resources.map((resource) => [resource.urn, resource]));
  const kept = new Set<string>();
  const rebooted = machinesWithNewConfig(old, after.resources);
  const changes = new Map<string, Change>();
  for (const resource of after.resources) {
    const was =
      old.get(resource.urn) ?? resource.aliases.map((alias) => old.get(alias)).find((found) => found !== undefined);
    if (was === undefined) {
      changes.set(resource.urn, { action: "create", resource, inputs: [], reasons: [] });
      continue;
    }
    kept.add(was.urn);
    const inputs = differing(was, resource, rebooted.has(resource.parent ?? ""));
    const reasons = replacingInputs(resource, inputs.filter(isInput), was.inputs);
    if (inputs.length > 0)
      changes.set(resource.urn, { action: reasons.length > 0 ? "replace" : "update", resource, inputs, reasons });
  }
  addDependents(after.resources, changes);
  for (const resource of before.resources) {
    if (!kept.has(resource.urn)) changes.set(resource.urn, { action: "remove", resource, inputs: [], reasons: [] });
  }
  return [...changes.values()].filter(({ resource }) => resource.custom);
}

/**
 * @param newConfig whether the resource is a part of a machine whose Ignition config differs. Its secret inputs then
 *   count as different: the saved plans do not contain secrets to compare.
 */
function differing(was: SavedResource, is: SavedResource, newConfig: boolean): string[] {
  const keys = new Set([...Object.keys(was.inputs), ...Object.keys(is.inputs)]);
  const ignored = new Set(is.ignoreChanges.map((path) => path.split(/[.[]/)[0]));
  const secrets = new Set(newConfig ? is.secretPaths.map((path) => path.split(/[.[]/)[1]) : []);
  const inputs = [...keys].filter(
    (key) => !ignored.has(key) && (secrets.has(key) || !isDeepStrictEqual(was.inputs[key], is.inputs[key])),
  );
  return [...engineOptions.filter((option) => was[option] !== is[option]), ...inputs.sort()];
}

function isInput(name: string): boolean {
  return !engineOptions.some((option) => option === name);
}

function machinesWithNewConfig(
  old: ReadonlyMap<string, SavedResource>,
  resources: readonly SavedResource[],
): Set<string> {
  const machines = resources.filter(({ type }) => type === factTypes.machine);
  return new Set(
    machines
      .filter(({ urn, inputs }) => old.get(urn)?.inputs.ignitionSha512 !== inputs.ignitionSha512)
      .map(({ urn }) => urn),
  );
}

/** Adds the dependents of replaced resources: the new id changes their inputs, which can replace them too. */
function addDependents(resources: readonly SavedResource[], changes: Map<string, Change>): void {
  const dependents = new Map<string, { resource: SavedResource; input: string }[]>();
  for (const resource of resources) {
    for (const [input, urns] of Object.entries(resource.propertyDependencies)) {
      for (const urn of urns) dependents.set(urn, [...(dependents.get(urn) ?? []), { resource, input }]);
    }
  }
  const queue = [...changes.values()].filter((change) => change.action === "replace");
  for (let change = queue.shift(); change !== undefined; change = queue.shift()) {
    const { type, name, urn } = change.resource;
    const id = deterministicId(`${type}::${name}`);
    for (const { resource, input } of dependents.get(urn) ?? []) {
      if (!JSON.stringify(resource.inputs[input] ?? "").includes(id)) continue;
      const known = changes.get(resource.urn);
      if (known?.action === "create" || known?.inputs.includes(input)) continue;
      const inputs = [...(known?.inputs ?? []), input].sort();
      const reasons = replacingInputs(resource, inputs.filter(isInput));
      const next: Change = { action: reasons.length > 0 ? "replace" : "update", resource, inputs, reasons };
      changes.set(resource.urn, next);
      if (next.action === "replace" && known?.action !== "replace") queue.push(next);
    }
  }
}
