import { execFileSync } from "node:child_process";
import { roles } from "./role-folder.ts";

/**
 * Calls a function of a shell library of the roles and returns its output.
 * @param library Path below the folder of the roles.
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
