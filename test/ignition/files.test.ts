import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { directory, file, fileFromDisk, IgnitionError, link } from "../../ignition/index.ts";
import type { Fragment } from "../../ignition/index.ts";

const folder = mkdtempSync(join(tmpdir(), "paasmas-files-"));
afterAll(() => rmSync(folder, { recursive: true }));

function onDisk(name: string, contents: string | Buffer): URL {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return pathToFileURL(path);
}

const onlyFile = ({ storage }: Fragment) => {
  expect(storage?.files).toHaveLength(1);
  return storage?.files?.[0];
};

describe("file", () => {
  test("keeps the text readable and escapes only characters that a URL does not allow", () => {
    expect(file({ path: "/a", text: "A=b/c:d@e,f; #1 50%\n?ü€😀" })).toEqual({
      storage: {
        files: [
          {
            path: "/a",
            mode: 0o644,
            contents: { source: "data:,A=b/c:d@e,f;%20%231%2050%25%0A%3F%C3%BC%E2%82%AC%F0%9F%98%80" },
          },
        ],
      },
    });
  });

  test("accepts owners by name and by number, a mode, and overwrite", () => {
    expect(onlyFile(file({ path: "/a", text: "", mode: 0o640, user: "core", group: 1001, overwrite: true }))).toEqual({
      path: "/a",
      mode: 0o640,
      user: { name: "core" },
      group: { id: 1001 },
      overwrite: true,
      contents: { source: "data:," },
    });
  });

  test("rejects text that UTF-8 cannot encode", () => {
    expect(() => file({ path: "/a", text: "\ud800" })).toThrow(
      new IgnitionError([
        { path: "file /a", message: "the text has half a surrogate pair, which UTF-8 cannot encode" },
      ]),
    );
  });
});

describe("fileFromDisk", () => {
  test("keeps a short text unchanged", () => {
    expect(onlyFile(fileFromDisk({ path: "/a", from: onDisk("short", "#!/bin/bash\n"), mode: 0o755 }))).toEqual({
      path: "/a",
      mode: 0o755,
      contents: { source: "data:,%23!/bin/bash%0A" },
    });
  });

  test("compresses a long text, without time and system in the header", () => {
    const text = 'echo "the same line" >&2\n'.repeat(100);
    const contents = onlyFile(fileFromDisk({ path: "/a", from: onDisk("long", text) }))?.contents;
    expect(contents?.compression).toBe("gzip");
    const bytes = Buffer.from(contents?.source?.replace("data:;base64,", "") ?? "", "base64");
    expect(bytes.subarray(0, 10).toString("hex")).toBe("1f8b08000000000002ff");
    expect(gunzipSync(bytes).toString()).toBe(text);
    expect(contents?.source?.length).toBeLessThan(160);
  });

  test("gives the same bytes on every machine and every version of Node", () => {
    const text = "[Unit]\nDescription=Galera\n".repeat(20);
    expect(onlyFile(fileFromDisk({ path: "/a", from: onDisk("pinned", text) }))?.contents).toEqual({
      compression: "gzip",
      source: "data:;base64,H4sIAAAAAAAC/4sOzcssieVySS1OLsosKMnMz7N1T8xJLUrkGpUZSTIAwNAdSAgCAAA=",
    });
  });

  test("encodes binary data in base64, and text if base64 is shorter", () => {
    expect(
      onlyFile(fileFromDisk({ path: "/a", from: onDisk("binary", Buffer.from([0xff, 0, 0x80, 10])) }))?.contents,
    ).toEqual({ source: "data:;base64,/wCACg==" });
    expect(onlyFile(fileFromDisk({ path: "/a", from: onDisk("spaces", "{ } { } { }") }))?.contents).toEqual({
      source: "data:;base64,eyB9IHsgfSB7IH0=",
    });
  });

  test("returns a separate object to each caller", () => {
    const from = onDisk("own", "x");
    const first = onlyFile(fileFromDisk({ path: "/a", from }));
    if (first?.contents) first.contents.source = "data:,changed";
    expect(onlyFile(fileFromDisk({ path: "/b", from }))?.contents).toEqual({ source: "data:,x" });
  });

  test("names a file that cannot be read", () => {
    const from = pathToFileURL(join(folder, "absent.sh"));
    expect(() => fileFromDisk({ path: "/a", from })).toThrow(
      new IgnitionError([{ path: from.href, message: "cannot be read: ENOENT" }]),
    );
  });
});

test("directory sets path, mode and owners", () => {
  expect(directory({ path: "/var/lib/galera", user: 1001, group: "mysql" })).toEqual({
    storage: { directories: [{ path: "/var/lib/galera", mode: 0o755, user: { id: 1001 }, group: { name: "mysql" } }] },
  });
});

test("link sets target and hard", () => {
  expect(link({ path: "/etc/localtime", target: "../usr/share/zoneinfo/UTC" })).toEqual({
    storage: { links: [{ path: "/etc/localtime", target: "../usr/share/zoneinfo/UTC" }] },
  });
  expect(link({ path: "/a", target: "/b", hard: true })).toEqual({
    storage: { links: [{ path: "/a", target: "/b", hard: true }] },
  });
});
