import { createHash } from "node:crypto";

/**
 * A HAProxy map from the SHA-256 hash of an `Authorization` header to its user. The map contains no password, so that
 * read access to the machine is not enough to log in.
 * @param passwords Password by user name; must be long and random, because the hash is fast to compute.
 */
export function userMap(passwords: Readonly<Record<string, string>>): string {
  const line = ([user, password]: [string, string]) => {
    const header = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    return `${createHash("sha256").update(header).digest("hex").toUpperCase()} ${user}\n`;
  };
  return Object.entries(passwords).map(line).join("");
}
