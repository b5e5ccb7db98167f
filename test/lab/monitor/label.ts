import { existsSync } from "node:fs";
import { repository } from "../paths.ts";

/** The name of the label that says whose lab made something. */
export const checkoutLabel = "paasmas.lab.checkout";

/**
 * On everything the lab makes: what carries it is removed at the end, also after a crash. It is the only thing in
 * which the lab's containers, volumes and networks differ from what the stack asks for.
 */
export const labLabel = { "paasmas.lab": "true", [checkoutLabel]: repository };

/** Whether something with these labels is this checkout's to remove, or left by one that is gone. */
export function isOurs(labels: Readonly<Record<string, string>> | null | undefined): boolean {
  const checkout = labels?.[checkoutLabel];
  return checkout === undefined || checkout === repository || !existsSync(checkout);
}
