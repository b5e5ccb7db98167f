import { IgnitionError } from "./error.ts";
import { configSchema } from "./spec.ts";
import type { Config, Verdict } from "./spec.ts";
import { validateWith } from "./spec/validate.ts";

/** Everything that is wrong with a value as an Ignition config: errors, and warnings that do not make it invalid. */
export function validate(value: unknown): Verdict {
  const { errors, warnings } = validateWith(configSchema, value);
  return { errors, warnings };
}

export interface ParseOptions {
  /** What keys that the specification does not know are: dropped with a warning by `validate`, or errors. Default `"drop"`. */
  unknownKeys?: "drop" | "refuse";
}

/** The value as a config, without what the specification does not know; throws {@link IgnitionError} with every error. */
export function parse(value: unknown, { unknownKeys = "drop" }: ParseOptions = {}): Config {
  const { errors, warnings, parsed } = validateWith(configSchema, value);
  const refused = unknownKeys === "refuse" ? warnings.filter(({ message }) => message.includes(" is not used; ")) : [];
  if (!parsed || refused.length > 0) throw new IgnitionError([...errors, ...refused]);
  return parsed;
}
