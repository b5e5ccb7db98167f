import { createHash } from "node:crypto";
import { z } from "zod";
import { show } from "./problem.ts";

/** The longest label of a DNS name, RFC 1035. An app's name is the first label of its address. */
export const longestLabel = 63;

/** Why a text cannot name an app; undefined when it can. */
export function appNameProblem(name: string): string | undefined {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name))
    return `${show(name)} is no app's name; use lower-case letters, digits and inner hyphens, a letter first`;
  if (name.length > longestLabel) return `${show(name)} has ${name.length} characters; use at most ${longestLabel}`;
  // It would be taken for the app of a pull request, and swept.
  if (/^pr-\d/.test(name))
    return `${show(name)} looks like the app of a pull request; use a name that does not begin with "pr-" and a digit`;
  return undefined;
}

/** The name of an app. */
export const appName = z.string("is not a text").superRefine((name, context) => {
  const message = appNameProblem(name);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** Number of a pull request. */
export const pullRequestNumber = z
  .int("is not a whole number")
  .min(1, "is not the number of a pull request; use a whole number from 1")
  .max(999_999_999, "is not the number of a pull request; use at most nine digits");

/**
 * The name of a pull request's app, `pr-<number>-<app>`, a DNS label. One that would be too long is cut, and ends in
 * eight hexadecimal digits of the whole name's SHA-256.
 */
export function previewName(pullRequest: number, app: string): string {
  const whole = `pr-${pullRequest}-${app}`;
  if (whole.length <= longestLabel) return whole;
  const digest = createHash("sha256").update(whole).digest("hex").slice(0, 8);
  return `${whole.slice(0, longestLabel - 1 - digest.length).replace(/-+$/, "")}-${digest}`;
}

/** The number in the name of a pull request's app; undefined when the name is not such a one. */
export function numberOfPreview(name: string): number | undefined {
  const [, number] = /^pr-([1-9]\d{0,8})-/.exec(name) ?? [];
  return number === undefined ? undefined : Number(number);
}

/** Where an app is reached. */
export function appUrl(name: string, domain: string): string {
  return `https://${name}.${domain}/`;
}
