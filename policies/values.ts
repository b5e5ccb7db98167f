// In a preview, the engine wraps properties in a proxy that throws on unknown values. The pack reads the plain object
// and skips unknown values. The engine checks the resource again in the update, with all values.
const proxyMark = "__isSpecialProxy";
const proxyTarget = "__getSpecialProxyTarget";

const unknowns: ReadonlySet<unknown> = new Set([
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9", // string
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** The properties without the proxy that throws on unknown values. */
export function plain<P>(props: Record<string, unknown>): P {
  return (props[proxyMark] === true ? props[proxyTarget] : props) as P;
}

/** Mark of a value that is not known yet. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * The properties of a resource, with unknown values in place of absent ones. In the first preview, the engine leaves
 * out a property whose value a provider has yet to compute. `dependencies` still names it, with its sources.
 */
export function completed(
  props: Record<string, unknown>,
  dependencies: Record<string, readonly unknown[]>,
): Record<string, unknown> {
  // A property that is present and undefined is not set. The engine sends no such property.
  const isAbsent = (key: string) => !(key in props) || props[key] === null;
  const absent = Object.keys(dependencies).filter((key) => dependencies[key]!.length > 0 && isAbsent(key));
  if (absent.length === 0) return props;
  return { ...props, ...Object.fromEntries(absent.map((key) => [key, unknown])) };
}

/** Whether a value is unknown before the update. */
export function isUnknown(value: unknown): boolean {
  return unknowns.has(value);
}

/** Whether a value, or an item of a list, is unknown before the update. */
export function hasUnknown(value: unknown): boolean {
  return isUnknown(value) || (Array.isArray(value) && value.some(isUnknown));
}

/** Whether a value is unknown before the update, or contains an unknown value at any depth. */
export function containsUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return isUnknown(value);
  return Object.values(value).some(containsUnknown);
}

/** The value at a path of keys; the mark of unknown values if a value on the path is unknown. */
export function at(value: unknown, ...keys: (string | number)[]): unknown {
  let here = value;
  for (const key of keys) {
    if (isUnknown(here)) return here;
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<string | number, unknown>)[key];
  }
  return here ?? undefined;
}

/** The first item of a list; a value that is not a list is its own first item. */
export function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

/** Whether a value is known and differs from the wanted value. */
export function isNot(value: unknown, wanted: unknown): boolean {
  return value !== wanted && !isUnknown(value);
}

/** The known strings of a list; `[]` if the list is missing or unknown. */
export function strings(value: unknown): string[] {
  return Array.isArray(value)
    ? value.filter((item): item is string => typeof item === "string" && !isUnknown(item))
    : [];
}

/** The known objects of a list, or one object as a list of one. */
export function objects(value: unknown): Record<string, unknown>[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((item): item is Record<string, unknown> => typeof item === "object" && item !== null);
}

/** A known, non-empty string. */
export function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" && !isUnknown(value) ? value : undefined;
}

/** A value for a message: `not set`, `not known yet` or JSON. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return "not set";
  return isUnknown(value) ? "not known yet" : JSON.stringify(value);
}

/** The value of a JSON text; undefined if it is not JSON. */
export function fromJson(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    return undefined;
  }
}
