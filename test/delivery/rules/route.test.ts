import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checked } from "../../../delivery/rules/validate.ts";
import { type Change, change, route, routeRules, stages } from "../../../delivery/rules/route.ts";

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
  pullRequest: { author: "ann", permission, head, approvals: [], labels: [] },
});

const apps = [
  { app: "api", name: "pr-12-api", url: "https://pr-12-api.preview.example.com/" },
  { app: "front", name: "pr-12-front", url: "https://pr-12-front.preview.example.com/" },
];

describe("the route of a change", () => {
  test("leads the default branch through all stages to production", () => {
    expect(route(push("main"), rules)).toEqual({
      stages: ["commit", "acceptance", "capacity", "manual", "release"],
      environment: "production",
      credentials: true,
      previews: [],
      reason: "main goes to production",
    });
  });

  test("skips the tests for files that already passed on staging", () => {
    expect(route(push("main", true), rules)).toMatchObject({
      stages: ["manual", "release"],
      environment: "production",
      reason: "main goes to production; these files already passed on staging",
    });
  });

  test("has no manual stage if the project does not need an approval", () => {
    expect(route(push("main", true), { ...rules, manual: false }).stages).toEqual(["release"]);
    expect(route(push("main"), { ...rules, manual: false }).stages).toEqual([
      "commit",
      "acceptance",
      "capacity",
      "release",
    ]);
  });

  test("leads development to staging only", () => {
    expect(route(push("development"), rules)).toEqual({
      stages: ["commit", "acceptance", "capacity"],
      environment: "staging",
      credentials: true,
      previews: [],
      reason: "development goes to staging",
    });
    expect(route(push("development", true), rules).stages).toEqual(["commit", "acceptance", "capacity"]);
  });

  test("tests other branches without credentials", () => {
    expect(route(push("feature"), rules)).toEqual({
      stages: ["tests"],
      environment: null,
      credentials: false,
      previews: [],
      reason: "feature is neither the default branch nor development",
    });
    expect(route(push("development"), { ...rules, stagingBranch: null }).reason).toBe(
      "development is not the default branch",
    );
  });

  test("deploys previews for an author with write access", () => {
    expect(route(pullRequest("write"), rules)).toEqual({
      stages: ["commit", "preview"],
      environment: "preview",
      credentials: true,
      previews: apps,
      reason: "pull request 12: its author ann has write access",
    });
  });

  test("only tests an untrusted pull request, without credentials", () => {
    expect(route(pullRequest("read"), rules)).toEqual({
      stages: ["tests"],
      environment: null,
      credentials: false,
      previews: [],
      reason: "pull request 12: its author ann has no write access, and no user with write access approved this commit",
    });
  });

  test("removes the previews of any closed pull request", () => {
    for (const permission of ["write", "read"] as const) {
      expect(route(pullRequest(permission, "closed"), rules)).toEqual({
        stages: ["remove"],
        environment: "preview",
        credentials: true,
        previews: apps,
        reason: "pull request 12 is closed",
      });
    }
  });

  test("has no preview stages in a project without a preview environment", () => {
    const without = { ...rules, previews: undefined };
    expect(route(pullRequest("write"), without)).toMatchObject({
      stages: ["tests"],
      credentials: false,
      reason: "the project has no preview environment",
    });
    expect(route(pullRequest("write", "closed"), without)).toMatchObject({
      stages: [],
      environment: null,
      previews: [],
    });
  });

  test("releases only the default branch, and keeps the order of the stages", () => {
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

describe("an invalid change", () => {
  test.each([
    [{ event: "tag" }, 'event: is not an event; use "push" or "pull-request"'],
    [{ event: "push", branch: "main", primary: "yes" }, "primary: is not true or false"],
    [{ ...pullRequest("write"), number: 0 }, "number: is not the number of a pull request; use a whole number from 1"],
    [
      { ...pullRequest("write"), pullRequest: { ...pullRequest("write").pullRequest, permission: "root" } },
      "pullRequest.permission: is not a permission; use admin, maintain, write, triage, read, none",
    ],
    [
      { ...pullRequest("write"), pullRequest: { ...pullRequest("write").pullRequest, head: "main" } },
      "pullRequest.head: is not a commit; use 40 hexadecimal digits",
    ],
  ])("is rejected %#", (given, message) => {
    expect(() => checked(change, given, "--input")).toThrow(message);
  });
});
