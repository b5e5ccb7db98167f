import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { previewName } from "../../../delivery/rules/names.ts";
import { type SweepState, sweep } from "../../../delivery/rules/sweep.ts";

const now = "2026-11-21T15:00:00Z";
const hoursAgo = (hours: number) => new Date(Date.parse(now) - hours * 3_600_000).toISOString();
const state = (given: Partial<SweepState>): SweepState => ({
  now,
  apps: ["api", "front"],
  running: [],
  open: [],
  closed: [],
  ...given,
});
const rules = { quota: 3, maxAgeHours: 48 };

describe("a sweep", () => {
  test("removes apps of closed pull requests of any age", () => {
    expect(
      sweep(
        state({
          running: [
            { name: "pr-1-api", since: now },
            { name: "pr-2-api", since: now },
          ],
          open: [2],
          closed: [1],
        }),
        rules,
      ),
    ).toEqual({
      remove: [{ name: "pr-1-api", pullRequest: 1, reason: "closed" }],
      orphans: [],
      keep: ["pr-2-api"],
    });
  });

  test("removes apps above the age limit and keeps apps at the limit", () => {
    const running = [
      { name: "pr-1-api", since: hoursAgo(48) },
      { name: "pr-2-api", since: hoursAgo(48.01) },
    ];
    expect(sweep(state({ running, open: [1, 2] }), rules)).toEqual({
      remove: [{ name: "pr-2-api", pullRequest: 2, reason: "age" }],
      orphans: [],
      keep: ["pr-1-api"],
    });
  });

  test("removes the oldest apps above the quota", () => {
    const running = [5, 1, 4, 2, 3].map((hours) => ({ name: `pr-${hours}-api`, since: hoursAgo(hours) }));
    expect(sweep(state({ running, open: [1, 2, 3, 4, 5] }), rules)).toEqual({
      remove: [
        { name: "pr-4-api", pullRequest: 4, reason: "quota" },
        { name: "pr-5-api", pullRequest: 5, reason: "quota" },
      ],
      orphans: [],
      keep: ["pr-1-api", "pr-2-api", "pr-3-api"],
    });
  });

  test("reports unknown preview apps and keeps them", () => {
    const running = ["pr-9-api", "pr-1-shop", "pr-1-api-x"].map((name) => ({ name, since: hoursAgo(1000) }));
    expect(sweep(state({ running, open: [1] }), rules)).toEqual({
      remove: [],
      orphans: [
        { name: "pr-1-api-x", reason: "does not belong to an app of this project" },
        { name: "pr-1-shop", reason: "does not belong to an app of this project" },
        { name: "pr-9-api", reason: "pull request 9 does not exist" },
      ],
      keep: [],
    });
  });

  test("ignores apps that are not named like a preview app", () => {
    const running = ["api", "front", "shop", "pr-api", "production"].map((name) => ({ name, since: hoursAgo(1000) }));
    expect(sweep(state({ running }), rules)).toEqual({ remove: [], orphans: [], keep: [] });
  });

  test("recognises names that were cut", () => {
    const app = "x".repeat(63);
    const name = previewName(8, app);
    expect(sweep(state({ apps: [app], running: [{ name, since: now }], closed: [8] }), rules).remove).toEqual([
      { name, pullRequest: 8, reason: "closed" },
    ]);
  });

  const anyName = fc.oneof(
    fc
      .tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom("api", "front", "shop"))
      .map(([number, app]) => previewName(number, app)),
    fc.constantFrom("api", "front", "pr-x", "pr-1-api-2"),
  );
  const anyState = fc
    .record({
      running: fc.uniqueArray(fc.record({ name: anyName, since: fc.integer({ min: 0, max: 100 }).map(hoursAgo) }), {
        selector: ({ name }) => name,
      }),
      open: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
      closed: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
    })
    .map(state);
  const anyRules = fc.record({ quota: fc.integer({ min: 0, max: 6 }), maxAgeHours: fc.integer({ min: 1, max: 100 }) });

  test("removes only preview apps of this project and never keeps more than the quota", () => {
    fc.assert(
      fc.property(anyState, anyRules, (given, limits) => {
        const { remove, keep, orphans } = sweep(given, limits);
        for (const { name, pullRequest, reason } of remove) {
          expect([previewName(pullRequest, "api"), previewName(pullRequest, "front")]).toContain(name);
          expect(given.open.includes(pullRequest) || given.closed.includes(pullRequest)).toBe(true);
          expect(reason === "closed").toBe(!given.open.includes(pullRequest));
        }
        expect(keep.length).toBeLessThanOrEqual(limits.quota);
        const seen = [...remove.map(({ name }) => name), ...orphans.map(({ name }) => name), ...keep];
        expect(seen.toSorted()).toEqual(
          given.running
            .map(({ name }) => name)
            .filter((name) => /^pr-\d/.test(name))
            .toSorted(),
        );
      }),
    );
  });

  test("does nothing the second time and does not depend on the order of the apps", () => {
    fc.assert(
      fc.property(anyState, anyRules, (given, limits) => {
        const first = sweep(given, limits);
        const left = given.running.filter(({ name }) => !first.remove.some((one) => one.name === name));
        expect(sweep({ ...given, running: left }, limits)).toEqual({ ...first, remove: [] });
        expect(sweep({ ...given, running: given.running.toReversed() }, limits)).toEqual(first);
      }),
    );
  });
});
