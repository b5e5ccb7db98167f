import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Creates a folder and its missing parents. `mkdirSync` with `recursive` never returns below /proc, where an existing
 * folder does not accept new ones.
 * @throws the system's error
 */
export function makeFolder(path: string, mode?: number): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path && !isFolder(parent)) makeFolder(parent, mode);
  mkdirSync(path, mode);
}

/**
 * Writes all files into a folder, or none of them. Creates the folder if it is missing.
 * @throws the system's error
 */
export function writeAll(dir: string, files: Record<string, string>): void {
  const unfinished = (name: string) => join(dir, `.${name}.new`);
  makeFolder(dir);
  // A folder cannot be replaced by a file: check all names before the first file changes.
  for (const name of Object.keys(files)) {
    if (isFolder(join(dir, name))) throw Object.assign(new Error(`${name} is a folder`), { code: "EISDIR" });
  }
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(unfinished(name), text);
    for (const name of Object.keys(files)) renameSync(unfinished(name), join(dir, name));
  } finally {
    for (const name of Object.keys(files)) rmSync(unfinished(name), { force: true });
  }
}

/** @throws the system's error for a loop of links, or a folder without read permission */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
