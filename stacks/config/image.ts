import { text } from "../../components/internal/settings-schema.ts";

/** A container image. */
export const image = text(
  /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9._-]+)+(:[\w][\w.-]*|@sha256:[0-9a-f]{64})$/,
  "registry/repository:tag or registry/repository@sha256:digest",
);

/** True for an image by digest: a tag can change to another image. */
export function isPinned(given: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(given);
}
