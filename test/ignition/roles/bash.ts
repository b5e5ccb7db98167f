import { execFileSync } from "node:child_process";
import { roles } from "./role-folder.ts";

/**
 * Calls a function of one of the roles' shell libraries, as the scripts do, and returns what it prints.
 * @param library Path below the roles' folder.
 */
export function call(library: string, name: string, parameters: readonly string[], input = ""): string {
  return execFileSync(
    "bash",
    ["-euo", "pipefail", "-c", '. "$1"; shift; "$@"', "test", `${roles}${library}`, name, ...parameters],
    {
      input,
      encoding: "utf8",
    },
  ).trimEnd();
}
