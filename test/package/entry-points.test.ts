import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => JSON.parse(readFileSync(join(root, path), "utf8"));
const exported: Record<string, string> = read("package.json").exports;

describe("the entry points", () => {
  it("are the same in package.json for Node and in tsconfig.json for the compiler", () => {
    const paths: Record<string, string[]> = read("tsconfig.json").compilerOptions.paths;
    const expected = Object.entries(exported).map(([name, file]) => [name.replace(/^\./, "paasmas"), [file]]);
    expect(paths).toEqual(Object.fromEntries(expected));
  });

  it("lead to files that exist", () => {
    expect(Object.values(exported).filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});
