import { describe, expect, test } from "vitest";
import { call } from "../bash.ts";

const empty = (backend: string, slot: number) => `${backend} ${slot} 0.0.0.0 0 1`;
const holds = (backend: string, slot: number, address: string, up = true) =>
  `${backend} ${slot} ${address} ${up ? 2 : 0} 0`;

function commands(slots: readonly string[], members: readonly string[]): string[] {
  return call("haproxy/slots.sh", "slot_commands", [slots.join("\n"), members.join("\n")])
    .split("\n")
    .filter(Boolean);
}

describe("slot", () => {
  test.each([
    ["galera-0", "1"],
    ["galera-8", "9"],
    ["shop-db2-10", "11"],
    ["galera-08", "9"],
    ["galera", "1"],
  ])("%s is in slot %s", (node, slot) => {
    expect(call("haproxy/slots.sh", "slot", [node])).toBe(slot);
  });
});

describe("slot_commands", () => {
  test("adds a new member to its slot in every backend", () => {
    expect(
      commands([empty("write", 1), empty("write", 2), empty("read", 1), empty("read", 2)], ["galera-1 10.0.0.21"]),
    ).toEqual([
      "set server write/galera2 addr 10.0.0.21 port 3306",
      "set server write/galera2 state ready",
      "set server read/galera2 addr 10.0.0.21 port 3306",
      "set server read/galera2 state ready",
    ]);
  });

  test("does not change a member that is in its slot", () => {
    expect(
      commands(
        [holds("write", 1, "10.0.0.20"), holds("write", 2, "10.0.0.21", false)],
        ["galera-0 10.0.0.20", "galera-1 10.0.0.21"],
      ),
    ).toEqual([]);
  });

  test("keeps a healthy member that is missing in etcd", () => {
    expect(commands([holds("write", 1, "10.0.0.20"), holds("write", 2, "10.0.0.21")], [])).toEqual([]);
  });

  test("removes a member that is missing in etcd and down", () => {
    expect(
      commands([holds("write", 1, "10.0.0.20"), holds("write", 2, "10.0.0.21", false)], ["galera-0 10.0.0.20"]),
    ).toEqual(["set server write/galera2 state maint"]);
  });

  test("adds a member to its slot again after maintenance", () => {
    expect(commands(["write 1 10.0.0.20 0 1"], ["galera-0 10.0.0.20"])).toEqual([
      "set server write/galera1 state ready",
    ]);
  });

  test("closes connections to the old address when the address of a member changes", () => {
    expect(commands([holds("write", 1, "10.0.0.20")], ["galera-0 10.0.0.120"])).toEqual([
      "set server write/galera1 state maint",
      "set server write/galera1 addr 10.0.0.120 port 3306",
      "set server write/galera1 state ready",
    ]);
  });

  test("ignores a member without a slot", () => {
    expect(commands([empty("write", 1)], ["galera-4 10.0.0.24"])).toEqual([]);
  });
});
