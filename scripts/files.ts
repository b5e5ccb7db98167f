import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { extname } from "node:path";

/** The files that git tracks, or would track, relative to the current folder. */
export function trackedFiles(): string[] {
  const output = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  return output.split("\0").filter((path) => path !== "" && existsSync(path));
}

/** Files that bash or sh runs: named by their first line, or sourced and named by shellcheck's directive. */
export function shellScripts(): string[] {
  return trackedFiles().filter((path) => {
    if (extname(path) !== "" && extname(path) !== ".sh") return false;
    return /^#!.*\b(bash|sh)\b|^# shellcheck shell=/.test(readFileSync(path, "utf8").split("\n", 1)[0]!);
  });
}
