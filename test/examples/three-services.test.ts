import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";

const folder = join(import.meta.dirname, "../../examples/three-services");
const services = ["db", "api", "front"];

describe("examples/three-services", () => {
  test.each(services)("builds %s from any image with Node, for an ordinary user, with all its imports", (service) => {
    const text = readFileSync(join(folder, service, "Dockerfile"), "utf8");
    expect(text).toMatch(/^ARG BASE_IMAGE=docker\.io\/library\/node:24-slim\nFROM \$\{BASE_IMAGE\}$/m);
    expect(text).toMatch(/^USER 1000:1000$/m);
    const copied = [...text.matchAll(/^COPY (\w+) \w+$/gm)].map(([, name]) => name);
    const imported = readdirSync(join(folder, service))
      .filter((name) => name.endsWith(".mjs"))
      .flatMap((name) =>
        [...readFileSync(join(folder, service, name), "utf8").matchAll(/from "(\.\.?\/[^"]+)"/g)].map(
          ([, path]) => join(service, path!).split("/")[0],
        ),
      );
    expect(new Set([...copied, service])).toEqual(new Set([...imported, service]));
    expect(text).toContain(`CMD ["node", "${service}/main.mjs"]`);
  });

  test.each(["three-services/capacity/capacity.js", "ghost/capacity.js"])(
    "stops a release by the thresholds of %s: errors, latency and checks",
    (script) => {
      const text = readFileSync(join(folder, "..", script), "utf8")
        .replace(/^import .*$/gm, "")
        .replaceAll("export ", "")
        .replaceAll("default function ()", "function run()");
      const { thresholds } = new Function("__ENV", `${text}; return options;`)({}) as {
        thresholds: Record<string, string[]>;
      };
      expect(thresholds).toMatchObject({ http_req_failed: ["rate<0.001"], checks: ["rate>0.999"] });
      expect(thresholds.http_req_duration!.length).toBeGreaterThan(0);
    },
  );

  test("runs the same three services with its compose file, and publishes only the front, on this machine", () => {
    const compose = parse(readFileSync(join(folder, "compose.yaml"), "utf8"), { merge: true }) as {
      services: Record<string, { ports?: string[]; environment?: Record<string, string> }>;
    };
    expect(Object.keys(compose.services)).toEqual(services);
    expect(
      Object.entries(compose.services).flatMap(([name, { ports = [] }]) => ports.map((port) => `${name} ${port}`)),
    ).toEqual(["front 127.0.0.1:8080:8080"]);
    for (const [name, service] of Object.entries(compose.services)) {
      expect(service).toMatchObject({
        build: { context: ".", dockerfile: `${name}/Dockerfile` },
        read_only: true,
        cap_drop: ["ALL"],
      });
    }
    expect(compose.services.api!.environment).toEqual({ DB_URL: "http://db:8080" });
    expect(compose.services.front!.environment).toEqual({ API_URL: "http://api:8080" });
  });
});
