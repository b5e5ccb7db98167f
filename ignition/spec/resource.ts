import { z } from "zod";
import { checkUrl, parseUrl } from "./url.ts";
import { shown, withRules } from "./report.ts";
import type { Report, Steps } from "./report.ts";

const hexDigits: Record<string, number> = { sha512: 128, sha256: 64 };

const httpHeader = withRules(
  z.object({
    /** Name of the header. */
    name: z.string(),
    /** Its value. In a merge, a header without a value removes the parent's header. */
    value: z.string().optional(),
  }),
  (header, report) => {
    if (header.name === "") report.error(["name"], 'the header name is empty; give one such as "Authorization"');
    if (header.value === "")
      report.error(["value"], "the header value is empty; give one, or leave it out to remove the header");
  },
);

const verification = withRules(
  z.object({
    /** `sha512-` or `sha256-` and the hash of the contents in hexadecimal. */
    hash: z.string().optional(),
  }),
  ({ hash }, report) => {
    if (hash === undefined) return;
    const dash = hash.indexOf("-");
    const algorithm = hash.slice(0, Math.max(dash, 0));
    const digits = hexDigits[algorithm];
    const allowed = "write sha512-<128 hexadecimal digits> or sha256-<64 hexadecimal digits>";
    if (dash < 0) report.error(["hash"], `${shown(hash)} has no algorithm; ${allowed}`);
    else if (digits === undefined) report.error(["hash"], `${shown(algorithm)} is not a known algorithm; ${allowed}`);
    else if (hash.length - dash - 1 !== digits) {
      report.error(["hash"], `the ${algorithm} sum has ${hash.length - dash - 1} digits; it has ${digits}`);
    }
  },
);

const fields = z.object({
  /** URL of the contents: `data:`, `http(s):`, `tftp:`, `s3:`, `arn:` or `gs:`. Absent: empty contents. */
  source: z.string().optional(),
  /** Compression of the contents: `gzip`, or empty for none. */
  compression: z.string().optional(),
  /** Headers of the request, for `http(s)` sources only. */
  httpHeaders: z.array(httpHeader).optional(),
  /** Expected hash of the contents. */
  verification: verification.optional(),
});

/** Contents from a URL. */
export type Resource = z.infer<typeof fields>;

/** A resource whose source may be absent. */
export const resource = withRules(fields, checkResource);

function checkResource(given: Resource, report: Report): void {
  const { source, compression } = given;
  if (compression !== undefined && compression !== "" && compression !== "gzip") {
    report.error(["compression"], `${shown(compression)} is not a known compression; use "gzip" or leave it out`);
  }
  if (given.verification?.hash !== undefined && source === undefined) {
    report.error(["verification", "hash"], "the hash needs a source; give the source of the contents");
  }
  if (source !== undefined && source !== "") checkUrl(source, ["source"], report);
  if (given.httpHeaders?.length) {
    const scheme = parseUrl(source ?? "")?.scheme;
    if (scheme !== "http" && scheme !== "https") {
      report.error(["httpHeaders"], `headers need an http or https source; the source is ${shown(source)}`);
    }
  }
}

/** Checks resources that need a source: configs to merge, certificate authorities. */
export function checkSources(list: readonly Resource[] | undefined, steps: Steps, report: Report): void {
  list?.forEach(({ source }, index) => {
    if (!source) report.error([...steps, index], "the source is missing; give the URL to fetch");
  });
}
