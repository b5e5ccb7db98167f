import { hasUnknown, isUnknown, objects, strings, unknown } from "./values.ts";

/** The tag of resources that are intentionally public. */
export const exposureMark = 'tag Exposure = "public"';

/**
 * Tags of a resource: AWS `tags`, OpenStack `metadata` or `Key=Value` tags, Docker labels. Keys are in lower case,
 * because Swift changes their case.
 */
export function tagsOf(props: Record<string, unknown>): Map<string, unknown> {
  const tags = new Map<string, unknown>();
  const add = (key: string, value: unknown) => tags.set(key.toLowerCase(), value);
  for (const property of ["tagsAll", "tags", "metadata"]) {
    const value = props[property];
    if (typeof value !== "object" || value === null || Array.isArray(value)) continue;
    for (const [key, item] of Object.entries(value)) add(key, item);
  }
  for (const tag of strings(props.tags)) {
    const [key = "", ...value] = tag.split("=");
    add(key, value.join("="));
  }
  for (const label of objects(props.labels)) if (typeof label.label === "string") add(label.label, label.value);
  return tags;
}

/** The value of a tag, by its name in lower case; unknown if a tag that is not known yet can have this name. */
export function tagOf(props: object, name: string): unknown {
  const given = props as Record<string, unknown>;
  return tagsOf(given).get(name) ?? (hasUnknownTags(given) ? unknown : undefined);
}

/** Whether the names of some tags are not known yet. */
export function hasUnknownTags({ tags, metadata, labels }: Record<string, unknown>): boolean {
  return [tags, metadata, labels].some(hasUnknown) || objects(labels).some(({ label }) => isUnknown(label));
}

/** Whether a resource is marked as intentionally public. */
export function isMarkedPublic(props: object): boolean {
  return tagOf(props, "exposure") === "public";
}

/** Whether a resource is marked as intentionally public, or its mark is not known yet. */
export function canBeMarkedPublic(props: object): boolean {
  return isMarkedPublic(props) || isUnknown(tagOf(props, "exposure"));
}
