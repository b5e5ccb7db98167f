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

/** Whether a value is unknown before the update. */
export function isUnknown(value: unknown): boolean {
  return unknowns.has(value);
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
