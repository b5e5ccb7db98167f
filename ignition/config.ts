import { IgnitionError } from "./error.ts";
import { specVersion } from "./spec.ts";
import type { Config, Fragment, Unit } from "./spec.ts";
import { validate } from "./validate.ts";

/**
 * Puts fragments together, in their order, and makes a whole config of them. A unit and its drop-ins may come from
 * different fragments; anything else that is given twice, and anything invalid, throws {@link IgnitionError}.
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

/** Objects key by key, lists one after the other. */
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

/** Drop-ins move to the unit they belong to; a unit that is given twice stays twice, for validation to refuse. */
function joinedUnits(units: readonly Unit[]): Unit[] {
  const joined: Unit[] = [];
  for (const unit of units) {
    const { name, dropins, ...own } = unit;
    const place = joined.findIndex(
      (other) => other.name === name && (Object.keys(own).length === 0 || isDropinsOnly(other)),
    );
    const other = joined[place];
    if (other) joined[place] = { ...other, ...own, dropins: [...(other.dropins ?? []), ...(dropins ?? [])] };
    else joined.push(unit);
  }
  return joined;
}

function isDropinsOnly({ name: _, dropins: __, ...own }: Unit): boolean {
  return Object.keys(own).length === 0;
}
