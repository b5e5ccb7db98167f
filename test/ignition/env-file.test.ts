import { describe, expect, test } from "vitest";
import { envFile } from "../../ignition/index.ts";

function textOf(values: Record<string, string | number>): string {
  const source = envFile({ path: "/etc/paasmas/a.env", values }).storage?.files?.[0]?.contents?.source ?? "";
  return decodeURIComponent(source.replace("data:,", ""));
}

describe("envFile", () => {
  test("is readable by root only and keeps the order", () => {
    expect(envFile({ path: "/etc/paasmas/a.env", values: { PORT: 3306, NODE: "galera-0" }, group: 1001 })).toEqual({
      storage: {
        files: [
          {
            path: "/etc/paasmas/a.env",
            mode: 0o600,
            group: { id: 1001 },
            contents: { source: "data:,PORT=3306%0ANODE=galera-0%0A" },
          },
        ],
      },
    });
  });

  test("quotes values that systemd or bash would change", () => {
    expect(
      textOf({
        EMPTY: "",
        PLAIN: "https://10.0.0.1:2379,b=c",
        SPACE: "a b",
        QUOTES: "a\"b'c",
        SHELL: "$HOME `id` \\n !",
        HASH: "#x",
        HOME_DIR: "~/x",
        UMLAUT: "ü",
      }),
    ).toBe(
      [
        "EMPTY=",
        "PLAIN=https://10.0.0.1:2379,b=c",
        'SPACE="a b"',
        'QUOTES="a\\"b\'c"',
        'SHELL="\\$HOME \\`id\\` \\\\n !"',
        'HASH="#x"',
        'HOME_DIR="~/x"',
        'UMLAUT="ü"',
        "",
      ].join("\n"),
    );
  });

  test.each<[Record<string, string | number>, string]>([
    [
      { CERT: "-----BEGIN\n-----END" },
      "envFile /etc/paasmas/a.env CERT: the value has a line break; put it into a separate file",
    ],
    [{ CERT: "a\rb" }, "envFile /etc/paasmas/a.env CERT: the value has a line break; put it into a separate file"],
    [{ BELL: "\u0007" }, "envFile /etc/paasmas/a.env BELL: the value has a control character, which systemd refuses"],
    [
      { "A-B": "x" },
      'envFile /etc/paasmas/a.env: "A-B" is not the name of a variable; use letters, digits and _, and no digit first',
    ],
    [{ SIZE: Number.NaN }, "envFile /etc/paasmas/a.env SIZE: NaN is given; a finite number is allowed"],
  ])("rejects %j", (values, message) => {
    expect(() => envFile({ path: "/etc/paasmas/a.env", values })).toThrow(
      `the Ignition config is not valid:\n  ${message}`,
    );
  });
});
