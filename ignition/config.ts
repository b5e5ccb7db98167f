import { IgnitionError } from "./error.ts";
import { specVersion } from "./spec.ts";
import type { Config, Fragment, Unit } from "./spec.ts";
import { validate } from "./validate.ts";

/**
 * Joins fragments, in their order, to a complete config. A unit and its drop-ins may come from different fragments.
 * @throws {@link IgnitionError} for any other duplicate, and for an invalid config.
 */
export function config(...fragments: readonly Fragment[]): Config {
  const whole = fragments.reduce<Config>((sum, fragment) => concatenated(sum, fragment), {
    ignition: { version: specVersion },
  });
  if (whole.systemd?.units) whole.systemd.units = joinedUnits(whole.systemd.units);
  const { errors } = validate(whole);
  if (errors.length > 0) throw new IgnitionError(errors);
  return whole;
}

/** Merges objects key by key and concatenates lists. */
function concatenated<T extends object>(first: T, second: object): T {
  const sum = { ...first } as Record<string, unknown>;
  for (const [key, value] of Object.entries(second)) {
    const before = sum[key];
    if (Array.isArray(before)) sum[key] = [...before, ...(value as unknown[])];
    else if (isObject(before) && isObject(value)) sum[key] = concatenated(before, value);
    else if (value !== undefined) sum[key] = value;
  }
  return sum as T;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Moves drop-ins to their unit. Keeps duplicate units, so that the validation reports them. */
function joinedUnits(units: readonly Unit[]): Unit[] {
  const joined: Unit[] = [];
  for (const unit of units) {
    const { name, dropins, ...own } = unit;
    const position = joined.findIndex(
      (other) => other.name === name && (Object.keys(own).length === 0 || isDropinsOnly(other)),
    );
    const other = joined[position];
    if (other) joined[position] = { ...other, ...own, dropins: [...(other.dropins ?? []), ...(dropins ?? [])] };
    else joined.push(unit);
  }
  return joined;
}

function isDropinsOnly({ name: _, dropins: __, ...own }: Unit): boolean {
  return Object.keys(own).length === 0;
}
