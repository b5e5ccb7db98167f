import { z } from "zod";
import { appName, numberOfPreview, previewName, pullRequestNumber } from "./names.ts";

const instant = z.iso.datetime({
  offset: true,
  message: "is not a time; use ISO 8601 with a zone, for example 2026-11-21T15:00:00Z",
});

export const sweepRules = z.object({
  /** Maximum number of preview apps of a project after a sweep. From 0 to 1000. Default: 20. */
  quota: z.int().min(0).max(1000).default(20),
  /** Maximum age since the last deployment, in hours. At most 8760. Default: 168. */
  maxAgeHours: z
    .number()
    .positive()
    .max(24 * 365)
    .default(168),
});
export type SweepRules = z.infer<typeof sweepRules>;

export const sweepState = z.object({
  now: instant,
  /** The apps of the project. Only preview apps of these are removed. */
  apps: z.array(appName).min(1, "is empty; add at least one app"),
  /** The apps that run in the preview environment. */
  running: z.array(z.object({ name: z.string(), since: instant })),
  open: z.array(pullRequestNumber),
  /** The closed pull requests that still have a running app. */
  closed: z.array(pullRequestNumber),
});
export type SweepState = z.infer<typeof sweepState>;

export interface Sweep {
  remove: { name: string; pullRequest: number; reason: "closed" | "age" | "quota" }[];
  /** Named like a preview app, but unknown to this project. An operator must check them. */
  orphans: { name: string; reason: string }[];
  keep: string[];
}

/**
 * Decides which preview apps to remove: those of closed pull requests, those not deployed for too long, and the oldest
 * above the quota. Reports other apps that are named like a preview app.
 */
export function sweep({ now, apps, running, open, closed }: SweepState, { quota, maxAgeHours }: SweepRules): Sweep {
  const result: Sweep = { remove: [], orphans: [], keep: [] };
  const openSet = new Set(open);
  const closedSet = new Set(closed);
  const alive: { name: string; pullRequest: number; since: number }[] = [];
  for (const { name, since } of running) {
    const pullRequest = numberOfPreview(name);
    if (pullRequest === undefined) continue;
    const known = openSet.has(pullRequest) || closedSet.has(pullRequest);
    if (!apps.some((app) => previewName(pullRequest, app) === name))
      result.orphans.push({ name, reason: "does not belong to an app of this project" });
    else if (!known) result.orphans.push({ name, reason: `pull request ${pullRequest} does not exist` });
    else if (!openSet.has(pullRequest)) result.remove.push({ name, pullRequest, reason: "closed" });
    else if (Date.parse(now) - Date.parse(since) > maxAgeHours * 3_600_000)
      result.remove.push({ name, pullRequest, reason: "age" });
    else alive.push({ name, pullRequest, since: Date.parse(since) });
  }
  // Keep the newest. Sort equal times by name, so that the result does not depend on the order of the input.
  alive.sort((a, b) => b.since - a.since || (a.name < b.name ? -1 : 1));
  result.keep = alive.slice(0, quota).map(({ name }) => name);
  result.remove.push(
    ...alive.slice(quota).map(({ name, pullRequest }) => ({ name, pullRequest, reason: "quota" as const })),
  );
  return { remove: result.remove.sort(byName), orphans: result.orphans.sort(byName), keep: result.keep.sort() };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
