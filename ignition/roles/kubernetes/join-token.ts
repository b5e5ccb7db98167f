import { createHash } from "node:crypto";

/**
 * The bootstrap token of one worker: derived from the cluster's key and the machine's name, so that control planes know
 * it without being told of the machine. `join-token.sh` does the same.
 */
export function joinToken(key: string, machine: string): string {
  return `${joinTokenId(machine)}.${sum(`${key}\n${machine}`).slice(0, 16)}`;
}

/** The public half of a token, which names the secret that holds it. */
export function joinTokenId(machine: string): string {
  return sum(machine).slice(0, 6);
}

function sum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
