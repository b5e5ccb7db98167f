import { readFileSync } from "node:fs";
import { z } from "zod";
import { show } from "../../stacks/config/show.ts";
import { UserError } from "../errors.ts";
import type { SavedPlan } from "./saved.ts";

const strings = z.array(z.string()).default([]);
const flag = z.boolean().default(false);

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

const violation = z.object({
  policy: z.string(),
  severity: z.enum(["low", "medium", "high", "critical"]),
  level: z.enum(["mandatory", "advisory"]),
  message: z.string(),
  urn: z.string().optional(),
});

const plan = z.object({
  format: z.literal(1),
  environment: z.string(),
  project: z.string(),
  leftToConfigure: z.array(z.object({ key: z.string(), why: z.string(), command: z.string() })),
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
  resources: z.array(resource),
});

/**
 * Reads a plan that was saved before.
 * @throws UserError naming the file, the path in it, what was given and what is allowed.
 */
export function readSavedPlan(path: string): SavedPlan {
  const hint = 'a saved plan is a file that "paasmas plan" wrote, plan/<environment>.json';
  const text = readText(path, hint);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: not JSON (${(error as Error).message}); ${hint}`);
  }
  const result = plan.safeParse(value);
  if (result.success) return result.data as SavedPlan;
  const [issue] = result.error.issues;
  const where = issue?.path.length ? issue.path.join(".") : "the whole file";
  const allowed = issue?.message.replace(/^Invalid (input|option|string): /, "").replace(/, received \w+$/, "");
  throw new UserError(`${path}: ${where}: ${show(valueAt(value, issue?.path ?? []))} is not allowed there (${allowed}); ${hint}`);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], value);
}

function readText(path: string, hint: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${path}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}; ${hint}`);
  }
}
