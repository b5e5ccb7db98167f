import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { environmentsOf, type Project, readProject, stackConfig } from "../../cli/settings.ts";

let project: Project;
beforeAll(() => {
  const dir = mkdtempSync(join(tmpdir(), "paasmas-"));
  mkdirSync(join(dir, "config"));
  writeFileSync(join(dir, "Pulumi.yaml"), "name: shop\nruntime: nodejs\nmain: program.ts\nstackConfigDir: config\n");
  for (const name of ["qa", "prod", "dev"])
    writeFileSync(join(dir, "config", `Pulumi.${name}.yaml`), `encryptionsalt: v1:x\n`);
  writeFileSync(
    join(dir, "config", "Pulumi.prod.yaml"),
    "config:\n  aws:region: eu-central-1\n  shop:token: {secure: abc}\n" +
      "  shop:galera: {size: 3, tuning: {cache: 1, other: 2}, names: [a, b]}\n",
  );
  writeFileSync(join(dir, "whole.yaml"), "config:\n  shop:galera: {tuning: {cache: 5}, names: [c]}\n");
  writeFileSync(join(dir, "plain.yaml"), "galera: {size: 5}\naws:region: eu-west-1\n");
  project = readProject(dir);
});
afterAll(() => rmSync(project.dir, { recursive: true }));

const prod = {
  "aws:region": "eu-central-1",
  "shop:galera": { size: 3, tuning: { cache: 1, other: 2 }, names: ["a", "b"] },
  "shop:token": { secure: "abc" },
};

test("reads the paths of program and stacks from the project", () => {
  expect(project).toEqual({
    dir: project.dir,
    name: "shop",
    main: "program.ts",
    configDir: join(project.dir, "config"),
  });
  expect(environmentsOf(project)).toEqual(["dev", "prod", "qa"]);
});

test("keeps the settings of a file, also encrypted ones; a file without settings is empty", () => {
  expect(stackConfig(project, "prod")).toEqual(prod);
  expect(stackConfig(project, "dev")).toEqual({});
});

test("merges groups and replaces lists of a second file, with or without the namespace", () => {
  expect(stackConfig(project, "prod", { configFile: join(project.dir, "whole.yaml") })).toEqual({
    ...prod,
    "shop:galera": { size: 3, tuning: { cache: 5, other: 2 }, names: ["c"] },
  });
  expect(stackConfig(project, "prod", { configFile: join(project.dir, "plain.yaml") })).toEqual({
    ...prod,
    "aws:region": "eu-west-1",
    "shop:galera": { ...prod["shop:galera"], size: 5 },
  });
});

test.each([
  ["galera.size=5", { "shop:galera": { ...prod["shop:galera"], size: 5 } }],
  ["shop:galera.tuning.cache=9", { "shop:galera": { ...prod["shop:galera"], tuning: { cache: 9, other: 2 } } }],
  ["galera.names[1]=z", { "shop:galera": { ...prod["shop:galera"], names: ["a", "z"] } }],
  ["galera.names[2]=c", { "shop:galera": { ...prod["shop:galera"], names: ["a", "b", "c"] } }],
  ["aws:region=eu-west-1", { "aws:region": "eu-west-1" }],
  ["new.deep=[1, {a: b}]", { "shop:new": { deep: [1, { a: "b" }] } }],
  ["protect=true", { "shop:protect": true }],
  ["empty=", { "shop:empty": null }],
  ["query=a=b", { "shop:query": "a=b" }],
  ["account=012345678901", { "shop:account": "012345678901" }],
])("--set %s changes one setting", (setting, expected) => {
  expect(stackConfig(project, "prod", { set: [setting] })).toEqual({ ...prod, ...expected });
});

test.each([
  ["galera.names[5]=z", "--set galera.names[5]: [5] is not in a list of 2; use an index up to its length"],
  ["galera[0]=z", "--set galera[0]: [0] is not in {"],
  [".x=1", "--set .x=1: has no path"],
  ["a={b", '--set a: "{b" is not a YAML value: '],
])("--set %s is refused", (setting, message) => {
  expect(() => stackConfig(project, "prod", { set: [setting] })).toThrow(message);
});

test("a second file overrides the stack's file, and single settings override both", () => {
  const config = stackConfig(project, "prod", {
    configFile: join(project.dir, "plain.yaml"),
    set: ["galera.size=7", "galera.size=9"],
  });
  expect(config["shop:galera"]).toEqual({ ...prod["shop:galera"], size: 9 });
});
