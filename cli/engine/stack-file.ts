import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

/**
 * Restores a stack's file after the engine's work. The engine adds a salt of the passphrase (`encryptionsalt`). With a
 * local state each user has another passphrase, and the file is shared. A file with a salt or a key is left alone.
 */
export async function restoringFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = readFileSync(path, "utf8");
  if (/^(encryptionsalt|encryptedkey|secretsprovider):/m.test(before)) return work();
  try {
    return await work();
  } finally {
    if (onlySaltAdded(before, readFileSync(path, "utf8"))) writeFileSync(path, before);
  }
}

/** False when the settings differ too: a user changed the file during the work. */
function onlySaltAdded(before: string, after: string): boolean {
  const { encryptionsalt, ...rest } = parse(after) ?? {};
  return encryptionsalt !== undefined && text(rest) === text(parse(before) ?? {});
}

/** A value as text, without order and types: the engine writes `true` back as `"true"`. */
function text(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${text(item)}`);
  return `{${entries.sort().join()}}`;
}
