import { fileURLToPath } from "node:url";

/** The folder of the roles, with a slash at the end. */
export const roles = fileURLToPath(new URL("../../../ignition/roles/", import.meta.url));
