import type { z } from "zod";
import { outlineOf } from "./outline.ts";
import { jsonPath, shown, warningMark } from "./report.ts";
import type { Issue, Steps, Verdict } from "./report.ts";
import { checkKeys } from "./walk.ts";

/** A verdict, and the validated value without nulls. */
export interface Examined extends Verdict {
  value: unknown;
}

/** Validates a value against a schema with rules. */
export function validateWith(schema: z.ZodType, given: unknown): Examined {
  const value = withoutNulls(given);
  const verdict: Verdict = { errors: [], warnings: [] };
  const report = {
    error: (steps: Steps, message: string) => void verdict.errors.push({ path: jsonPath(steps), message }),
    warning: (steps: Steps, message: string) => void verdict.warnings.push({ path: jsonPath(steps), message }),
  };
  const result = schema.safeParse(value);
  for (const issue of result.error?.issues ?? []) {
    const list =
      issue.code === "custom" && issue.params?.severity === warningMark.severity ? verdict.warnings : verdict.errors;
    list.push(described(issue, value));
  }
  // Entries of the wrong type have no keys: compare keys only if the shape is right.
  const shapeIsRight = (result.error?.issues ?? []).every(({ code }) => code === "custom");
  if (shapeIsRight) checkKeys(outlineOf(schema), value, report);
  return { ...verdict, value };
}

/** Removes nulls: Ignition reads a null as a missing key. Values without nulls are not copied. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== "object" || value === null || !hasNulls(value)) return value;
  if (Array.isArray(value)) return value.map(withoutNulls);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === null ? [] : [[key, withoutNulls(inner)]])),
  );
}

function hasNulls(value: object): boolean {
  return Object.values(value).some((inner) => inner === null || (typeof inner === "object" && hasNulls(inner)));
}

function described(issue: z.core.$ZodIssue, root: unknown): Issue {
  const path = jsonPath(issue.path);
  const given = issue.path.reduce(
    (value: unknown, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step],
    root,
  );
  switch (issue.code) {
    case "custom":
      return { path, message: issue.message };
    case "invalid_type":
      return { path, message: wrongType(given, typeNames[issue.expected] ?? issue.expected) };
    case "invalid_value":
      return { path, message: `${shown(given)} is given; allowed: ${issue.values.map(shown).join(", ")}` };
    case "too_big":
    case "too_small":
      return {
        path,
        message: `${shown(given)} is given; ${safeIntegers} is allowed`,
      };
    default:
      return { path, message: `${shown(given)} is given; ${issue.message}` };
  }
}

const safeIntegers = `a whole number between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`;

const typeNames: Record<string, string> = {
  string: "a string",
  number: "a whole number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  array: "a list",
};

/** Shows a string only where a scalar is expected. Elsewhere it may be the contents of a file. */
function wrongType(given: unknown, allowed: string): string {
  if (given === undefined) return `is missing; give ${allowed}`;
  const hidden = typeof given === "string" && (allowed === typeNames.object || allowed === typeNames.array);
  return `${hidden ? "a string" : shown(given)} is given; ${allowed} is allowed`;
}
