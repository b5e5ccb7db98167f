import type { z } from "zod";

/** One finding about a config. */
export interface Issue {
  /** JSON path from the config's root, `$.storage.files.0.path`. */
  path: string;
  /** The given value, the allowed values, and what to do. */
  message: string;
}

/** Result of a validation. A config without errors is valid. */
export interface Verdict {
  /** Problems for which a machine rejects the config. */
  errors: Issue[];
  /** Parts that a machine accepts, but that probably do not have the intended effect. */
  warnings: Issue[];
}

/** Path from the checked value to the wrong part of it. */
export type Steps = readonly (string | number)[];

/** Collects the findings of a rule. `steps` are relative to the value of the rule. */
export interface Report {
  error(steps: Steps, message: string): void;
  warning(steps: Steps, message: string): void;
}

/** Marks a zod issue as a warning. */
export const warningMark = { severity: "warning" };

/** Adds rules to a schema. They run only for values of the right shape. */
export function withRules<S extends z.ZodType>(schema: S, check: (value: z.output<S>, report: Report) => void): S {
  return schema.superRefine((value, context) => {
    check(value, {
      error: (steps, message) => context.addIssue({ code: "custom", path: [...steps], message }),
      warning: (steps, message) => context.addIssue({ code: "custom", path: [...steps], message, params: warningMark }),
    });
  });
}

/** Dotted JSON path from the root. */
export function jsonPath(steps: readonly PropertyKey[]): string {
  return ["$", ...steps.map(String)].join(".");
}

const shownLength = 60;

/** A given value for a message: short, and without contents of files. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(shortened(withoutSecrets(value)));
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

/** Removes contents (`data:`), credentials and signatures from URLs. */
function withoutSecrets(text: string): string {
  if (/^data:/i.test(text)) return "data:…";
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1…@")
    .replace(/^([a-z][a-z0-9+.-]*:[^?#]*)[?#].*$/is, "$1?…");
}

function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text;
}
