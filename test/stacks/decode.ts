import { gunzipSync } from "node:zlib";

/**
 * Every text inside a text: the text, and contents in base64, gzip or percent encoding, at any depth. It finds secrets
 * in nested configs.
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

/** Forms of a secret in a quoted text. Each line of a secret is separate, because lines can be wrapped. */
export function isIn(secret: string, read: readonly string[]): boolean {
  // In a PEM, only the lines between the first and the last one are secret.
  const lines = secret.split("\n").filter((line) => line.length >= 12 && !line.startsWith("-----"));
  return lines.some((line) => read.some((text) => text.includes(line)));
}

function percentDecoded(run: string): string {
  return Buffer.from(run.replaceAll("%", ""), "hex").toString("latin1");
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Random bytes are not decoded further: a text without an encoding gives random bytes. */
function isText(reading: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the mark of binary data
  return !/[\x00-\x08\x0e-\x1f]/.test(reading);
}
