import { IgnitionError } from "./error.ts";
import { configSchema } from "./spec.ts";
import type { Config, Issue, Verdict } from "./spec.ts";
import { outlineOf } from "./spec/outline.ts";
import { validateWith } from "./spec/validate.ts";
import { isUnknownKey, knownKeysOnly } from "./spec/walk.ts";

export interface ParseOptions {
  /** Handling of unknown keys. Default: `"drop"`, with a warning, as a machine does. `"refuse"`: an error. */
  unknownKeys?: "drop" | "refuse";
}

/** Validates a value as an Ignition config. Warnings do not make it invalid. */
export function validate(value: unknown, { unknownKeys = "drop" }: ParseOptions = {}): Verdict {
  const { errors, warnings } = validateWith(configSchema, value);
  const isRefused = ({ message }: Issue) => unknownKeys === "refuse" && isUnknownKey(message);
  return {
    errors: [...errors, ...warnings.filter(isRefused)],
    warnings: warnings.filter((warning) => !isRefused(warning)),
  };
}

/**
 * The value as a config, without unknown keys.
 * @throws {@link IgnitionError} with all errors.
 */
export function parse(given: unknown, { unknownKeys = "drop" }: ParseOptions = {}): Config {
  const { errors, warnings, value } = validateWith(configSchema, given);
  const unknown = unknownKeys === "refuse" ? warnings.filter(({ message }) => isUnknownKey(message)) : [];
  if (errors.length + unknown.length > 0) throw new IgnitionError([...errors, ...unknown]);
  return knownKeysOnly(outlineOf(configSchema), value) as Config;
}
