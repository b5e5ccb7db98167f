import { createHash } from "node:crypto";
import { IgnitionError } from "./error.ts";
import type { Config } from "./spec.ts";
import { validate } from "./validate.ts";

/**
 * The config as JSON for a machine: without white space and with sorted keys, so that equal configs give equal bytes.
 * @throws {@link IgnitionError} if the config is not valid.
 */
export function render(config: Config): string {
  const { errors } = validate(config);
  if (errors.length > 0) throw new IgnitionError(errors);
  return JSON.stringify(sorted(config));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const from = value as Record<string, unknown>;
  const to: Record<string, unknown> = {};
  for (const key of Object.keys(from).sort()) to[key] = sorted(from[key]);
  return to;
}

/** SHA-512 of a text's UTF-8 bytes, 128 hexadecimal digits. */
export function sha512(text: string): string {
  return createHash("sha512").update(text, "utf8").digest("hex");
}
