import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { runMain } from "./in-process.ts";
import { contents, projectCopy } from "./project-copy.ts";

// Each change evaluates the program, as a plan does.
vi.setConfig({ testTimeout: 120_000 });

let dir: string;
beforeEach(() => {
  dir = projectCopy();
});
afterEach(() => rmSync(dir, { recursive: true }));

const file = (name: string) => join(dir, "stacks", `Pulumi.${name}.yaml`);
const text = (name: string) => readFileSync(file(name), "utf8");
const config = (...args: string[]) => runMain(dir, ["config", ...args]);

test("sets a value in the file and shows it, without an engine and without a state", async () => {
  const before = text("staging");
  expect(await config("staging", "galera.size", "5")).toEqual({ code: 0, stdout: "", stderr: "" });
  expect(text("staging")).toBe(before.replace("    size: 3\n    machineSize", "    size: 5\n    machineSize"));
  expect(await config("staging", "galera.size")).toEqual({ code: 0, stdout: "5\n", stderr: "" });
  expect(existsSync(join(dir, ".state"))).toBe(false);
});

test("accepts the full key of a setting, and keys without the project's name in the file", async () => {
  await config("dev", "paasmas:loadBalancer.size", "2");
  expect((await config("dev", "loadBalancer.size")).stdout).toBe("2\n");
  writeFileSync(file("dev"), text("dev").replace("paasmas:loadBalancer:", "loadBalancer:"));
  await config("dev", "loadBalancer.size", "1");
  expect(text("dev")).toContain("  loadBalancer:\n    size: 1\n");
  expect(text("dev")).not.toContain("paasmas:loadBalancer");
});

test("keeps an account id with a zero in front as text", async () => {
  await config("prod", "aws.accountId", "012345678901");
  expect(text("prod")).toContain('    accountId: "012345678901"\n');
});

test("removes a setting", async () => {
  const before = text("staging");
  expect((await config("staging", "monitoring.cluster", "--remove")).code).toBe(0);
  expect(text("staging")).toBe(before.replace(/ {4}# Metrics of .*\n {4}cluster: .*\n/, ""));
});

test.each<[string, string[], string]>([
  ["a wrong value", ["dev", "galera.size", "4"], "galera.size: 4 is even; use 3 or 5"],
  ["an unknown setting", ["dev", "galera.siez", "3"], "galera.siez: is not a setting; did you mean size?"],
  ["an environment with a typo", ["stagign", "galera.size", "3"], "did you mean staging?"],
  ["a rule between settings", ["prod", "protect", "false"], "protect: "],
  [
    "a key that is no path",
    ["dev", "galera..size", "3"],
    "galera..size: is not a path of a setting; use one such as galera.size",
  ],
  ["--remove with a value", ["dev", "galera.size", "3", "--remove"], "--remove: cannot be combined with a value"],
  ["a value that is no YAML", ["dev", "galera.size", "[3"], 'galera.size: "[3" is not a YAML value'],
  ["a secret for a stack without a file", ["alice", "galera.passwords.root", "x", "--secret"], "no such file"],
  ["a setting that is not set", ["dev", "kubernetes"], "paasmas:kubernetes: is not set"],
])("refuses %s, and changes no file", async (_, args, message) => {
  const before = contents(dir);
  const ran = await config(...args);
  expect([ran.code, ran.stdout]).toEqual([2, ""]);
  expect(ran.stderr).toContain(message);
  expect(contents(dir)).toEqual(before);
});

test("accepts the first of several settings that need each other, and names the others", async () => {
  const ran = await config("staging", "deployHook.publicEndpoint.names[0]", "shop.example.com");
  expect(ran.code).toBe(0);
  expect(ran.stderr).toMatch(/^Still to correct:\n( {2}\S+: is missing.*\n)+$/);
  expect(text("staging")).toContain("    publicEndpoint:\n      names:\n        - shop.example.com\n");
});

test("accepts a correction while another setting is wrong", async () => {
  writeFileSync(file("dev"), text("dev").replace("size: 3", "size: 4").replace("cidr: 10.77.0.0/24", "cidr: nowhere"));
  const ran = await config("dev", "galera.size", "3");
  expect(ran.code).toBe(0);
  expect(ran.stderr).toMatch(/^Still to correct:\n {2}network\.cidr: .*\n$/);
  expect(text("dev")).toContain("size: 3");
});

test("creates the file of a stack with another name", async () => {
  expect((await config("alice", "environment", "dev")).code).toBe(0);
  expect(text("alice")).toBe("config:\n  paasmas:environment: dev\n");
});

test("shows all settings, and no encrypted value", async () => {
  writeFileSync(file("dev"), `${text("dev")}  paasmas:secret:\n    key: { secure: v1:abc:def }\n`);
  const { stdout } = await config("dev");
  expect(stdout).toContain("paasmas:network:\n  cidr: 10.77.0.0/24\n");
  expect(stdout).toContain('key: "[secret]"');
  expect(stdout).not.toContain("v1:abc");
});

test("refuses a secret that the settings refuse, before it needs an engine", async () => {
  const before = contents(dir);
  const ran = await config("dev", "galera.passwords.root", "hunter2", "--secret");
  expect([ran.code, ran.stdout]).toEqual([2, ""]);
  expect(ran.stderr).toContain("galera.passwords.root: ");
  expect(ran.stderr).not.toContain("hunter2");
  expect(contents(dir)).toEqual(before);
});
