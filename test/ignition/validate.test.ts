import { describe, expect, test } from "vitest";
import { IgnitionError, parse, validate } from "../../ignition/index.ts";

const ignition = { version: "3.4.0" };
const storage = (section: object) => ({ ignition, storage: section });
const file = (fields: object) => storage({ files: [{ path: "/a", ...fields }] });
const unit = (fields: object) => ({ ignition, systemd: { units: [{ name: "a.service", ...fields }] } });
const source = (url: string) => file({ contents: { source: url } });
const errors = (config: unknown) => validate(config).errors.map(({ path, message }) => `${path}: ${message}`);
const warnings = (config: unknown) => validate(config).warnings.map(({ path, message }) => `${path}: ${message}`);

describe("an error names the path, the given value and the allowed values", () => {
  test.each<[unknown, string]>([
    [undefined, "$: is missing; give an object"],
    ["text", "$: a string is given; an object is allowed"],
    [{}, "$.ignition: is missing; give an object"],
    [{ ignition: { version: "3.3.0" } }, '$.ignition.version: "3.3.0" is given; allowed: "3.4.0"'],
    [
      { ignition: { ...ignition, proxy: { httpProxy: "socks5://p" } } },
      '$.ignition.proxy.httpProxy: "socks5://p" is not a proxy; give an http or https URL',
    ],
    [
      { ignition: { ...ignition, config: { merge: [{}] } } },
      "$.ignition.config.merge.0: the source is missing; give the URL to fetch",
    ],
    [
      { ignition, kernelArguments: { shouldExist: ["a"], shouldNotExist: ["a"] } },
      '$.kernelArguments.shouldNotExist.0: "a" is already at $.kernelArguments.shouldExist.0; give it once',
    ],
    [{ ignition, passwd: { users: [{}] } }, "$.passwd.users.0.name: is missing; give a string"],
    [file({ mode: "0644" }), '$.storage.files.0.mode: "0644" is given; a whole number is allowed'],
    [
      file({ mode: 0o10000 }),
      "$.storage.files.0.mode: 4096 is not a file mode; a mode is between 0 and 4095 (0o7777), 0o644 is 420",
    ],
    [
      { ignition, passwd: { users: [{ name: "a", uid: 2 ** 60 }] } },
      "$.passwd.users.0.uid: 1152921504606847000 is given; a whole number between -9007199254740991 and 9007199254740991 is allowed",
    ],
    [file({ path: "etc/x" }), '$.storage.files.0.path: "etc/x" is not absolute; a path begins with "/"'],
    [file({ path: "/etc/../x/" }), '$.storage.files.0.path: "/etc/../x/" is not fully simplified; write "/x"'],
    [file({ path: "" }), '$.storage.files.0.path: the path is empty; give an absolute path such as "/etc/hostname"'],
    [file({ user: { id: 0, name: "root" } }), '$.storage.files.0.user: both id 0 and name "root"; give one of them'],
    [
      file({ overwrite: true }),
      "$.storage.files.0.overwrite: overwrite is true but there is no contents.source to write; give one, or leave overwrite out",
    ],
    [file({ contents: "text" }), "$.storage.files.0.contents: a string is given; an object is allowed"],
    [
      file({ contents: { source: "data:,", compression: "xz" } }),
      '$.storage.files.0.contents.compression: "xz" is not a known compression; use "gzip" or leave it out',
    ],
    [
      file({ contents: { source: "data:,", verification: { hash: "md5-0" } } }),
      '$.storage.files.0.contents.verification.hash: "md5" is not a known algorithm; write sha512-<128 hexadecimal digits> or sha256-<64 hexadecimal digits>',
    ],
    [
      file({ contents: { source: "data:,", verification: { hash: "sha512-00" } } }),
      "$.storage.files.0.contents.verification.hash: the sha512 sum has 2 digits; it has 128",
    ],
    [
      source("ftp://example.com/x"),
      '$.storage.files.0.contents.source: "ftp:" is not a scheme that Ignition fetches; use http, https, tftp, s3, arn, gs or data',
    ],
    [source("/x"), '$.storage.files.0.contents.source: "/x" has no scheme; use http, https, tftp, s3, arn, gs or data'],
    [
      source("s3://b/k?versionId="),
      "$.storage.files.0.contents.source: versionId is empty; give the version of the object, or leave it out",
    ],
    [
      source("arn:aws:s3:::bucket"),
      '$.storage.files.0.contents.source: "arn:aws:s3:::bucket" has no object; write arn:aws:s3:::bucket/key, or the ARN of an access point with /object/key',
    ],
    [
      source("data:,a b"),
      "$.storage.files.0.contents.source: the data URL contains characters that must be percent-encoded",
    ],
    [
      source("data:,%zz"),
      "$.storage.files.0.contents.source: the data URL contains a % without two hexadecimal digits after it",
    ],
    [
      source("data:;base64,a"),
      "$.storage.files.0.contents.source: the contents of the data URL are not base64 with padding",
    ],
    [
      storage({ files: [{ path: "/a" }], links: [{ path: "/a", target: "b" }] }),
      '$.storage.links.0: "/a" is already at $.storage.files.0; give it once',
    ],
    [
      storage({ files: [{ path: "/l/a" }], links: [{ path: "/l", target: "/b" }] }),
      '$.storage.files.0: "/l/a" lies below the link "/l"; name the real path',
    ],
    [
      storage({ links: [{ path: "/l" }] }),
      "$.storage.links.0.target: the target is missing; give the path that the link points at",
    ],
    [
      storage({ disks: [{ device: "/dev/vda", partitions: [{}] }] }),
      "$.storage.disks.0.partitions.0: number and label are missing; give a number of at least 1, or a label",
    ],
    [
      storage({ raid: [{ name: "r", level: "raid0", spares: 1, devices: ["/dev/a"] }] }),
      "$.storage.raid.0.level: 1 spares, but a raid0 array has none; leave spares out",
    ],
    [
      storage({ luks: [{ name: "a/b", device: "/dev/a" }] }),
      '$.storage.luks.0.name: "a/b" contains a slash; remove it from the device name',
    ],
    [
      storage({ filesystems: [{ device: "/dev/a", format: "xfs", label: "paasmas-data-2" }] }),
      '$.storage.filesystems.0.label: "paasmas-data-2" has 14 bytes; a label of xfs has at most 12',
    ],
    [
      storage({ filesystems: [{ device: "/dev/a", path: "/b" }] }),
      "$.storage.filesystems.0.format: the format is missing, but path, label, uuid, wipeFilesystem, options or mountOptions is given; use ext4, btrfs, xfs, swap, vfat or none",
    ],
    [
      unit({ name: "a" }),
      '$.systemd.units.0.name: "a" is not the name of a unit; it ends in .service, .socket, .device, .mount, .automount, .swap, .target, .path, .timer, .snapshot, .slice, .scope',
    ],
    [
      unit({ contents: "[Unit]\nAfter\n" }),
      '$.systemd.units.0.contents: "After" is not an option; write "Name=value", a comment, or a section head',
    ],
    [
      unit({ contents: "[Ünit] = x\nA=b" }),
      '$.systemd.units.0.contents: " = x" follows the section head [Ünit]; start a new line after it',
    ],
    [
      unit({ contents: `[Unit]\nA=${"x".repeat(3000)}` }),
      "$.systemd.units.0.contents: a line is longer than 2048 bytes; systemd does not read longer lines",
    ],
    [
      unit({ dropins: [{ name: "a" }] }),
      '$.systemd.units.0.dropins.0.name: "a" is not the name of a drop-in; it ends in ".conf"',
    ],
    [
      { ...unit({ contents: "#" }), storage: { files: [{ path: "/etc/systemd/system/a.service" }] } },
      '$.storage.files.0.path: "/etc/systemd/system/a.service" is also written by systemd.units; give it once',
    ],
    [{ ignition, Storage: {} }, '$.Storage: the key "Storage" is written "storage"'],
  ])("%#: %j", (config, message) => {
    expect(errors(config)).toEqual([message]);
  });

  test("reports all errors at once", () => {
    expect(errors(storage({ files: [{ path: "a" }, { path: "b" }], links: [{ path: "/l" }] }))).toEqual([
      '$.storage.files.0.path: "a" is not absolute; a path begins with "/"',
      '$.storage.files.1.path: "b" is not absolute; a path begins with "/"',
      "$.storage.links.0.target: the target is missing; give the path that the link points at",
    ]);
  });
});

describe("a warning does not make a config invalid", () => {
  test.each<[unknown, string]>([
    [
      { ignition, extra: 1 },
      '$.extra: the key "extra" is not used; allowed here: ignition, kernelArguments, passwd, storage, systemd',
    ],
    [
      file({ mode: 0o4755 }),
      "$.storage.files.0.mode: 0o4755 sets setuid, setgid or sticky bits; spec 3.4.0 ignores them",
    ],
    [
      unit({ enabled: true, contents: "[Service]\nType=oneshot\n" }),
      '$.systemd.units.0.contents: "a.service" is enabled but has no [Install] section, so that enabling it does nothing',
    ],
    [
      { ignition: { ...ignition, proxy: { httpsProxy: "http://p" } } },
      '$.ignition.proxy.httpsProxy: "http://p" carries https traffic to the proxy in plain text; prefer an https proxy',
    ],
    [
      storage({ links: [{ path: "/l", target: "/f", hard: true, user: { id: 1 } }] }),
      "$.storage.links.0.user.id: a hard link has the owner of its target; leave it out",
    ],
    [
      storage({ disks: [{ device: "/dev/a", wipeTable: true }], filesystems: [{ device: "/dev/a" }] }),
      '$.storage.filesystems.0.device: "/dev/a" has wipeTable set, so the filesystem is wiped although wipeFilesystem is not set',
    ],
  ])("%#: %j", (config, message) => {
    expect(errors(config)).toEqual([]);
    expect(warnings(config)).toEqual([message]);
    expect(parse(config).ignition).toMatchObject({ version: "3.4.0" });
  });
});

describe("messages keep secrets", () => {
  test.each<[unknown, string]>([
    [source("data:text/hunter2;base64,aHVudGVyMg"), "hunter2"],
    [source("https://bob:hunter2@exa mple.com/"), "hunter2"],
    [source("ftp://example.com/x?signature=hunter2"), "hunter2"],
    [
      {
        ignition: {
          ...ignition,
          config: { merge: [{ source: "https://a/?sig=hunter2" }, { source: "https://a/?sig=hunter2" }] },
        },
      },
      "hunter2",
    ],
    [file({ contents: "hunter2" }), "hunter2"],
    [file({ contents: { source: "data:,hunter2 x" } }), "hunter2"],
  ])("%#", (config, secret) => {
    const { errors } = validate(config);
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors)).not.toContain(secret);
  });
});

describe("parse", () => {
  const odd = {
    ignition,
    storage: { files: [{ path: "/a", mode: null, colour: "red", contents: { source: "data:,x" } }] },
    extra: {},
  };

  test("omits unknown keys and nulls", () => {
    expect(parse(odd)).toEqual({ ignition, storage: { files: [{ path: "/a", contents: { source: "data:,x" } }] } });
  });

  test("rejects unknown keys with unknownKeys: refuse", () => {
    expect(() => parse(odd, { unknownKeys: "refuse" })).toThrow(
      new IgnitionError([
        {
          path: "$.storage.files.0.colour",
          message: 'the key "colour" is not used; allowed here: append, contents, group, mode, overwrite, path, user',
        },
        {
          path: "$.extra",
          message: 'the key "extra" is not used; allowed here: ignition, kernelArguments, passwd, storage, systemd',
        },
      ]),
    );
  });

  test("lists each issue of an invalid config on one line", () => {
    const attempt = () => parse(storage({ files: [{ path: "a", mode: -1 }] }));
    expect(attempt).toThrow(IgnitionError);
    expect(attempt).toThrow(
      "the Ignition config is not valid:\n" +
        '  $.storage.files.0.path: "a" is not absolute; a path begins with "/"\n' +
        "  $.storage.files.0.mode: -1 is not a file mode; a mode is between 0 and 4095 (0o7777), 0o644 is 420",
    );
  });

  test("does not change its argument", () => {
    const given = structuredClone(odd);
    parse(given);
    expect(given).toEqual(odd);
  });
});
