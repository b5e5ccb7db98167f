import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Steps, withValue } from "../../cli/yaml-edit.ts";

const file = (name: string) => readFileSync(join(import.meta.dirname, "../../stacks", `Pulumi.${name}.yaml`), "utf8");

/** Every value that is no group and no list, with its place. */
function leaves(value: unknown, at: Steps = []): Steps[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...at, index]));
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, [...at, key]));
}

function withAt(value: unknown, [step, ...rest]: Steps, leaf: unknown): unknown {
  if (step === undefined) return leaf;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  copy[step] = withAt(copy[step], rest, leaf);
  return copy;
}

/** Lines that only one of two texts has. */
function changedLines(before: string, after: string): { removed: string[]; added: string[] } {
  const [was, is] = [before.split("\n"), after.split("\n")];
  const missing = (some: string[], others: string[]) => {
    const left = [...others];
    return some.filter((line) => {
      const found = left.indexOf(line);
      if (found >= 0) left.splice(found, 1);
      return found < 0;
    });
  };
  return { removed: missing(was, is), added: missing(is, was) };
}

describe.each(["dev", "staging", "prod"])("the committed file of %s", (name) => {
  const text = file(name);
  const places = leaves(parse(text));

  test("keeps all other lines when any one value changes", () => {
    expect(places.length).toBeGreaterThan(12);
    for (const at of places) {
      const changed = withValue(text, at, "another value");
      expect(parse(changed)).toEqual(withAt(parse(text), at, "another value"));
      const { removed, added } = changedLines(text, changed);
      expect([at, removed.length, added.length]).toEqual([at, 1, 1]);
    }
  });

  test("keeps all lines when a setting is added, and is as before when it is removed", () => {
    const added = withValue(text, ["config", "paasmas:fresh", "list", 0, "name"], "a");
    expect(changedLines(text, added)).toEqual({
      removed: [],
      added: ["  paasmas:fresh:", "    list:", "      - name: a"],
    });
    expect(withValue(added, ["config", "paasmas:fresh"], undefined)).toBe(text);
  });
});

const odd = `config:
    # four
    paasmas:a: {x: 1, y: 'q'}   # tail
    paasmas:b:
    - 1
    -   2
    paasmas:c: "x"   # why


    paasmas:d: |
        text

        more
`;

test.each<[string, Steps, unknown, string, string]>([
  ["a value in quotes", ["config", "paasmas:c"], "z", '    paasmas:c: "x"   # why', '    paasmas:c: "z" # why'],
  ["an item of a list", ["config", "paasmas:b", 1], 3, "    -   2", "    - 3"],
  [
    "a value with several lines",
    ["config", "paasmas:d"],
    "one",
    "paasmas:d: |\n        text\n\n        more\n",
    "paasmas:d: one\n",
  ],
])("keeps indentation, blank lines and comments around %s", (_, at, value, was, is) => {
  expect(withValue(odd, at, value)).toBe(odd.replace(was, is));
});

test("adds an item to a list in the form of the list", () => {
  expect(withValue(odd, ["config", "paasmas:b", 2], 3)).toBe(odd.replace("    -   2\n", "    -   2\n    - 3\n"));
});

test("keeps line ends of Windows", () => {
  expect(withValue("config:\r\n  a: 1\r\n  b: 2\r\n", ["config", "a"], 3)).toBe("config:\r\n  a: 3\r\n  b: 2\r\n");
});

test.each(["", "# nothing yet\n", "config:\n", "config: {}\n"])("sets the first value in %j", (text) => {
  expect(parse(withValue(text, ["config", "paasmas:galera", "size"], 3))).toEqual({
    config: { "paasmas:galera": { size: 3 } },
  });
});

test("writes a text with several lines so that it is read back as it was", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n\n-----END CERTIFICATE-----\n";
  const changed = withValue(file("prod"), ["config", "paasmas:jenkins", "certificate"], pem);
  expect(parse(changed).config["paasmas:jenkins"].certificate).toBe(pem);
});
