import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { checkout } from "../../delivery/build.ts";
import { readProject } from "../../delivery/project.ts";

const folder = join(import.meta.dirname, "../../examples/three-services");
const services = ["db", "api", "front"];

describe("examples/three-services", () => {
  test("its own tests pass", { timeout: 60_000 }, () => {
    const files = readdirSync(join(folder, "test")).filter((name) => name.endsWith(".test.mjs"));
    const output = execFileSync(process.execPath, ["--test", "--test-reporter=tap", ...files.map((name) => join("test", name))], { cwd: folder, encoding: "utf8", env: { PATH: process.env.PATH } });
    expect(files.toSorted()).toEqual(["api.test.mjs", "db.test.mjs", "front.test.mjs"]);
    expect(output).toMatch(/^# tests 11$/m);
    expect(output).toMatch(/^# pass 11$/m);
  });

  test("its delivery.yaml names every service, in the order in which they need each other", () => {
    const project = readProject(join(folder, "delivery.yaml"));
    expect(Object.keys(project.apps)).toEqual(services);
    for (const service of services) {
      expect(project.apps[service]).toEqual({ image: `registry.example.com/three-services/${service}`, context: ".", dockerfile: `${service}/Dockerfile` });
    }
    expect(checkout(folder).tree).toMatch(/^[0-9a-f]{40}$/);
  });

  test.each(services)("%s is built from any image with Node, runs as nobody special, and holds what it imports", (service) => {
    const text = readFileSync(join(folder, service, "Dockerfile"), "utf8");
    expect(text).toMatch(/^ARG BASE_IMAGE=docker\.io\/library\/node:24-slim\nFROM \$\{BASE_IMAGE\}$/m);
    expect(text).toMatch(/^USER 1000:1000$/m);
    const copied = [...text.matchAll(/^COPY (\w+) \w+$/gm)].map(([, name]) => name);
    const imported = readdirSync(join(folder, service))
      .filter((name) => name.endsWith(".mjs"))
      .flatMap((name) => [...readFileSync(join(folder, service, name), "utf8").matchAll(/from "(\.\.?\/[^"]+)"/g)].map(([, path]) => join(service, path!).split("/")[0]));
    expect(new Set([...copied, service])).toEqual(new Set([...imported, service]));
    expect(text).toContain(`CMD ["node", "${service}/main.mjs"]`);
  });

  test("its compose file runs the same three, and publishes the front alone, on this machine alone", () => {
    const compose = parse(readFileSync(join(folder, "compose.yaml"), "utf8"), { merge: true }) as { services: Record<string, any> };
    expect(Object.keys(compose.services)).toEqual(services);
    expect(Object.entries(compose.services).flatMap(([name, { ports = [] }]) => ports.map((port: string) => `${name} ${port}`))).toEqual(["front 127.0.0.1:8080:8080"]);
    for (const [name, service] of Object.entries(compose.services)) {
      expect(service).toMatchObject({ build: { context: ".", dockerfile: `${name}/Dockerfile` }, read_only: true, cap_drop: ["ALL"] });
    }
    expect(compose.services.api.environment).toEqual({ DB_URL: "http://db:8080" });
    expect(compose.services.front.environment).toEqual({ API_URL: "http://api:8080" });
  });
});
