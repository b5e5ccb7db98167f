import { isKeyed, keyOf, keySpace } from "./spec/lists.ts";
import type { Config } from "./spec.ts";

type Fields = Record<string, unknown>;

/**
 * Merges a child config over its parent, as Ignition does for `ignition.config.merge`: values of the child win,
 * entries of lists with the same key become one (in the parent's place), others are added after the parent's, and
 * lists without keys (`append`, options) are joined. Neither argument is changed.
 */
export function merge(parent: Config, child: Config): Config {
  return mergedFields(parent as unknown as Fields, child as unknown as Fields) as unknown as Config;
}

function mergedFields(parent: Fields, child: Fields): Fields {
  const childKeys = keysOf(child);
  const result: Fields = {};
  for (const name of new Set([...Object.keys(parent), ...Object.keys(child)])) {
    const value = mergedValue(name, parent[name], child[name], childKeys);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

function mergedValue(name: string, parent: unknown, child: unknown, childKeys: ChildKeys): unknown {
  if (Array.isArray(parent) || Array.isArray(child)) {
    return mergedList(name, (parent ?? []) as unknown[], (child ?? []) as unknown[], childKeys);
  }
  if (isFields(parent) && isFields(child)) return mergedFields(parent, child);
  return child ?? parent;
}

function mergedList(
  name: string,
  parent: readonly unknown[],
  child: readonly unknown[],
  childKeys: ChildKeys,
): unknown[] {
  if (!isKeyed(name)) return [...parent, ...child];
  const result: unknown[] = [];
  for (const entry of parent) {
    const over = childKeys.get(placeOf(name, entry));
    // The child has this path in another list, for example as a link: only the child's entry counts.
    if (over && over.list !== name) continue;
    if (!over) result.push(entry);
    else if (!isFields(entry) || !isFields(over.entry)) result.push(over.entry);
    else if (!removesHeader(name, over.entry)) result.push(mergedFields(entry, over.entry));
  }
  const known = new Set(parent.map((entry) => keyOf(name, entry)));
  return [...result, ...child.filter((entry) => !known.has(keyOf(name, entry)))];
}

/** A header without a value removes the parent's header. */
function removesHeader(name: string, entry: Fields): boolean {
  return name === "httpHeaders" && entry.value === undefined;
}

type ChildKeys = Map<string, { list: string; entry: unknown }>;

/** All entries of a child's lists by key. */
function keysOf(child: Fields): ChildKeys {
  const keys: ChildKeys = new Map();
  for (const [list, entries] of Object.entries(child)) {
    if (!Array.isArray(entries) || !isKeyed(list)) continue;
    for (const entry of entries) keys.set(placeOf(list, entry), { list, entry });
  }
  return keys;
}

function placeOf(list: string, entry: unknown): string {
  return `${keySpace(list)}\n${keyOf(list, entry)}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
