import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { policies } from "../../policies/all.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const readme = read("README.md");

describe("README.md", () => {
  it("has at most 100 lines", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(100);
  });

  it("has the two commands that need no cloud account", () => {
    const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text!.trim());
    expect(blocks.slice(0, 2)).toEqual(["npm ci && npm run plan", "npm ci && npm test"]);
  });

  it("has ten rows about proof, each with a link", () => {
    const table = readme.slice(readme.indexOf("| statement | proven by | see |"), readme.indexOf("## Read on"));
    const rows = table.trim().split("\n").slice(2);
    expect(rows).toHaveLength(10);
    expect(rows.filter((row) => !/\]\([^)]+\) \|$/.test(row))).toEqual([]);
  });

  it("states the number of policies", () => {
    expect(readme).toContain(`has ${policies.length} policies`);
  });
});

describe.each([
  "README.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "docs/development.md",
  ".github/pull_request_template.md",
])("%s", (path) => {
  const text = read(path);

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g)].map(([, link]) => link!);
    const local = links.filter((link) => !/^(https?|mailto):/.test(link));
    expect(local.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([]);
  });

  it("names only npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const named = [...text.matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => name!);
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  });
});
