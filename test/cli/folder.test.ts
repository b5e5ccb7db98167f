import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder, writeAll } from "../../cli/folder.ts";

const dir = mkdtempSync(join(tmpdir(), "paasmas-folder-"));
afterAll(() => rmSync(dir, { recursive: true }));

describe("a folder", () => {
  it("is created with its parents, and an existing one is not changed", () => {
    makeFolder(join(dir, "a", "b", "c"), 0o700);
    makeFolder(join(dir, "a", "b", "c"));
    expect(statSync(join(dir, "a", "b", "c")).mode & 0o777).toBe(0o700);
  });

  it("can have a relative path, a slash at the end, or dots", () => {
    makeFolder(`${join(dir, "d")}/`);
    makeFolder(join(dir, "e", "..", "f"));
    makeFolder(".");
    expect(readdirSync(dir)).toEqual(["a", "d", "f"]);
  });

  it.each([
    ["in a read-only place", "/proc/paasmas/plan", "ENOENT"],
    ["in the kernel's own file system", "/sys/paasmas", "EPERM"],
    ["below a file", "/dev/null/plan", "EEXIST"],
    ["in place of a file", "/dev/null", "EEXIST"],
    ["with a character that is not allowed in names", "plan\0", "ERR_INVALID_ARG_VALUE"],
    ["with a name that is too long", "x".repeat(300), "ENAMETOOLONG"],
  ])("%s is an error", (_, path, code) => {
    expect(() => makeFolder(path)).toThrow(expect.objectContaining({ code }));
  });
});

describe("files", () => {
  it("are all written, replace existing ones, and leave no temporary files", () => {
    const out = join(dir, "out");
    writeAll(out, { one: "1", two: "2" });
    writeAll(out, { two: "zwei" });
    expect(readdirSync(out)).toEqual(["one", "two"]);
    expect(readFileSync(join(out, "two"), "utf8")).toBe("zwei");
  });

  it("are not written if one of them cannot be written", () => {
    const out = join(dir, "half");
    mkdirSync(join(out, "two"), { recursive: true });
    writeFileSync(join(out, "one"), "before");
    expect(() => writeAll(out, { one: "1", two: "2" })).toThrow(expect.objectContaining({ code: "EISDIR" }));
    expect(() => writeAll(out, { one: "1", ["x".repeat(252)]: "2" })).toThrow(
      expect.objectContaining({ code: "ENAMETOOLONG" }),
    );
    expect(readFileSync(join(out, "one"), "utf8")).toBe("before");
    expect(readdirSync(out)).toEqual(["one", "two"]);
  });
});
