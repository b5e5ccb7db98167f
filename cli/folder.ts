import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Makes a folder, and those above it that are not there. The `recursive` of `mkdirSync` does the same, but never returns
 * where a folder that is there takes none: below /proc.
 * @throws the system's error
 */
export function makeFolder(path: string, mode?: number): void {
  if (isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path && !isFolder(parent)) makeFolder(parent, mode);
  mkdirSync(path, mode);
}

/**
 * Writes files into a folder, which is made if it is not there: all of them, or none.
 * @throws the system's error
 */
export function writeAll(dir: string, files: Record<string, string>): void {
  const unfinished = (name: string) => join(dir, `.${name}.new`);
  makeFolder(dir);
  // What cannot be replaced is found out before the first file is.
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

/** @throws the system's error where it cannot be told: a circle of links, a folder that may not be looked into. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
