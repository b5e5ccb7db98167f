import { z } from "zod";
import { appName, numberOfPreview, previewName, pullRequestNumber } from "./names.ts";

const instant = z.iso.datetime({
  offset: true,
  message: "is not a time; use ISO 8601 with a zone, as in 2026-11-21T15:00:00Z",
});

/** Limits on the apps of pull requests. */
export const sweepRules = z.object({
  /** How many of a project may run at once. */
  quota: z.int().min(0).max(1000).default(20),
  /** How long one may run since it was last deployed, in hours. */
  maxAgeHours: z
    .number()
    .positive()
    .max(24 * 365)
    .default(168),
});
export type SweepRules = z.infer<typeof sweepRules>;

/** All that a sweep has to know. */
export const sweepState = z.object({
  now: instant,
  /** The project's apps; only their pull requests' apps are ever removed. */
  apps: z.array(appName).min(1, "is empty; give one app at least"),
  /** What runs where the pull requests' apps run. */
  running: z.array(z.object({ name: z.string(), since: instant })),
  /** Every open pull request. */
  open: z.array(pullRequestNumber),
  /** Pull requests that are closed, of those that have an app running. */
  closed: z.array(pullRequestNumber),
});
export type SweepState = z.infer<typeof sweepState>;

export interface Sweep {
  remove: { name: string; pullRequest: number; reason: "closed" | "age" | "quota" }[];
  /** Look like apps of pull requests, and are not known to be ours: to be looked at by somebody. */
  orphans: { name: string; reason: string }[];
  keep: string[];
}

/**
 * What is to become of the apps of pull requests. Removed are those of this project alone: of a closed pull request,
 * not deployed for too long, and the oldest of those above the quota. Whatever else looks like one is reported.
 */
export function sweep({ now, apps, running, open, closed }: SweepState, { quota, maxAgeHours }: SweepRules): Sweep {
  const result: Sweep = { remove: [], orphans: [], keep: [] };
  const opened = new Set(open);
  const over = new Set(closed);
  const alive: { name: string; pullRequest: number; since: number }[] = [];
  for (const { name, since } of running) {
    const pullRequest = numberOfPreview(name);
    if (pullRequest === undefined) continue;
    const known = opened.has(pullRequest) || over.has(pullRequest);
    if (!apps.some((app) => previewName(pullRequest, app) === name))
      result.orphans.push({ name, reason: "is of no app of this project" });
    else if (!known) result.orphans.push({ name, reason: `there is no pull request ${pullRequest}` });
    else if (!opened.has(pullRequest)) result.remove.push({ name, pullRequest, reason: "closed" });
    else if (Date.parse(now) - Date.parse(since) > maxAgeHours * 3_600_000)
      result.remove.push({ name, pullRequest, reason: "age" });
    else alive.push({ name, pullRequest, since: Date.parse(since) });
  }
  // The newest stay. Names decide between equals, so that two sweeps never disagree.
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
