import { readFileSync } from "node:fs";
import { z } from "zod";
import { factTypes } from "../../components/cloud/facts.ts";
import { formatValue } from "../../components/internal/format-value.ts";
import { InputError } from "../../errors.ts";
import { modelOf } from "./model.ts";
import type { SavedPlan } from "./saved.ts";

const strings = z.array(z.string()).default([]);
const flag = z.boolean().default(false);

/** Facts of components that the model of a plan reads, in addition to names. */
const facts: Record<string, z.ZodType> = {
  [factTypes.cloud]: z.object({ kind: z.string(), cidr: z.string(), zones: z.array(z.string()) }),
  [factTypes.machine]: z.object({ role: z.string(), address: z.string(), firewall: z.string() }),
  [factTypes.firewallRule]: z.object({
    to: z.string(),
    from: z.string(),
    protocol: z.string(),
    fromPort: z.number(),
    toPort: z.number(),
  }),
  [factTypes.loadBalancer]: z.object({ targets: z.array(z.string()) }),
};

const resource = z.object({
  urn: z.string().startsWith("urn:pulumi:"),
  type: z.string(),
  name: z.string(),
  parent: z.string().optional(),
  custom: z.boolean(),
  inputs: z.record(z.string(), z.unknown()).default({}),
  secretPaths: strings,
  secretOutputs: strings,
  dependencies: strings,
  propertyDependencies: z.record(z.string(), z.array(z.string())).default({}),
  provider: z.string().optional(),
  protect: flag,
  retainOnDelete: flag,
  deleteBeforeReplace: flag,
  replaceOnChanges: strings,
  ignoreChanges: strings,
  aliases: strings,
});

const factual = resource.superRefine(({ type, inputs }, context) => {
  const issues = facts[type]?.safeParse(inputs).error?.issues ?? [];
  for (const { path, message } of issues) context.addIssue({ code: "custom", path: ["inputs", ...path], message });
});

const violation = z.object({
  policy: z.string(),
  severity: z.enum(["low", "medium", "high", "critical"]),
  level: z.enum(["mandatory", "advisory"]),
  message: z.string(),
  urn: z.string().optional(),
});

const account = { name: z.string(), id: z.string().optional(), region: z.string().optional() };

const cost = z.object({
  date: z.string(),
  region: z.string(),
  monthlyUsd: z.number(),
  accounts: z.array(z.object({ ...account, monthlyUsd: z.number() })),
  posts: z.array(
    z.object({ what: z.string(), quantity: z.number(), unit: z.string().optional(), monthlyUsd: z.number() }),
  ),
  withoutPrice: z.array(z.object({ what: z.string(), names: z.array(z.string()) })),
  notIncluded: z.array(z.string()),
});

const use = z.object({ name: z.string(), needed: z.number(), quota: z.number(), command: z.string().optional() });

const quotas = z.object({
  date: z.string(),
  accounts: z.array(z.object({ ...account, uses: z.array(use) })),
  unknownTypes: z.array(z.string()),
});

const plan = z.object({
  format: z.literal(2),
  environment: z.string(),
  project: z.string(),
  missingSettings: z.array(z.object({ key: z.string(), why: z.string(), command: z.string() })),
  policies: z.array(
    z.object({
      name: z.string(),
      description: z.string(),
      severity: z.enum(["low", "medium", "high", "critical"]),
      level: z.enum(["advisory", "mandatory", "remediate", "disabled"]),
      ids: z.array(z.string()),
      resources: z.number(),
      violations: z.array(violation),
    }),
  ),
  cost: cost.optional(),
  quotas: quotas.optional(),
  resources: z.array(factual),
});

/**
 * Reads a saved plan.
 * @throws InputError with the file, the path in it, the given and the allowed value
 */
export function readSavedPlan(path: string): SavedPlan {
  const hint = 'a saved plan is a file that "paasmas plan" wrote, plan/<environment>.json';
  const text = readText(path, hint);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${path}: not JSON (${(error as Error).message}); ${hint}`);
  }
  const result = plan.safeParse(value);
  if (result.success) return consistent(path, result.data as SavedPlan, hint);
  const [issue] = result.error.issues;
  const where = issue?.path.length ? issue.path.join(".") : "the whole file";
  const allowed = issue?.message.replace(/^Invalid (input|option|string): /, "").replace(/, received \w+$/, "");
  throw new InputError(
    `${path}: ${where}: ${formatValue(valueAt(value, issue?.path ?? []))} is not allowed there (${allowed}); ${hint}`,
  );
}

/** Checks that the networks and machines of a plan fit together. */
function consistent(path: string, plan: SavedPlan, hint: string): SavedPlan {
  try {
    modelOf(plan.resources);
  } catch (error) {
    throw new InputError(`${path}: resources: ${(error as Error).message}; ${hint}`);
  }
  return plan;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], value);
}

function readText(path: string, hint: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`${path}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}; ${hint}`);
  }
}
