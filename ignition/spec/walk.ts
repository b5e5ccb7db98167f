import { isKeyed, keyOf, keySpace } from "./lists.ts";
import type { Outline } from "./outline.ts";
import { jsonPath, shown } from "./report.ts";
import type { Report, Steps } from "./report.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Rules for all parts of a config of the right shape: an unknown key is a warning, and two entries with the same key in
 * a list are an error.
 */
export function checkKeys(outline: Outline, value: unknown, report: Report): void {
  checkBelow(outline, value, report, []);
}

/** `steps` is the path of the current value. The walk changes it in place. */
function checkBelow(outline: Outline, value: unknown, report: Report, steps: (string | number)[]): void {
  if (outline === "value") return;
  if ("list" in outline) {
    if (outline.list === "value") return;
    for (const [index, entry] of (value as unknown[]).entries()) {
      steps.push(index);
      checkBelow(outline.list, entry, report, steps);
      steps.pop();
    }
    return;
  }
  const given = value as Fields;
  checkDuplicates(outline.fields, given, report, steps);
  for (const key of Object.keys(given)) {
    const inner = outline.fields.get(key);
    if (inner === undefined) unknownKey(key, [...outline.fields.keys()], report, steps);
    if (inner === undefined || inner === "value" || given[key] === undefined) continue;
    steps.push(key);
    checkBelow(inner, given[key], report, steps);
    steps.pop();
  }
}

/** Ignition's JSON reader ignores case, but its check for unused keys does not: wrong case is an error here. */
function unknownKey(key: string, allowed: readonly string[], report: Report, steps: Steps): void {
  const meant = allowed.find((known) => known.toLowerCase() === key.toLowerCase());
  if (meant) report.error([...steps, key], `the key ${shown(key)} is written ${shown(meant)}`);
  else report.warning([...steps, key], `the key ${shown(key)} ${notUsed}${allowed.join(", ")}`);
}

const notUsed = "is not used; allowed here: ";

/** Whether a warning is about an unknown key. */
export function isUnknownKey(message: string): boolean {
  return message.startsWith("the key ") && message.includes(notUsed);
}

function checkDuplicates(fields: ReadonlyMap<string, Outline>, given: Fields, report: Report, steps: Steps): void {
  let seen: Map<string, Steps> | undefined;
  for (const [name, field] of fields) {
    const list = given[name];
    if (field === "value" || !("list" in field) || !Array.isArray(list) || !isKeyed(name)) continue;
    seen ??= new Map();
    for (const [index, entry] of list.entries()) {
      const key = keyOf(name, entry);
      const place = `${keySpace(name)}\n${key}`;
      const first = seen.get(place);
      if (first)
        report.error(
          [...steps, name, index],
          `${shown(key)} is already at ${jsonPath([...steps, ...first])}; give it once`,
        );
      else seen.set(place, [name, index]);
    }
  }
}

/** A copy of a value of the right shape, without unknown keys. */
export function knownKeysOnly(outline: Outline, value: unknown): unknown {
  if (outline === "value") return value;
  if ("list" in outline) return (value as unknown[]).map((entry) => knownKeysOnly(outline.list, entry));
  const given = value as Fields;
  const known = [...outline.fields].filter(([key]) => given[key] !== undefined);
  return Object.fromEntries(known.map(([key, inner]) => [key, knownKeysOnly(inner, given[key])]));
}
