import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { dropin, group, unit, user } from "../../ignition/index.ts";

test("a unit has only the given keys", () => {
  expect(unit({ name: "a.socket" })).toEqual({ systemd: { units: [{ name: "a.socket" }] } });
  expect(unit({ name: "a.service", text: "[Unit]\n", enabled: false, mask: true })).toEqual({
    systemd: { units: [{ name: "a.service", contents: "[Unit]\n", enabled: false, mask: true }] },
  });
  expect(Object.keys(unit({ name: "a.socket" }).systemd?.units?.[0] ?? {})).toEqual(["name"]);
});

test("a unit can read its contents from a file", () => {
  const folder = mkdtempSync(join(tmpdir(), "paasmas-unit-"));
  const from = pathToFileURL(join(folder, "a.service"));
  try {
    writeFileSync(from, "[Service]\nExecStart=/bin/true\n");
    expect(unit({ name: "a.service", from, enabled: true })).toEqual({
      systemd: { units: [{ name: "a.service", enabled: true, contents: "[Service]\nExecStart=/bin/true\n" }] },
    });
    expect(() => unit({ name: "a.service", from, text: "" })).toThrow(
      "  unit a.service: both text and from are given; give one of them",
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  expect(() => unit({ name: "a.service", from })).toThrow(`  ${from.href}: cannot be read: ENOENT`);
});

test("a drop-in is added to its unit", () => {
  expect(dropin({ unit: "sshd.service", name: "10-listen.conf", text: "[Service]\n" })).toEqual({
    systemd: { units: [{ name: "sshd.service", dropins: [{ name: "10-listen.conf", contents: "[Service]\n" }] }] },
  });
});

test("users and groups have only the given keys, with copied lists", () => {
  const keys = ["ssh-ed25519 A"];
  const core = user({ name: "core", sshAuthorizedKeys: keys, groups: ["wheel"] });
  keys.push("ssh-ed25519 B");
  expect(core).toEqual({
    passwd: { users: [{ name: "core", sshAuthorizedKeys: ["ssh-ed25519 A"], groups: ["wheel"] }] },
  });
  expect(Object.keys(core.passwd?.users?.[0] ?? {}).sort()).toEqual(["groups", "name", "sshAuthorizedKeys"]);
  expect(user({ name: "db", uid: 1001, noCreateHome: true, system: true, shell: "/sbin/nologin" })).toEqual({
    passwd: { users: [{ name: "db", uid: 1001, noCreateHome: true, system: true, shell: "/sbin/nologin" }] },
  });
  expect(group({ name: "db", gid: 1001 })).toEqual({ passwd: { groups: [{ name: "db", gid: 1001 }] } });
});
