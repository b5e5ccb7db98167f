import { fileURLToPath } from "node:url";

/** Folder of the roles, with a slash at the end. */
export const roles = fileURLToPath(new URL("../../../ignition/roles/", import.meta.url));
