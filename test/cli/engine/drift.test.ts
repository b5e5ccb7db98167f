import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { expect, test } from "vitest";
import { Drift } from "../../../cli/engine/drift.ts";

/** The end of the refresh of a resource. */
function refreshed(op: string, name: string, more: object = {}): EngineEvent {
  const type = "openstack:compute/instance:Instance";
  const urn = `urn:pulumi:staging::paasmas::paasmas:cloud:Machine$${type}::${name}`;
  const state = { custom: true, outputs: {} };
  const metadata = { op, urn, type, old: state, ...(op === "delete" ? {} : { new: state }), ...more };
  return { sequence: 0, timestamp: 0, resOutputsEvent: { metadata, planning: true } } as unknown as EngineEvent;
}

function drift(...events: EngineEvent[]): Drift {
  const found = new Drift();
  for (const event of events) found.onEvent(event);
  return found;
}

test("finds none if every resource is as recorded", () => {
  const found = drift(refreshed("same", "a"), refreshed("refresh", "b"), refreshed("read", "c"));
  expect([found.found, found.text("staging")]).toEqual([false, "staging: no drift.\n"]);
});

test("names resources that are gone, and each property that differs with both values", () => {
  const found = drift(
    refreshed("delete", "galera-0-instance"),
    refreshed("same", "galera-1-instance"),
    refreshed("update", "galera-2-instance", {
      old: { custom: true, outputs: { size: 40, tags: ["a"], name: "x" } },
      new: { custom: true, outputs: { size: 80, tags: ["a", "b"], name: "x" } },
      detailedDiff: { size: { kind: "update" }, "tags[1]": { kind: "add" } },
      diffs: ["size", "tags", "name"],
    }),
  );
  expect(found.found).toBe(true);
  expect(found.text("staging")).toBe(
    "- Instance galera-0-instance: does not exist any more\n" +
      '~ Instance galera-2-instance: size 40 → 80, tags ["a"] → ["a","b"]\n' +
      "staging: drift in 2 resources; to restore the settings: npm run up -- staging --refresh\n",
  );
});

test("prints no secret and no long text", () => {
  const secret = (value: string) => ({ "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value });
  const { text } = {
    text: drift(
      refreshed("update", "a", {
        old: { custom: true, outputs: { password: secret("hunter1"), userData: "x".repeat(900), note: "one\ntwo" } },
        new: { custom: true, outputs: { password: secret("hunter2"), userData: "y".repeat(900) } },
        diffs: ["password", "userData", "note"],
      }),
    ).text("staging"),
  };
  expect(text.split("\n")[0]).toBe(
    `~ Instance a: note one… → none, password [secret] → [secret], userData ${"x".repeat(59)}… → ${"y".repeat(59)}…`,
  );
});

test("ignores components", () => {
  expect(drift(refreshed("update", "a", { new: { custom: false } })).found).toBe(false);
});
