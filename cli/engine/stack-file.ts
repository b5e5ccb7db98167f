import { readFileSync, writeFileSync } from "node:fs";
import { parse } from "yaml";

/**
 * Lets the engine work with a stack's file and leaves the file as it was. The engine writes into it what it checks
 * the passphrase with; where everybody has a state and a passphrase of their own, that would be one person's in a
 * file that all share. A file that holds such a thing already, or encrypted settings, is the engine's to change.
 */
export async function leavingFile<T>(path: string, work: () => Promise<T>): Promise<T> {
  const before = readFileSync(path, "utf8");
  if (/^(encryptionsalt|encryptedkey|secretsprovider):/m.test(before)) return work();
  try {
    return await work();
  } finally {
    if (onlySaltAdded(before, readFileSync(path, "utf8"))) writeFileSync(path, before);
  }
}

/** Whether settings are the same: somebody may have changed them meanwhile. */
function onlySaltAdded(before: string, after: string): boolean {
  const { encryptionsalt, ...rest } = parse(after) ?? {};
  return encryptionsalt !== undefined && text(rest) === text(parse(before) ?? {});
}

/** Without order and without types: the engine writes `true` back as `"true"`. */
function text(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${text(item)}`);
  return `{${entries.sort().join()}}`;
}
