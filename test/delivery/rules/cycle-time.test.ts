import { describe, expect, test } from "vitest";
import {
  type CycleRecord,
  cycleRecord,
  cycleSummary,
  cycleTime,
  duration,
  release,
} from "../../../delivery/rules/cycle-time.ts";
import { checked } from "../../../delivery/rules/validate.ts";

const given = {
  repository: "example/shop",
  releasedAt: "2026-11-21T15:00:00Z",
  commits: [
    { sha: "bbbbbbb", at: "2026-11-21T15:30:00+01:00" },
    { sha: "aaaaaaa", at: "2026-11-20T15:00:00Z" },
  ],
  images: [{ app: "api", digest: `sha256:${"a".repeat(64)}` }],
};

describe("cycle time", () => {
  test("counts from the newest commit, and the lead time from the oldest", () => {
    const record = cycleTime(given);
    expect(record).toEqual({
      repository: "example/shop",
      commit: "bbbbbbb",
      commits: 2,
      committedAt: "2026-11-21T15:30:00+01:00",
      releasedAt: "2026-11-21T15:00:00Z",
      cycleSeconds: 1800,
      leadSeconds: 86_400,
      images: given.images,
    });
    expect(cycleRecord.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
  });

  test("is 0 for a commit dated after the release", () => {
    expect(cycleTime({ ...given, commits: [{ sha: "ccccccc", at: "2026-11-21T16:00:00Z" }] })).toMatchObject({
      cycleSeconds: 0,
      leadSeconds: 0,
    });
  });

  test("summarises many releases by median and 90th percentile", () => {
    const records = [10, 20, 30, 40, 50, 60, 70, 80, 90, 1000].map((seconds) => ({
      ...cycleTime(given),
      cycleSeconds: seconds,
      leadSeconds: seconds * 2,
    }));
    expect(cycleSummary(records)).toEqual({
      releases: 10,
      cycle: { median: 50, p90: 90 },
      lead: { median: 100, p90: 180 },
    });
    expect(cycleSummary(records.slice(0, 1))).toEqual({
      releases: 1,
      cycle: { median: 10, p90: 10 },
      lead: { median: 20, p90: 20 },
    });
    expect(cycleSummary([] as CycleRecord[])).toEqual({
      releases: 0,
      cycle: { median: 0, p90: 0 },
      lead: { median: 0, p90: 0 },
    });
  });

  test.each([
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [125, "2 min 5 s"],
    [7260, "2 h 1 min"],
    [86_400, "1 d"],
    [93_600, "1 d 2 h"],
    [86_460, "1 d"],
  ])("formats %i seconds as %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });

  test.each([
    [{ ...given, repository: "shop" }, "repository: is not a repository; use owner/name"],
    [{ ...given, commits: [] }, "commits: is empty; a release needs at least one commit"],
    [
      { ...given, releasedAt: "today" },
      "releasedAt: is not a time; use ISO 8601 with a zone, for example 2026-11-21T15:00:00Z",
    ],
  ])("rejects bad input %#", (input, message) => {
    expect(() => checked(release, input, "--input")).toThrow(`--input: ${message}`);
  });
});
