import type { StackChecked } from "./policy.ts";
import { isUnknown, text } from "./values.ts";

/**
 * Whether a property of a resource refers to another resource: the value depends on it, or is one of its names.
 * @returns undefined if the value, or the names, are not known yet
 */
export function refersTo(
  resource: StackChecked,
  property: string,
  target: StackChecked,
  names: readonly unknown[],
): boolean | undefined {
  const sources = resource.propertyDependencies[property] ?? [];
  const given = resource.props[property];
  const named = text(given);
  if (sources.includes(target.urn) || (named !== undefined && names.includes(named))) return true;
  // The value comes from another resource of the type.
  if (sources.some((urn) => typeOf(urn) === target.type)) return false;
  const isNamed = names.some((name) => text(name) !== undefined);
  return isUnknown(given) || (named !== undefined && !isNamed && names.some(isUnknown)) ? undefined : false;
}

/** The type of a resource, from its URN. */
export function typeOf(urn: string): string | undefined {
  return urn.split("::")[2]?.split("$").at(-1);
}
