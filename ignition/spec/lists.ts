/**
 * How the specification treats the lists of a config: by which key entries are told apart, when a list repeats one
 * (an error) and when two configs are merged (the entries become one). Lists go by their name, which has one
 * meaning wherever it occurs.
 */

/** Lists in which nothing is a duplicate; a merge appends. */
const appended = new Set(["append", "options", "mountOptions"]);

/** Lists that share their keys: a path is a file, a directory or a link, whatever the list. */
const shared: Record<string, string> = {
  directories: "path",
  files: "path",
  links: "path",
  shouldExist: "kernel argument",
  shouldNotExist: "kernel argument",
};

/** Which field tells a list's entries apart; other objects go by `name`, strings by themselves. */
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

/** Whether the list of this name tells its entries apart at all. */
export function isKeyed(list: string): boolean {
  return !appended.has(list);
}

/** The name under which a list keeps its keys; lists that share it exclude each other's entries. */
export function keySpace(list: string): string {
  return Object.hasOwn(shared, list) ? (shared[list] as string) : list;
}

/** The key of an entry of the list of this name. */
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
