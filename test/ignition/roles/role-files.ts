import { readdirSync, readFileSync } from "node:fs";
import { roles } from "./role-folder.ts";

/** Paths of all files of the roles. */
export const files = readdirSync(roles, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => `${entry.parentPath}/${entry.name}`.replace("//", "/"))
  .sort();
/** Scripts of the roles. */
export const scripts = files.filter(
  (path) => path.endsWith(".sh") || readFileSync(path, "utf8").startsWith("#!/bin/bash"),
);
/** Scripts that do not run on machines: gates, command lines, the lab. */
export const others = ["components", "delivery", "examples", "test"].flatMap((folder) => {
  const path = new URL(`../../../${folder}/`, import.meta.url).pathname;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules"))
    .map((entry) => `${entry.parentPath}/${entry.name}`.replace("//", "/"))
    .filter((file) => /^#!\/(usr\/)?bin\/(env )?(ba)?sh\b/.test(readFileSync(file, "utf8")));
});
