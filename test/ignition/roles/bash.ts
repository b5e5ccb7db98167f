import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The folder of the roles, with a slash at the end. */
export const roles = fileURLToPath(new URL("../../../ignition/roles/", import.meta.url));

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
