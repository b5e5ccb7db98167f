import type { MissingSetting } from "../../stacks/environment.ts";
import { type Cost, costOf } from "./aws/cost.ts";
import { type Quotas, quotasOf } from "./aws/quotas.ts";
import { inOrder } from "./order.ts";
import type { PolicyResult } from "./policies.ts";
import type { PlannedResource } from "./resource.ts";

/** The plan of one environment in `plan/<env>.json`. Contains no secret value. */
export interface SavedPlan {
  /** Version of this format. */
  format: 2;
  environment: string;
  project: string;
  missingSettings: MissingSetting[];
  policies: PolicyResult[];
  /** Fixed cost for one month. Absent without AWS resources. */
  cost?: Cost;
  /** Needed quotas. Absent without AWS resources. */
  quotas?: Quotas;
  /** Sorted by URN. */
  resources: SavedResource[];
}

/** A planned resource without the values of one run; secret values are replaced by {@link redacted}. */
export interface SavedResource extends Omit<PlannedResource, "outputs" | "version"> {}

/** Replaces a secret value. */
export const redacted = "[secret]";

export interface PlannedEnvironment {
  environment: string;
  project: string;
  resources: readonly PlannedResource[];
  policies: readonly PolicyResult[];
  missingSettings: readonly MissingSetting[];
}

/** The plan in the form to save: redacted, in a stable order. */
export function savedPlan(plan: PlannedEnvironment): SavedPlan {
  const hide = hider(plan.resources);
  const [cost, quotas] = [costOf(plan.resources), quotasOf(plan.resources)];
  return {
    format: 2,
    environment: plan.environment,
    project: plan.project,
    missingSettings: [...plan.missingSettings],
    policies: plan.policies.map((result) => hide(result) as PolicyResult),
    ...(cost && { cost: hide(cost) as Cost }),
    ...(quotas && { quotas: hide(quotas) as Quotas }),
    resources: plan.resources
      .map(({ outputs: _outputs, version: _version, ...resource }) => ({
        ...resource,
        inputs: hide(withoutSecrets(resource.inputs, resource.secretPaths)) as Record<string, unknown>,
      }))
      .sort((a, b) => (a.urn < b.urn ? -1 : 1)),
  };
}

/** Text of the file: sorted keys, without defaults, one value a line. */
export function savedText(plan: SavedPlan): string {
  const { resources, ...rest } = plan;
  const saved = { ...rest, resources: resources.map((resource) => inOrder(withoutDefaults(resource))) };
  return `${JSON.stringify(saved, null, 2)}\n`;
}

function withoutSecrets(inputs: unknown, secretPaths: readonly string[]): unknown {
  if (secretPaths.length === 0) return inputs;
  const secrets = new Set(secretPaths);
  const walk = (value: unknown, path: string): unknown => {
    if (secrets.has(path)) return redacted;
    if (Array.isArray(value)) return value.map((item, i) => walk(item, `${path}[${i}]`));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, `${path}.${key}`)]));
  };
  return walk(inputs, "$");
}

/**
 * Replaces each secret string in all places of a plan. A program can copy a secret to a place without a secret mark: a
 * name, a description or the message of a violation.
 */
function hider(resources: readonly PlannedResource[]): (value: unknown) => unknown {
  const secrets = new Set<string>();
  const collect = (value: unknown): void => {
    // Shorter texts and the content of secret groups are mostly ordinary words. Replacing these would hide nothing and
    // make the plan unreadable.
    if (typeof value === "string" && value.length >= 8) secrets.add(value);
  };
  for (const resource of resources) {
    for (const path of resource.secretPaths) collect(at(resource.inputs, path));
    for (const name of resource.secretOutputs) collect(resource.outputs[name]);
  }
  const byLength = [...secrets].sort((a, b) => b.length - a.length);
  // A cache: a plan contains most of its strings many times.
  const hidden = new Map<string, string>();
  const hideText = (value: string): string => {
    const known = hidden.get(value);
    if (known !== undefined) return known;
    const text = byLength.reduce(
      (rest, secret) => (secret.length <= rest.length ? rest.replaceAll(secret, redacted) : rest),
      value,
    );
    hidden.set(value, text);
    return text;
  };
  const hide = (value: unknown): unknown => {
    if (typeof value === "string") return hideText(value);
    if (Array.isArray(value)) return value.map(hide);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item)]));
  };
  return hide;
}

/** Value at a path of the form `$.users[0].password`. */
function at(value: unknown, path: string): unknown {
  const keys = path.match(/[^.[\]]+/g)?.slice(1) ?? [];
  return keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

function withoutDefaults(resource: SavedResource): Record<string, unknown> {
  const isDefault = (value: unknown) =>
    value === undefined ||
    value === false ||
    (typeof value === "object" && value !== null && Object.keys(value).length === 0);
  return Object.fromEntries(Object.entries(resource).filter(([key, value]) => key === "custom" || !isDefault(value)));
}
