import { createHash } from "node:crypto";

/**
 * A map for HAProxy of who may log in: each user by the hash of the header that proves it, so that nobody can log in with what
 * is on the machine.
 * @param passwords Each user's password, by name; only as good as their length.
 */
export function userMap(passwords: Readonly<Record<string, string>>): string {
  const line = ([user, password]: [string, string]) => {
    const header = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
    return `${createHash("sha256").update(header).digest("hex").toUpperCase()} ${user}\n`;
  };
  return Object.entries(passwords).map(line).join("");
}
