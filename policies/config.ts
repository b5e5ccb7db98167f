import type { EnforcementLevel, PolicyPackConfig } from "@pulumi/policy";
import { InputError } from "../errors.ts";
import type { PackPolicy, ParameterSchema } from "./policy.ts";

/** Config key, for errors. */
const origin = "paasmas:policies";
const levels = ["advisory", "mandatory", "remediate", "disabled"] as const;

/** Invalid policy configuration. The message has the key, the given value and the allowed values. */
export class PolicyConfigError extends InputError {
  override name = "PolicyConfigError";
}

/** Level and parameters of one policy. */
export interface PolicySettings {
  enforcementLevel: EnforcementLevel;
  /** Values of the policy's parameters, with defaults. */
  parameters: Record<string, unknown>;
}

/**
 * Settings of every policy, with the same precedence as `--policy-pack-config` in the engine: the policy's level and
 * defaults, then `all`, then the policy's entry.
 * @param given `{"all": "advisory", "aws-imdsv2": "disabled", "aws-imds-hop-limit": {"maximum": 2}}`
 * @throws PolicyConfigError
 */
export function policyConfig(policies: readonly PackPolicy[], given: unknown): Map<string, PolicySettings> {
  const config = normalizedConfig(policies, given);
  const settings = policies.map((policy): [string, PolicySettings] => {
    const { enforcementLevel, ...parameters } = config[policy.name] ?? {};
    const level = enforcementLevel ?? config.all?.enforcementLevel ?? policy.enforcementLevel ?? "mandatory";
    return [
      policy.name,
      { enforcementLevel: level as EnforcementLevel, parameters: { ...defaults(policy), ...parameters } },
    ];
  });
  return new Map(settings);
}

/**
 * The same settings, as initial configuration of the engine. Each entry has a level: the engine reads an entry without
 * a level as advisory, the zero value of its protocol.
 * @throws PolicyConfigError
 */
export function engineConfig(policies: readonly PackPolicy[], given: unknown): PolicyPackConfig {
  const settings = [...policyConfig(policies, given)];
  return Object.fromEntries(
    settings.map(([name, { enforcementLevel, parameters }]) => [name, { enforcementLevel, ...parameters }]),
  );
}

// The checked configuration, with an object for each entry.
function normalizedConfig(
  policies: readonly PackPolicy[],
  given: unknown,
): Record<string, { enforcementLevel?: EnforcementLevel; [parameter: string]: unknown }> {
  if (given === undefined || given === null) return {};
  if (!isObject(given)) fail(origin, given, "an object of policy names and levels or settings");
  const byName = new Map(policies.map((policy) => [policy.name, policy]));
  return Object.fromEntries(
    Object.entries(given).map(([name, entry]) => {
      const policy = byName.get(name);
      if (!policy && name !== "all") throw new PolicyConfigError(unknownPolicy(name, [...byName.keys()]));
      return [name, normalizedEntry(`${origin}.${name}`, policy, entry)];
    }),
  );
}

function normalizedEntry(path: string, policy: PackPolicy | undefined, entry: unknown) {
  const value = typeof entry === "string" ? { enforcementLevel: entry } : entry;
  if (!isObject(value)) fail(path, entry, `one of ${levels.join(", ")}, or an object`);
  const { enforcementLevel, ...parameters } = value;
  if (enforcementLevel !== undefined && !levels.includes(enforcementLevel as (typeof levels)[number])) {
    fail(
      typeof entry === "string" ? path : `${path}.enforcementLevel`,
      enforcementLevel,
      `one of ${levels.join(", ")}`,
    );
  }
  const schemas = policy?.configSchema?.properties ?? {};
  for (const [key, parameter] of Object.entries(parameters)) {
    const schema = schemas[key];
    if (!schema)
      fail(`${path}.${key}`, parameter, `the settings ${["enforcementLevel", ...Object.keys(schemas)].join(", ")}`);
    check(`${path}.${key}`, schema, parameter);
  }
  return value as { enforcementLevel?: EnforcementLevel };
}

function defaults(policy: PackPolicy): Record<string, unknown> {
  const properties = Object.entries(policy.configSchema?.properties ?? {});
  return Object.fromEntries(properties.map(([key, schema]) => [key, schema.default]));
}

// Supports the JSON Schema keywords that the parameters use.
function check(path: string, schema: ParameterSchema, value: unknown): void {
  if (schema.enum && !schema.enum.includes(value as never)) fail(path, value, `one of ${schema.enum.join(", ")}`);
  switch (schema.type) {
    case "string":
      if (typeof value !== "string" || value.length < (schema.minLength ?? 0)) fail(path, value, "a non-empty string");
      break;
    case "integer": {
      const { minimum = -Infinity, maximum = Infinity } = schema;
      if (!Number.isInteger(value) || (value as number) < minimum || (value as number) > maximum) {
        fail(path, value, `a whole number from ${minimum} to ${maximum}`);
      }
      break;
    }
    case "array":
      if (!Array.isArray(value)) fail(path, value, "a list");
      for (const [index, item] of value.entries()) check(`${path}[${index}]`, schema.items as ParameterSchema, item);
      break;
    case "object": {
      if (!isObject(value)) fail(path, value, "an object");
      const properties = schema.properties as Record<string, ParameterSchema>;
      for (const key of schema.required ?? [])
        if (value[key] === undefined) fail(`${path}.${key}`, undefined, "a value");
      for (const [key, item] of Object.entries(value)) {
        const property = properties[key];
        if (!property) fail(`${path}.${key}`, item, `the keys ${Object.keys(properties).join(", ")}`);
        check(`${path}.${key}`, property, item);
      }
      break;
    }
  }
}

function unknownPolicy(name: string, names: readonly string[]): string {
  const nearest = names.toSorted((a, b) => distance(name, a) - distance(name, b)).slice(0, 3);
  return `${origin}.${name}: unknown policy; use "all" or a policy of the pack; closest names: ${nearest.join(", ")}`;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, character] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1]! + (character === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, substitution));
    }
    row = next;
  }
  return row.at(-1)!;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fail(path: string, given: unknown, allowed: string): never {
  const shown = given === undefined ? "missing" : `${JSON.stringify(given)} is not allowed`;
  throw new PolicyConfigError(`${path}: ${shown}; allowed: ${allowed}`);
}
