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
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const lines = result.error.issues.map(({ path, message }) => `${[source, pathText(path)].filter(Boolean).join(": ")}: ${message}`);
  throw new DeliveryError(lines.join("\n"));
}

/** A value as a message shows it: JSON, cut short. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, step) => (typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`), "");
}
