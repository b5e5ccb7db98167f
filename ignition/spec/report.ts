import type { z } from "zod";

/** One finding about a config: where, and what was given and what is allowed. */
export interface Issue {
  /** JSON path from the config's root, `$.storage.files.0.path`. */
  path: string;
  /** What was given and what is allowed. */
  message: string;
}

/** What validation found; a config with warnings alone is valid. */
export interface Verdict {
  /** What makes a machine refuse the config. */
  errors: Issue[];
  /** What a machine accepts but most likely does not do what was meant. */
  warnings: Issue[];
}

/** Steps from the value under test down to what is wrong. */
export type Steps = readonly (string | number)[];

/** Takes what a rule finds; `steps` are relative to the value the rule was given. */
export interface Report {
  error(steps: Steps, message: string): void;
  warning(steps: Steps, message: string): void;
}

/** Marks a zod issue as a warning. */
export const warningMark = { severity: "warning" };

/** Adds to a schema the rules that its shape alone cannot say; they see only values of the right shape. */
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

/** A given value as it appears in a message: short, and never the contents of a file. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string") return JSON.stringify(shortened(withoutSecrets(value)));
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return String(value);
}

/** URLs may carry contents (`data:`), credentials or a signature: none of them belongs in a message. */
function withoutSecrets(text: string): string {
  if (/^data:/i.test(text)) return "data:…";
  return text
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#]*@/i, "$1…@")
    .replace(/^([a-z][a-z0-9+.-]*:[^?#]*)[?#].*$/is, "$1?…");
}

function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text;
}
