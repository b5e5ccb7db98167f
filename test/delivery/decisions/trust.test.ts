import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Origin, permissions, trust } from "../../../delivery/decisions/trust.ts";

const head = "a".repeat(40);
const other = "b".repeat(40);
const stranger: Origin = { author: "eve", permission: "read", head, approvals: [], labels: [] };

describe("who is trusted", () => {
  test.each([
    ["admin", true],
    ["maintain", true],
    ["write", true],
    ["triage", false],
    ["read", false],
    ["none", false],
  ] as const)("an author who may %s: %s", (permission, trusted) => {
    expect(trust({ ...stranger, permission }).trusted).toBe(trusted);
  });

  test("a stranger is not, and the reason says so", () => {
    expect(trust(stranger)).toEqual({
      trusted: false,
      because: "its author eve may not write to the repository, and nobody who may has approved this commit",
    });
  });

  test("a stranger whose very commit was approved by somebody who may write is", () => {
    expect(trust({ ...stranger, approvals: [{ by: "ann", permission: "write", commit: head }] })).toEqual({
      trusted: true,
      because: `ann approved ${head.slice(0, 12)}`,
    });
  });

  test.each([
    [
      "of an earlier commit",
      { by: "ann", permission: "admin", commit: other },
      ", and what was approved is another commit",
    ],
    [
      "by another stranger",
      { by: "bob", permission: "triage", commit: head },
      ", and nobody who may has approved this commit",
    ],
    ["by the author", { by: "eve", permission: "read", commit: head }, ", and nobody who may has approved this commit"],
  ] as const)("an approval %s does not count", (_, approval, because) => {
    expect(trust({ ...stranger, approvals: [approval] })).toEqual({
      trusted: false,
      because: `its author eve may not write to the repository${because}`,
    });
  });

  test("a label counts when the project has named it, and no other does", () => {
    const labelled = { ...stranger, labels: ["preview", "bug"] };
    expect(trust(labelled, "preview")).toEqual({ trusted: true, because: "it has the label preview" });
    expect(trust(labelled).trusted).toBe(false);
    expect(trust(labelled, "run-it").trusted).toBe(false);
  });

  test("without the label, nobody is trusted whom nobody with write permission stands for", () => {
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
