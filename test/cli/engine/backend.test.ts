import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { backendOf } from "../../../cli/engine/backend.ts";
import { type Project, readProject } from "../../../cli/settings.ts";

let project: Project;
beforeEach(() => {
  const dir = mkdtempSync(join(tmpdir(), "paasmas-"));
  writeFileSync(join(dir, "Pulumi.yaml"), "name: shop\nruntime: nodejs\n");
  project = readProject(dir);
});
afterEach(() => rmSync(project.dir, { recursive: true }));

const state = () => join(project.dir, ".state");

describe("the local state folder", () => {
  test("gets a generated passphrase, readable by its owner only, and keeps it", () => {
    const first = backendOf(project, {});
    const file = join(state(), "passphrase");
    expect(existsSync(state())).toBe(false);
    first.prepare();
    expect(first).toMatchObject({
      url: pathToFileURL(state()).href,
      own: true,
      environment: { PULUMI_BACKEND_URL: pathToFileURL(state()).href, PULUMI_CONFIG_PASSPHRASE_FILE: file },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(state()).mode & 0o777).toBe(0o700);
    const passphrase = readFileSync(file, "utf8");
    expect(passphrase).toMatch(/^[\w-]{43}\n$/);
    backendOf(project, {}).prepare();
    expect(readFileSync(file, "utf8")).toBe(passphrase);
  });

  test("uses the passphrase of the user, even an empty one", () => {
    for (const env of [{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "/dev/null" }]) {
      const backend = backendOf(project, env);
      backend.prepare();
      expect(backend.environment).toEqual({ PULUMI_BACKEND_URL: pathToFileURL(state()).href });
    }
    expect(() => statSync(join(state(), "passphrase"))).toThrow("ENOENT");
  });

  test("with state but without its passphrase is an error, and no new one is generated", () => {
    mkdirSync(join(state(), ".pulumi"), { recursive: true });
    expect(() => backendOf(project, {})).toThrow(
      `${state()}: holds encrypted state, and its passphrase is missing; ` +
        "set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE) to the passphrase of this state",
    );
  });
});

describe("another backend", () => {
  test("from PULUMI_BACKEND_URL is used, without a local folder", () => {
    const backend = backendOf(project, { PULUMI_BACKEND_URL: "s3://state" });
    backend.prepare();
    expect(backend).toMatchObject({ url: "s3://state", own: false, environment: { PULUMI_BACKEND_URL: "s3://state" } });
    expect(() => statSync(state())).toThrow("ENOENT");
  });

  test("from the project's file is used", () => {
    writeFileSync(
      join(project.dir, "Pulumi.yaml"),
      "name: shop\nruntime: nodejs\nbackend: {url: https://api.pulumi.com}\n",
    );
    expect(backendOf(project, {}).url).toBe("https://api.pulumi.com");
  });
});
