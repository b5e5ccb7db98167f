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
