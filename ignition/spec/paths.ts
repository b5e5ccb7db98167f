import { posix } from "node:path";
import { shown } from "./report.ts";
import type { Report, Steps } from "./report.ts";

/** The shortest equivalent of a path: no `.`, `..`, doubled or trailing slashes. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith("/") ? normal.slice(0, -1) : normal;
}

/** Checks a path on the machine: it must be absolute and fully simplified. */
export function checkPath(path: string, steps: Steps, report: Report): void {
  const clean = cleanPath(path);
  if (path === "") report.error(steps, 'the path is empty; give an absolute path such as "/etc/hostname"');
  else if (!path.startsWith("/")) report.error(steps, `${shown(path)} is not absolute; a path begins with "/"`);
  else if (clean !== path) report.error(steps, `${shown(path)} is not fully simplified; write ${shown(clean)}`);
}

/** Extension of a file name, with its dot. `.conf` is the extension of `.conf`. */
export function extension(name: string): string {
  return /\.[^./]*$/.exec(name)?.[0] ?? "";
}

/** Length in bytes, as the machine counts it. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, "utf8");
}
