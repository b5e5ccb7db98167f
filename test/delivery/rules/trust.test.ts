import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PullRequest, permissions, trust } from "../../../delivery/rules/trust.ts";

const head = "a".repeat(40);
const other = "b".repeat(40);
const stranger: PullRequest = { author: "eve", permission: "read", head, approvals: [], labels: [] };

describe("trust in a pull request", () => {
  test.each([
    ["admin", true],
    ["maintain", true],
    ["write", true],
    ["triage", false],
    ["read", false],
    ["none", false],
  ] as const)("for an author with permission %s is %s", (permission, trusted) => {
    expect(trust({ ...stranger, permission }).trusted).toBe(trusted);
  });

  test("is refused without write access and approval, with the reason", () => {
    expect(trust(stranger)).toEqual({
      trusted: false,
      reason: "its author eve has no write access, and no user with write access approved this commit",
    });
  });

  test("is given if a user with write access approved the commit", () => {
    expect(trust({ ...stranger, approvals: [{ by: "ann", permission: "write", commit: head }] })).toEqual({
      trusted: true,
      reason: `ann approved ${head.slice(0, 12)}`,
    });
  });

  test.each([
    [
      "of an earlier commit",
      { by: "ann", permission: "admin", commit: other },
      ", and the approval is for another commit",
    ],
    [
      "by a user without write access",
      { by: "bob", permission: "triage", commit: head },
      ", and no user with write access approved this commit",
    ],
    [
      "by the author",
      { by: "eve", permission: "read", commit: head },
      ", and no user with write access approved this commit",
    ],
  ] as const)("ignores an approval %s", (_, approval, reason) => {
    expect(trust({ ...stranger, approvals: [approval] })).toEqual({
      trusted: false,
      reason: `its author eve has no write access${reason}`,
    });
  });

  test("is given for the label of the project only", () => {
    const labelled = { ...stranger, labels: ["preview", "bug"] };
    expect(trust(labelled, "preview")).toEqual({ trusted: true, reason: "it has the label preview" });
    expect(trust(labelled).trusted).toBe(false);
    expect(trust(labelled, "run-it").trusted).toBe(false);
  });

  test("needs an approval by another user with write access if there is no label", () => {
    const weak = fc.constantFrom(...permissions.slice(permissions.indexOf("triage")));
    const approval = fc.record({
      by: fc.string(),
      permission: fc.constantFrom(...permissions),
      commit: fc.constantFrom(head, other),
    });
    fc.assert(
      fc.property(weak, fc.array(approval), fc.array(fc.string()), (permission, approvals, labels) => {
        const stands = approvals.some(
          (one) => ["admin", "maintain", "write"].includes(one.permission) && one.commit === head && one.by !== "eve",
        );
        expect(trust({ ...stranger, permission, approvals, labels }).trusted).toBe(stands);
      }),
    );
  });
});
