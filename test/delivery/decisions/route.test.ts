import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checked } from "../../../delivery/decisions/problem.ts";
import { type Change, change, route, routeRules, stages } from "../../../delivery/decisions/route.ts";

const rules = routeRules.parse({ apps: ["api", "front"], previews: { domain: "preview.example.com" } });
const head = "c".repeat(40);
const push = (branch: string, passed = false) =>
  ({ event: "push", branch, primary: branch === "main", passed }) as const;
const pullRequest = (
  permission: "write" | "read",
  state: "open" | "closed" = "open",
): Change & { event: "pull-request" } => ({
  event: "pull-request",
  number: 12,
  state,
  origin: { author: "ann", permission, head, approvals: [], labels: [] },
});

const apps = [
  { app: "api", name: "pr-12-api", url: "https://pr-12-api.preview.example.com/" },
  { app: "front", name: "pr-12-front", url: "https://pr-12-front.preview.example.com/" },
];

describe("what becomes of a change", () => {
  test("the default branch goes through all stages to production", () => {
    expect(route(push("main"), rules)).toEqual({
      stages: ["commit", "acceptance", "capacity", "manual", "release"],
      environment: "production",
      credentials: true,
      previews: [],
      because: "main goes to production",
    });
  });

  test("what has passed on staging is released without being built again", () => {
    expect(route(push("main", true), rules)).toMatchObject({
      stages: ["manual", "release"],
      environment: "production",
      because: "main goes to production; these files have passed on staging, and what passed is released",
    });
  });

  test("without the manual stage nobody is asked", () => {
    expect(route(push("main", true), { ...rules, manual: false }).stages).toEqual(["release"]);
    expect(route(push("main"), { ...rules, manual: false }).stages).toEqual([
      "commit",
      "acceptance",
      "capacity",
      "release",
    ]);
  });

  test("development goes to staging and no further", () => {
    expect(route(push("development"), rules)).toEqual({
      stages: ["commit", "acceptance", "capacity"],
      environment: "staging",
      credentials: true,
      previews: [],
      because: "development goes to staging",
    });
    expect(route(push("development", true), rules).stages).toEqual(["commit", "acceptance", "capacity"]);
  });

  test("any other branch is tested, without credentials", () => {
    expect(route(push("feature"), rules)).toEqual({
      stages: ["tests"],
      environment: null,
      credentials: false,
      previews: [],
      because: "feature is neither the default branch nor development",
    });
    expect(route(push("development"), { ...rules, stagingBranch: null }).because).toBe(
      "development is not the default branch",
    );
  });

  test("a pull request of somebody who may write gets its apps", () => {
    expect(route(pullRequest("write"), rules)).toEqual({
      stages: ["commit", "preview"],
      environment: "preview",
      credentials: true,
      previews: apps,
      because: "pull request 12: its author ann may write to the repository",
    });
  });

  test("a stranger's is tested: no app, no credentials", () => {
    expect(route(pullRequest("read"), rules)).toEqual({
      stages: ["tests"],
      environment: null,
      credentials: false,
      previews: [],
      because:
        "pull request 12: its author ann may not write to the repository, and nobody who may has approved this commit",
    });
  });

  test("a closed one loses its apps, whoever it was from", () => {
    for (const permission of ["write", "read"] as const) {
      expect(route(pullRequest(permission, "closed"), rules)).toEqual({
        stages: ["remove"],
        environment: "preview",
        credentials: true,
        previews: apps,
        because: "pull request 12 is closed",
      });
    }
  });

  test("a project without previews has none to create or to remove", () => {
    const without = { ...rules, previews: undefined };
    expect(route(pullRequest("write"), without)).toMatchObject({
      stages: ["tests"],
      credentials: false,
      because: "the project has no apps for pull requests",
    });
    expect(route(pullRequest("write", "closed"), without)).toMatchObject({
      stages: [],
      environment: null,
      previews: [],
    });
  });

  test("only the default branch is ever released, and only to production; stages keep their order", () => {
    const anyPush = fc
      .tuple(fc.oneof(fc.constantFrom("main", "development"), fc.string({ minLength: 1 })), fc.boolean())
      .map(([branch, passed]) => push(branch, passed));
    const anyRequest = fc
      .record({
        permission: fc.constantFrom("write" as const, "read" as const),
        state: fc.constantFrom("open" as const, "closed" as const),
      })
      .map(({ permission, state }) => pullRequest(permission, state));
    fc.assert(
      fc.property(fc.oneof(anyPush, anyRequest), fc.boolean(), (given, manual) => {
        const made = route(given, { ...rules, manual });
        const released = made.stages.includes("release");
        expect(released).toBe(given.event === "push" && given.branch === "main");
        expect(released).toBe(made.environment === "production");
        expect(made.stages.toSorted((a, b) => stages.indexOf(a) - stages.indexOf(b))).toEqual(made.stages);
        if (!made.credentials) expect(made.stages).toEqual(["tests"]);
      }),
    );
  });
});

describe("what is no change", () => {
  test.each([
    [{ event: "tag" }, 'event: is not an event; use "push" or "pull-request"'],
    [{ event: "push", branch: "main", primary: "yes" }, "primary: is neither true nor false"],
    [{ ...pullRequest("write"), number: 0 }, "number: is not the number of a pull request; use a whole number from 1"],
    [
      { ...pullRequest("write"), origin: { ...pullRequest("write").origin, permission: "root" } },
      "origin.permission: is not a permission; use admin, maintain, write, triage, read, none",
    ],
    [
      { ...pullRequest("write"), origin: { ...pullRequest("write").origin, head: "main" } },
      "origin.head: is not a commit; use 40 hexadecimal digits",
    ],
  ])("%#", (given, message) => {
    expect(() => checked(change, given, "--input")).toThrow(message);
  });
});
