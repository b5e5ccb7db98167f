import { gunzipSync } from "node:zlib";

/**
 * Everything that can be read out of a text: itself, and what is encoded in it as base64, gzip or percent escapes, at
 * any depth. So that a secret cannot hide in a config within a config.
 */
export function decode(text: string, depth = 4): string[] {
  if (depth === 0) return [text];
  const inner: string[] = [];
  if (/%[0-9a-f]{2}/i.test(text)) inner.push(text.replace(/(%[0-9a-f]{2})+/gi, (run) => percentDecoded(run)));
  for (const [encoded] of text.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)) {
    const bytes = Buffer.from(encoded, "base64");
    inner.push((isGzip(bytes) ? gunzipSync(bytes) : bytes).toString("latin1"));
  }
  return [text, ...inner.filter(isText).flatMap((reading) => decode(reading, depth - 1))];
}

/** The ways in which a secret may stand in a text that was quoted; the secret's lines each, for it may be wrapped. */
export function isIn(secret: string, read: readonly string[]): boolean {
  // Of a PEM, the lines between its first and last one say what nobody may know.
  const lines = secret.split("\n").filter((line) => line.length >= 12 && !line.startsWith("-----"));
  return lines.some((line) => read.some((text) => text.includes(line)));
}

function percentDecoded(run: string): string {
  return Buffer.from(run.replaceAll("%", ""), "hex").toString("latin1");
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Random bytes are not read further: what was no encoding gives noise. */
function isText(reading: string): boolean {
  return !/[\x00-\x08\x0e-\x1f]/.test(reading);
}
