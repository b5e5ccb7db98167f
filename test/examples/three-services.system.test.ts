import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { checkout } from "../../delivery/build.ts";
import { readProject } from "../../delivery/project.ts";
import { folder, running } from "./running-services.ts";

const services = ["db", "api", "front"];

describe("examples/three-services", () => {
  test("passes its own tests", { timeout: 60_000 }, () => {
    const files = readdirSync(join(folder, "test")).filter((name) => name.endsWith(".test.mjs"));
    const output = execFileSync(
      process.execPath,
      ["--test", "--test-reporter=tap", ...files.map((name) => join("test", name))],
      { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH } },
    );
    expect(files.toSorted()).toEqual(["api.test.mjs", "db.test.mjs", "front.test.mjs"]);
    expect(output).toMatch(/^# tests 11$/m);
    expect(output).toMatch(/^# pass 11$/m);
  });

  test("passes its acceptance test against three separate processes, which stop without an error", {
    timeout: 60_000,
  }, async () => {
    await running(async ({ front, data }) => {
      const output = execFileSync(process.execPath, ["--test", "--test-reporter=tap", "acceptance/notes.mjs"], {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: process.env.PATH, FRONT_URL: `${front}/` },
      });
      expect(output).toMatch(/^# pass 2$/m);
      expect(readFileSync(join(data, "values.jsonl"), "utf8").trim().split("\n")).toHaveLength(1);
    });
  });

  test("names the missing settings of a service, and ends it", () => {
    for (const [service, name] of [
      ["db", "DATA_DIR"],
      ["api", "DB_URL"],
      ["front", "API_URL"],
    ] as const) {
      const ran = spawnSync(process.execPath, [join(service, "main.mjs")], {
        cwd: folder,
        env: { PATH: process.env.PATH },
        encoding: "utf8",
      });
      expect(ran).toMatchObject({ status: 1, stdout: "", stderr: `${name} is not set\n` });
    }
  });

  test("lists every service in its delivery.yaml, in the order of their dependencies", () => {
    const project = readProject(join(folder, "delivery.yaml"));
    expect(Object.keys(project.apps)).toEqual(services);
    for (const service of services) {
      expect(project.apps[service]).toEqual({
        image: `registry.example.com/three-services/${service}`,
        context: ".",
        dockerfile: `${service}/Dockerfile`,
      });
    }
    expect(checkout(folder).tree).toMatch(/^[0-9a-f]{40}$/);
  });
});
