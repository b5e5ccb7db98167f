import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { allSettings, meaning } from "../../cli/docs/settings.ts";
import { settings } from "../../stacks/config/settings.ts";
import { ConfigError, parseEnvironment } from "../../stacks/environment.ts";

const root = resolve(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/configuration.md"), "utf8");
const all = allSettings();
const find = (path: string) => all.find((setting) => setting.path === path);

describe("docs/configuration.md", () => {
  it("has every key of every environment's config", () => {
    const keys = new Set(Object.values(settings).flatMap((schemas) => Object.keys(schemas)));
    for (const key of ["environment", ...keys]) {
      expect(find(key), key).toBeDefined();
      expect(page).toContain(`### \`paasmas:${key}\``);
    }
  });

  it("has a row with a meaning for every setting below them", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    const missing = all.filter(
      ({ path }) => !path.endsWith("[]") && !rows.some((row) => row.startsWith(`| \`${path}\` |`)),
    );
    expect(missing.map(({ path }) => path)).toEqual([]);
    const unexplained = all.filter((setting) => !setting.path.endsWith("[]") && !meaning(setting, root)?.text);
    expect(unexplained.map(({ path }) => path)).toEqual([]);
  });

  it("names every setting that the schema offers when a name is wrong", () => {
    const offered = knownNames("dev", { "paasmas:zzzzzzzz": "1" });
    expect(
      all
        .filter(({ path, environments }) => /^\w+$/.test(path) && environments.includes("dev"))
        .map(({ path }) => path)
        .sort(),
    ).toEqual(offered);
    const inGalera = knownNames("dev", { "paasmas:galera": JSON.stringify({ zzzzzzzz: 1 }) });
    expect(
      all
        .filter(({ path }) => /^galera\.\w+$/.test(path))
        .map(({ path }) => path.slice(7))
        .sort(),
    ).toEqual(inGalera);
  });

  it("states the stacks of a setting, its values, and the stacks that require it", () => {
    expect(find("network.zones")).toMatchObject({
      environments: ["staging", "prod"],
      requiredIn: ["prod"],
      type: "list",
    });
    expect(find("galera.size")).toMatchObject({
      environments: ["dev", "staging", "prod"],
      requiredIn: [],
      type: "number",
      allowed: "3 or 5",
    });
    expect(find("aws.accountId")).toMatchObject({ environments: ["prod"], requiredIn: ["prod"], type: "text" });
    expect(find("docker.limits.<size>.cpus")).toMatchObject({
      environments: ["dev"],
      type: "number",
      allowed: "a number from 0.1 to 256",
    });
    expect(find("protect")).toMatchObject({ type: "boolean", allowed: "true or false" });
    expect(find("galera.databases[].password")?.allowed).toMatch(/^at least 12 printable/);
  });

  it("states the defaults that the components use", () => {
    const rows = Object.fromEntries(
      page
        .split("\n")
        .filter((line) => line.startsWith("| `"))
        .map((line) => line.split(" | "))
        .map((cells) => [cells[0]!.replace(/[|` ]/g, ""), cells[4]!]),
    );
    expect(rows).toMatchObject({
      "galera.size": "3",
      "galera.volumeGiB": "20",
      "galera.flavor": "`percona`",
      "galera.tuning.gcacheMiB": "512",
      "galera.tuning.suspectTimeoutSeconds": "1.5",
      "etcd.volumeGiB": "4",
      "loadBalancer.size": "2",
      "etcd.image": "`quay.io/coreos/etcd:v3.6.16`",
      "network.cidr": "required",
    });
  });
});

/** Settings in the error message for an unknown name. */
function knownNames(stack: string, config: Record<string, string>): string[] {
  try {
    parseEnvironment(stack, { "paasmas:network": JSON.stringify({ cidr: "10.9.0.0/24" }), ...config });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [, names = ""] = /known are (.*)$/m.exec(error.message)!;
    return names.split(", ").sort();
  }
  throw new Error("nothing was wrong");
}
