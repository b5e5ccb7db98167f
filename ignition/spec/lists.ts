/**
 * Keys of the entries in lists. Two entries with the same key in one list are an error; in a merge they become one. The
 * name of a list has the same meaning everywhere in a config.
 */

/** Lists without keys: duplicates are allowed, and a merge appends. */
const appended = new Set(["append", "options", "mountOptions"]);

/** Lists that share their keys: a path can be only one of file, directory and link. */
const shared: Record<string, string> = {
  directories: "path",
  files: "path",
  links: "path",
  shouldExist: "kernel argument",
  shouldNotExist: "kernel argument",
};

/** Field with the key of an entry. Default: `name`; a string is its own key. */
const keyFields: Record<string, string> = {
  directories: "path",
  files: "path",
  links: "path",
  disks: "device",
  filesystems: "device",
  merge: "source",
  certificateAuthorities: "source",
  tang: "url",
};

/** Whether the entries of the list with this name have keys. */
export function isKeyed(list: string): boolean {
  return !appended.has(list);
}

/** Key space of a list. A key may occur once in all lists with the same key space. */
export function keySpace(list: string): string {
  return Object.hasOwn(shared, list) ? (shared[list] as string) : list;
}

/** Key of an entry of the list with this name. */
export function keyOf(list: string, entry: unknown): string {
  if (typeof entry === "string") return entry;
  const fields = entry as Record<string, unknown>;
  if (list === "partitions") {
    if (fields.number) return `number ${String(fields.number)}`;
    return fields.label === undefined ? "" : `label ${String(fields.label)}`;
  }
  const field = Object.hasOwn(keyFields, list) ? (keyFields[list] as string) : "name";
  return String(fields[field] ?? "");
}
