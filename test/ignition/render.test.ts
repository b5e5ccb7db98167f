import { describe, expect, test } from "vitest";
import {
  checkUserData,
  config,
  file,
  IgnitionError,
  pointer,
  render,
  sha512,
  unit,
  userDataLimits,
} from "../../ignition/index.ts";
import type { Config } from "../../ignition/index.ts";

describe("render", () => {
  test("returns minified JSON with sorted keys", () => {
    expect(
      render(
        config(
          unit({ name: "a.service", enabled: true, text: "[Install]\nWantedBy=x\n" }),
          file({ path: "/ü", text: "x" }),
        ),
      ),
    ).toBe(
      '{"ignition":{"version":"3.4.0"},"storage":{"files":[{"contents":{"source":"data:,x"},"mode":420,"path":"/ü"}]},' +
        '"systemd":{"units":[{"contents":"[Install]\\nWantedBy=x\\n","enabled":true,"name":"a.service"}]}}',
    );
  });

  test("returns equal bytes for equal configs with different key order", () => {
    const one: Config = {
      ignition: { version: "3.4.0" },
      storage: { files: [{ path: "/a", mode: 1, user: { id: 1 } }] },
      passwd: {},
    };
    const other: Config = {
      passwd: {},
      storage: { files: [{ user: { id: 1 }, mode: 1, path: "/a" }] },
      ignition: { version: "3.4.0" },
    };
    expect(render(one)).toBe(render(other));
  });

  test("omits undefined values", () => {
    expect(
      render({
        ignition: { version: "3.4.0", config: undefined },
        storage: { files: [{ path: "/a", mode: undefined }] },
      }),
    ).toBe('{"ignition":{"version":"3.4.0"},"storage":{"files":[{"path":"/a"}]}}');
  });

  test("rejects an invalid config with all errors", () => {
    const attempt = () =>
      render({ ignition: { version: "3.4.0" }, storage: { files: [{ path: "a" }, { path: "/b", mode: -1 }] } });
    expect(attempt).toThrow(
      new IgnitionError([
        { path: "$.storage.files.0.path", message: '"a" is not absolute; a path begins with "/"' },
        {
          path: "$.storage.files.1.mode",
          message: "-1 is not a file mode; a mode is between 0 and 4095 (0o7777), 0o644 is 420",
        },
      ]),
    );
  });
});

test("sha512 hashes the UTF-8 bytes", () => {
  expect(sha512("")).toBe(
    "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
  );
  expect(sha512("ü")).not.toBe(sha512("\u00fc".normalize("NFD")));
});

describe("pointer", () => {
  const hash = sha512("{}");

  test("downloads the config with a hash and a time limit", () => {
    expect(pointer({ source: "s3://bucket/galera-0.ign?versionId=abc", sha512: hash })).toEqual({
      ignition: {
        version: "3.4.0",
        config: {
          replace: { source: "s3://bucket/galera-0.ign?versionId=abc", verification: { hash: `sha512-${hash}` } },
        },
        timeouts: { httpTotal: 600 },
      },
    });
    expect(pointer({ source: "https://a/b", sha512: hash, httpTotalSeconds: 60 }).ignition.timeouts).toEqual({
      httpTotal: 60,
    });
  });

  test("fits into the user data of each cloud", () => {
    expect(
      render(
        pointer({
          source: `https://object.example.com/v1/AUTH_${"0".repeat(32)}/c/o?temp_url_sig=${"0".repeat(64)}&temp_url_expires=9999999999`,
          sha512: hash,
        }),
      ).length,
    ).toBeLessThan(500);
  });

  test.each<[object, string]>([
    [{ sha512: "00" }, "pointer.sha512: 2 characters are given; 128 hexadecimal digits in lower case are allowed"],
    [
      { httpTotalSeconds: 0 },
      "pointer.httpTotalSeconds: 0 is given; a whole number of seconds, at least 1, is allowed",
    ],
    [
      { source: "ftp://a" },
      '$.ignition.config.replace.source: "ftp:" is not a scheme that Ignition fetches; use http, https, tftp, s3, arn, gs or data',
    ],
  ])("rejects %j", (wrong, message) => {
    expect(() => pointer({ source: "https://a", sha512: hash, ...wrong })).toThrow(`  ${message}`);
  });
});

describe("user data", () => {
  test("has the limits of the clouds", () => {
    expect(userDataLimits).toEqual({ aws: 16_384, openstack: 49_151 });
  });

  test("is limited in bytes", () => {
    expect(checkUserData("aws", "ü".repeat(8_192))).toBe(16_384);
    expect(() => checkUserData("aws", `${"ü".repeat(8_192)}x`)).toThrow(
      new RangeError("user data: 16385 bytes are given, aws allows 16384; deliver the config through the object store"),
    );
    expect(() => checkUserData("openstack", "x".repeat(49_152))).toThrow(
      "user data: 49152 bytes are given, openstack allows 49151; deliver the config through the object store",
    );
  });
});
