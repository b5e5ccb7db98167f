import { createHash } from "node:crypto";
import { gzipSync } from "fflate";
import { refuse } from "./error.ts";
import type { Resource } from "./spec.ts";

/** Text as contents that stay readable in the config: only characters that a URL does not allow are percent-encoded. */
export function textContents(text: string, where: string): Resource {
  if (!text.isWellFormed()) refuse(where, "the text has half a surrogate pair, which UTF-8 cannot encode");
  return { source: percentEncoded(text) };
}

function percentEncoded(text: string): string {
  return `data:,${encodeURI(text).replaceAll("#", "%23").replaceAll("?", "%3F")}`;
}

const encoded = new Map<string, Resource>();

/** Bytes as the shortest contents: text, base64 or gzip. The result is cached: many machines have the same files. */
export function smallestContents(bytes: Buffer): Resource {
  const key = createHash("sha256").update(bytes).digest("base64");
  const known = encoded.get(key);
  if (known) return { ...known };
  const contents = shortest([plainContents(bytes), gzipContents(bytes)]);
  encoded.set(key, contents);
  return { ...contents };
}

function plainContents(bytes: Buffer): Resource {
  const base64 = { source: `data:;base64,${bytes.toString("base64")}` };
  const text = bytes.toString("utf8");
  const isText = Buffer.from(text, "utf8").equals(bytes);
  return isText ? shortest([{ source: percentEncoded(text) }, base64]) : base64;
}

/**
 * Compresses in JavaScript: zlib's output differs between processors and versions of Node, and a changed config
 * replaces machines. The header contains no time and no operating system.
 */
function gzipContents(bytes: Buffer): Resource {
  const compressed = gzipSync(bytes, { level: 9, mtime: 0 });
  compressed[9] = 255;
  return { source: `data:;base64,${Buffer.from(compressed).toString("base64")}`, compression: "gzip" };
}

function shortest(candidates: readonly Resource[]): Resource {
  return candidates.reduce((best, one) => (JSON.stringify(one).length < JSON.stringify(best).length ? one : best));
}
