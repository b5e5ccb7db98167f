import { createHash } from "node:crypto";
import { z } from "zod";
import { formatValue } from "./validate.ts";

/** Maximum length of a DNS label (RFC 1035). The name of an app is the first label of its host name. */
const longestLabel = 63;

/** The problem of an app name, or undefined if the name is valid. */
export function appNameProblem(name: string): string | undefined {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name))
    return (
      `${formatValue(name)} is not an app name; ` +
      "use lower-case letters, digits and inner hyphens, and start with a letter"
    );
  if (name.length > longestLabel)
    return `${formatValue(name)} has ${name.length} characters; use at most ${longestLabel}`;
  // The sweep would treat it as a preview app and remove it.
  if (/^pr-\d/.test(name))
    return `${formatValue(name)} looks like a preview app; use a name that does not start with "pr-" and a digit`;
  return undefined;
}

export const appName = z.string("is not a text").superRefine((name, context) => {
  const message = appNameProblem(name);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

export const pullRequestNumber = z
  .int("is not a whole number")
  .min(1, "is not the number of a pull request; use a whole number from 1")
  .max(999_999_999, "is not the number of a pull request; use at most nine digits");

/**
 * Name of a preview app: `pr-<number>-<app>`, a DNS label. A longer name is cut and ends in the first eight hexadecimal
 * digits of the SHA-256 of the full name.
 */
export function previewName(pullRequest: number, app: string): string {
  const whole = `pr-${pullRequest}-${app}`;
  if (whole.length <= longestLabel) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${whole.slice(0, longestLabel - 1 - digest.length).replace(/-+$/, "")}-${digest}`;
}

/** Number of the pull request in the name of a preview app; undefined for other names. */
export function numberOfPreview(name: string): number | undefined {
  const [, number] = /^pr-([1-9]\d{0,8})-/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}

export function appUrl(name: string, domain: string): string {
  return `https://${name}.${domain}/`;
}
