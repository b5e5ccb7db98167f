import type { z } from "zod";
import { InputError } from "../../errors.ts";

/** Invalid input. The message has one line per problem: the path, the problem and the allowed values. */
export class DeliveryError extends InputError {
  override name = "DeliveryError";
}

/**
 * Checks a value against a schema and returns it.
 * @param source Name of the value in messages: a file name, or `--input`.
 * @throws DeliveryError with all problems and their paths.
 */
export function checked<T>(schema: z.ZodType<T>, value: unknown, source: string): T {
  const result = schema.safeParse(value, { error: messageOf });
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    ({ path, message }) => `${[source, pathText(path)].filter(Boolean).join(": ")}: ${message}`,
  );
  throw new DeliveryError(lines.join("\n"));
}

const words: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "a group of settings",
  record: "a group of settings",
  array: "a list",
};

/** Messages for issues without a message in the schema. Never contain the value, which can be a secret. */
function messageOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      return issue.input === undefined
        ? `is missing; give ${words[issue.expected] ?? issue.expected}`
        : `is not ${words[issue.expected] ?? issue.expected}`;
    case "unrecognized_keys":
      return `${issue.keys.join(", ")} ${issue.keys.length === 1 ? "is not a setting" : "are not settings"}`;
    case "invalid_key":
      return issue.issues[0]?.message;
    case "too_small":
      return issue.origin === "string" ? "is empty" : `is too small; use at least ${issue.minimum}`;
    case "too_big":
      return `is too large; use at most ${issue.maximum}`;
    default:
      return undefined;
  }
}

/** Formats a value for a message: JSON, at most 80 characters. */
export function formatValue(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`,
    "",
  );
}
