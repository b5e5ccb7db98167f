import type { z } from "zod";
import { jsonPath, shown, warningMark } from "./report.ts";
import type { Issue, Steps, Verdict } from "./report.ts";
import { checkKeys } from "./walk.ts";

/** Validates a value against a schema with rules; the parsed value only when nothing is wrong with it. */
export function validateWith<S extends z.ZodType>(schema: S, given: unknown): Verdict & { parsed?: z.output<S> } {
  const value = withoutNulls(given);
  const verdict: Verdict = { errors: [], warnings: [] };
  const report = {
    error: (steps: Steps, message: string) => void verdict.errors.push({ path: jsonPath(steps), message }),
    warning: (steps: Steps, message: string) => void verdict.warnings.push({ path: jsonPath(steps), message }),
  };
  const result = schema.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    const list = issue.code === "custom" && issue.params?.severity === warningMark.severity ? verdict.warnings : verdict.errors;
    list.push(described(issue, value));
  }
  // Keys are compared only where the shape is right: entries of the wrong type have none.
  const shapeIsRight = (result.error?.issues ?? []).every(({ code }) => code === "custom");
  if (shapeIsRight) checkKeys(schema, value, report);
  return result.success && verdict.errors.length === 0 ? { ...verdict, parsed: result.data } : verdict;
}

/** In JSON, null for a key is the same as leaving it out; Ignition reads it that way. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null || inner === undefined ? [] : [[key, withoutNulls(inner)]])),
  );
}

function described(issue: z.core.$ZodIssue, root: unknown): Issue {
  const path = jsonPath(issue.path);
  const given = issue.path.reduce((value: unknown, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], root);
  switch (issue.code) {
    case "custom":
      return { path, message: issue.message };
    case "invalid_type":
      return { path, message: wrongType(given, typeNames[issue.expected] ?? issue.expected) };
    case "invalid_value":
      return { path, message: `${shown(given)} is given; allowed: ${issue.values.map(shown).join(", ")}` };
    default:
      return { path, message: `${shown(given)} is out of range; ${issue.message}` };
  }
}

const typeNames: Record<string, string> = {
  string: "a string",
  number: "a whole number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
};

/** A text is only shown where a scalar belongs: where an object belongs, it may be the contents of a file. */
function wrongType(given: unknown, allowed: string): string {
  if (given === undefined) return `is missing; give ${allowed}`;
  const hidden = typeof given === "string" && (allowed === typeNames.object || allowed === typeNames.array);
  return `${hidden ? "a string" : shown(given)} is given; ${allowed} is allowed`;
}
