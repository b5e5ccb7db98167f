import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { count, nameOf, shortType, typeOf } from "../plan/names.ts";
import type { State } from "./state.ts";

/**
 * Reads the state of the cloud if an interrupted command left operations whose result is unknown. Nothing changes in
 * the cloud. The engine would print a notice about these operations before each later command.
 * @returns whether it read the state
 */
export async function settleInterrupted(
  stack: Pick<Stack, "refresh">,
  { pending }: State,
  { say, ...options }: { say: (message: string) => void; onEvent: (event: EngineEvent) => void; signal: AbortSignal },
): Promise<boolean> {
  if (pending.length === 0) return false;
  const created = pending.filter(({ type }) => type === "creating");
  say(`The last command was interrupted during ${count(pending.length, "operation")}; reading the state of the cloud.`);
  await stack.refresh({ clearPendingCreates: true, ...options });
  if (created.length > 0) {
    const names = created.map(({ urn }) => `  ${shortType(typeOf(urn))} ${nameOf(urn)}`).join("\n");
    say(`These resources may exist in the cloud without being in the state:\n${names}`);
    say('See "After an interruption" in docs/operations.md if one of them is in the way.');
  }
  return true;
}
