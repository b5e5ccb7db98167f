import { z } from "zod";
import { appName } from "./names.ts";

const instant = z.iso.datetime({
  offset: true,
  message: "is not a time; use ISO 8601 with a zone, for example 2026-11-21T15:00:00Z",
});

export const release = z.object({
  /** `owner/name` of the repository. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "is not a repository; use owner/name"),
  /** Time when the deployment to production ended. */
  releasedAt: instant,
  /** The commits since the last release. */
  commits: z
    .array(z.object({ sha: z.string().min(7), at: instant }))
    .min(1, "is empty; a release needs at least one commit"),
  images: z.array(z.object({ app: appName, digest: z.string() })).default([]),
});
export type Release = z.infer<typeof release>;

/** One line of the record. */
export const cycleRecord = z.object({
  repository: z.string(),
  /** The newest commit. */
  commit: z.string(),
  commits: z.int().min(1),
  committedAt: instant,
  releasedAt: instant,
  /** Seconds from the newest commit to production: the duration of the pipeline. */
  cycleSeconds: z.number().min(0),
  /** Seconds from the oldest commit to production: the longest wait of a change. */
  leadSeconds: z.number().min(0),
  images: z.array(z.object({ app: z.string(), digest: z.string() })),
});
export type CycleRecord = z.infer<typeof cycleRecord>;

/** The record of one release. The time is 0 if a wrong clock dated the commit after the release. */
export function cycleTime({ repository, releasedAt, commits, images }: Release): CycleRecord {
  const ordered = commits.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.sha < b.sha ? -1 : 1));
  const [oldest, newest] = [ordered[0]!, ordered.at(-1)!];
  const since = (at: string) => Math.max(0, Math.round((Date.parse(releasedAt) - Date.parse(at)) / 1000));
  return {
    repository,
    commit: newest.sha,
    commits: commits.length,
    committedAt: newest.at,
    releasedAt,
    cycleSeconds: since(newest.at),
    leadSeconds: since(oldest.at),
    images,
  };
}

export interface CycleSummary {
  releases: number;
  /** Median and 90th percentile, in seconds. */
  cycle: { median: number; p90: number };
  lead: { median: number; p90: number };
}

/** Cycle and lead times of many releases. */
export function cycleSummary(records: readonly CycleRecord[]): CycleSummary {
  const of = (pick: (record: CycleRecord) => number) => {
    const sorted = records.map(pick).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return { median: at(0.5), p90: at(0.9) };
  };
  return { releases: records.length, cycle: of((one) => one.cycleSeconds), lead: of((one) => one.leadSeconds) };
}

/** Formats seconds as `1 d 2 h` or `5 min`. */
export function duration(seconds: number): string {
  const units: [string, number][] = [
    ["d", 86_400],
    ["h", 3600],
    ["min", 60],
    ["s", 1],
  ];
  const first = units.findIndex(([, length]) => seconds >= length);
  if (first < 0) return "0 s";
  const parts = units.slice(first, first + 2).map(([unit, length], index) => {
    const rest = index === 0 ? seconds : seconds % units[first]![1];
    return [Math.floor(rest / length), unit] as const;
  });
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(" ");
}
