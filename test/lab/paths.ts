import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The root of this repository. */
export const repository = fileURLToPath(new URL("../..", import.meta.url));

/** Everything that the lab builds and keeps between runs. */
export const cache = `${repository}.cache/lab`;

/** Podman's read-only store of service images, mounted into every node. */
export const imageStore = `${cache}/store`;

mkdirSync(cache, { recursive: true });
