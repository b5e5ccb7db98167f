import type { z } from "zod";

/** What was given cannot be used. The message says where, what was given and what is allowed; one line a problem. */
export class DeliveryError extends Error {
  override name = "DeliveryError";
}

/**
 * A value of a known shape.
 * @param source What the value is called in messages: a file name, or `--input`.
 * @throws DeliveryError with every problem, each with its path.
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

/** What is wrong where a schema does not say it itself. Never shows what was given: it may be a secret. */
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

/** A value as a message shows it: JSON, cut short. */
export function show(value: unknown): string {
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
