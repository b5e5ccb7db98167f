import { refuse } from "./error.ts";
import { parse } from "./validate.ts";
import { specVersion } from "./spec.ts";
import type { Config } from "./spec.ts";

export interface PointerArgs {
  /** URL of the whole config: `s3://bucket/key?versionId=...`, or https. */
  source: string;
  /** SHA-512 of the whole config, 128 hexadecimal digits (see `sha512`). */
  sha512: string;
  /** Time limit for the download, with all retries, in seconds. Default: 600. */
  httpTotalSeconds?: number;
}

/**
 * A small config that downloads the complete one. For configs that are larger than the user data limit, and for configs
 * with secrets, because every process on the machine can read the user data. The hash pins the content. Without the
 * time limit, Ignition would retry without end.
 */
export function pointer({ source, sha512, httpTotalSeconds = 600 }: PointerArgs): Config {
  if (!/^[0-9a-f]{128}$/.test(sha512))
    refuse("pointer.sha512", `${sha512.length} characters are given; 128 hexadecimal digits in lower case are allowed`);
  if (!Number.isInteger(httpTotalSeconds) || httpTotalSeconds < 1) {
    refuse(
      "pointer.httpTotalSeconds",
      `${httpTotalSeconds} is given; a whole number of seconds, at least 1, is allowed`,
    );
  }
  return parse({
    ignition: {
      version: specVersion,
      config: { replace: { source, verification: { hash: `sha512-${sha512}` } } },
      timeouts: { httpTotal: httpTotalSeconds },
    },
  });
}
