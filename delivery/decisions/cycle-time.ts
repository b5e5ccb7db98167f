import { z } from "zod";
import { appName } from "./names.ts";

const instant = z.iso.datetime({
  offset: true,
  message: "is not a time; use ISO 8601 with a zone, as in 2026-11-21T15:00:00Z",
});

/** A release that has reached production. */
export const release = z.object({
  /** `owner/name` of the repository. */
  repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/, "is not a repository; use owner/name"),
  /** When production served it. */
  releasedAt: instant,
  /** What is new in it since the last release, by commit. */
  commits: z
    .array(z.object({ sha: z.string().min(7), at: instant }))
    .min(1, "is empty; a release has one commit at least"),
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
  /** From the newest commit to production, in seconds: what the pipeline takes. */
  cycleSeconds: z.number().min(0),
  /** From the oldest commit to production, in seconds: what a change waits for at most. */
  leadSeconds: z.number().min(0),
  images: z.array(z.object({ app: z.string(), digest: z.string() })),
});
export type CycleRecord = z.infer<typeof cycleRecord>;

/** The record of one release. A commit from the future, of a clock that is wrong, took no time. */
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
  /** In seconds; the middle one, and the one that nine in ten do not exceed. */
  cycle: { median: number; p90: number };
  lead: { median: number; p90: number };
}

/** What many releases took. */
export function cycleSummary(records: readonly CycleRecord[]): CycleSummary {
  const of = (pick: (record: CycleRecord) => number) => {
    const sorted = records.map(pick).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
    return { median: at(0.5), p90: at(0.9) };
  };
  return { releases: records.length, cycle: of((one) => one.cycleSeconds), lead: of((one) => one.leadSeconds) };
}

/** `1 d 2 h`, `5 min`: seconds as people say them. */
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
