import { z } from "zod";
import { isKeyed, keyOf, keySpace } from "./lists.ts";
import { jsonPath, shown } from "./report.ts";
import type { Report, Steps } from "./report.ts";

/**
 * The rules that are the same everywhere in a config: keys that the specification does not know are not used
 * (a warning), and no list has two entries with the same key (an error).
 */
export function checkKeys(schema: z.ZodType, value: unknown, report: Report, steps: Steps = []): void {
  const bare = unwrapped(schema);
  if (bare instanceof z.ZodArray && Array.isArray(value)) {
    value.forEach((entry, index) => checkKeys(bare.element as z.ZodType, entry, report, [...steps, index]));
  } else if (bare instanceof z.ZodObject && isObject(value)) {
    checkUnknown(bare.shape, value, report, steps);
    checkDuplicates(value, bare.shape, report, steps);
    for (const [key, inner] of Object.entries(bare.shape)) {
      if (value[key] !== undefined) checkKeys(inner as z.ZodType, value[key], report, [...steps, key]);
    }
  }
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Ignition's JSON reader ignores case, its check for unused keys does not: a key in the wrong case is never meant. */
function checkUnknown(shape: Record<string, unknown>, value: Record<string, unknown>, report: Report, steps: Steps): void {
  for (const key of Object.keys(value)) {
    if (Object.hasOwn(shape, key)) continue;
    const meant = Object.keys(shape).find((known) => known.toLowerCase() === key.toLowerCase());
    if (meant) report.error([...steps, key], `the key ${shown(key)} is written ${shown(meant)}`);
    else report.warning([...steps, key], `the key ${shown(key)} is not used; allowed here: ${Object.keys(shape).sort().join(", ")}`);
  }
}

function checkDuplicates(value: Record<string, unknown>, shape: Record<string, unknown>, report: Report, steps: Steps): void {
  const seen = new Map<string, string>();
  for (const name of Object.keys(shape).sort()) {
    const list = value[name];
    if (!Array.isArray(list) || !isKeyed(name)) continue;
    list.forEach((entry, index) => {
      const key = keyOf(name, entry);
      const place = `${keySpace(name)}\n${key}`;
      const first = seen.get(place);
      if (first !== undefined) report.error([...steps, name, index], `${shown(key)} is already at ${first}; give it once`);
      else seen.set(place, jsonPath([...steps, name, index]));
    });
  }
}
