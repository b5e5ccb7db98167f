import { describe, expect, test } from "vitest";
import { config, directory, dropin, file, group, IgnitionError, link, unit, user } from "../../ignition/index.ts";

const text = "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n";

describe("config", () => {
  test("puts fragments together in their order", () => {
    const whole = config(
      file({ path: "/b", text: "1" }),
      directory({ path: "/d" }),
      file({ path: "/a", text: "2" }),
      user({ name: "core" }),
      group({ name: "g", gid: 7, system: true }),
    );
    expect(whole).toEqual({
      ignition: { version: "3.4.0" },
      passwd: { users: [{ name: "core" }], groups: [{ name: "g", gid: 7, system: true }] },
      storage: {
        directories: [{ path: "/d", mode: 0o755 }],
        files: [
          { path: "/b", mode: 0o644, contents: { source: "data:,1" } },
          { path: "/a", mode: 0o644, contents: { source: "data:,2" } },
        ],
      },
    });
  });

  test("returns an empty config without fragments", () => {
    expect(config()).toEqual({ ignition: { version: "3.4.0" } });
  });

  test.each([
    [
      "after",
      [
        unit({ name: "a.service", text, enabled: true }),
        dropin({ unit: "a.service", name: "1.conf", text: "[Service]\n" }),
        dropin({ unit: "a.service", name: "2.conf", text: "#" }),
      ],
    ],
    [
      "before",
      [
        dropin({ unit: "a.service", name: "1.conf", text: "[Service]\n" }),
        dropin({ unit: "a.service", name: "2.conf", text: "#" }),
        unit({ name: "a.service", text, enabled: true }),
      ],
    ],
  ])("joins drop-ins that come %s their unit", (_, fragments) => {
    expect(config(...fragments).systemd).toEqual({
      units: [
        {
          name: "a.service",
          enabled: true,
          contents: text,
          dropins: [
            { name: "1.conf", contents: "[Service]\n" },
            { name: "2.conf", contents: "#" },
          ],
        },
      ],
    });
  });

  test("rejects duplicates", () => {
    const attempt = () =>
      config(
        unit({ name: "a.service", text }),
        unit({ name: "a.service", enabled: true }),
        dropin({ unit: "a.service", name: "1.conf", text: "" }),
        dropin({ unit: "a.service", name: "1.conf", text: "" }),
        file({ path: "/a", text: "" }),
        link({ path: "/a", target: "/b" }),
        user({ name: "core" }),
        user({ name: "core" }),
      );
    expect(attempt).toThrow(
      new IgnitionError([
        { path: "$.systemd.units.1", message: '"a.service" is already at $.systemd.units.0; give it once' },
        {
          path: "$.systemd.units.0.dropins.1",
          message: '"1.conf" is already at $.systemd.units.0.dropins.0; give it once',
        },
        { path: "$.storage.links.0", message: '"/a" is already at $.storage.files.0; give it once' },
        { path: "$.passwd.users.1", message: '"core" is already at $.passwd.users.0; give it once' },
      ]),
    );
  });

  test("rejects an invalid config", () => {
    expect(() => config(file({ path: "etc/x", text: "" }))).toThrow(
      new IgnitionError([
        { path: "$.storage.files.0.path", message: '"etc/x" is not absolute; a path begins with "/"' },
      ]),
    );
  });

  test("does not change its fragments", () => {
    const fragments = [
      unit({ name: "a.service", text }),
      dropin({ unit: "a.service", name: "1.conf", text: "" }),
      file({ path: "/a", text: "" }),
    ];
    const before = structuredClone(fragments);
    config(...fragments, file({ path: "/b", text: "" }));
    expect(fragments).toEqual(before);
  });
});
