import { createHash } from "node:crypto";

/**
 * The bootstrap token of a worker, derived from the cluster's key and the machine's name. Control planes derive the
 * same token in `join-token.sh`.
 */
export function joinToken(key: string, machine: string): string {
  return `${joinTokenId(machine)}.${sum(`${key}\n${machine}`).slice(0, 16)}`;
}

/** The public part of a token. It names the secret that holds the token. */
export function joinTokenId(machine: string): string {
  return sum(machine).slice(0, 6);
}

function sum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
