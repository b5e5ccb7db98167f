import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/** The files that git tracks, or would track, relative to the current folder. */
export function trackedFiles(): string[] {
  const output = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return output.split("\0").filter((path) => path !== "" && existsSync(path));
}
