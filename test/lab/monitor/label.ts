import { existsSync } from "node:fs";
import { repository } from "../paths.ts";

/** Label with the checkout whose lab created an object. */
export const checkoutLabel = "paasmas.lab.checkout";

/**
 * Labels of all objects that the lab creates. The lab removes such objects at its end, also after a crash. These labels
 * are the only difference from the containers, volumes and networks of the stack.
 */
export const labLabel = { "paasmas.lab": "true", [checkoutLabel]: repository };

/** Whether this checkout may remove an object: it created it, or the checkout that did no longer exists. */
export function isOurs(labels: Readonly<Record<string, string>> | null | undefined): boolean {
  const checkout = labels?.[checkoutLabel];
  return checkout === undefined || checkout === repository || !existsSync(checkout);
}
