import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { checkout } from "../../delivery/build.ts";
import { readProject } from "../../delivery/project.ts";

const folder = join(import.meta.dirname, "../../examples/three-services");
const services = ["db", "api", "front"];

/** The three services, each a process of its own, while something is done with them; all of them are to stop cleanly. */
async function running(
  use: (services: { front: string; data: string; api: ChildProcess }) => Promise<void>,
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "paasmas-notes-"));
  const started: ChildProcess[] = [];
  const start = async (service: string, env: Record<string, string>) => {
    const child = spawn(process.execPath, [join(service, "main.mjs")], {
      cwd: folder,
      env: { PATH: process.env.PATH, PORT: "0", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(child);
    return new Promise<string>((resolve, reject) => {
      child.on("exit", (code) => reject(new Error(`${service} ended with ${code}`)));
      child.stdout!.on("data", (line: Buffer) =>
        resolve(`http://127.0.0.1:${/listening on (\d+)/.exec(String(line))![1]}`),
      );
    });
  };
  try {
    const db = await start("db", { DATA_DIR: data });
    const api = await start("api", { DB_URL: db });
    const front = await start("front", { API_URL: api });
    await use({ front, data, api: started[1]! });
  } finally {
    const ends = started.map((child) => child.exitCode ?? new Promise((resolve) => child.on("exit", resolve)));
    for (const child of started) child.kill("SIGTERM");
    expect(await Promise.all(ends)).toEqual(started.map(() => 0));
    rmSync(data, { recursive: true });
  }
}

describe("examples/three-services", () => {
  test("its own tests pass", { timeout: 60_000 }, () => {
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

  test("its acceptance test passes against the three of them, each a process of its own, and stops cleanly", {
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

  test("a service without its settings says which, and ends", () => {
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

  test("its delivery.yaml names every service, in the order in which they need each other", () => {
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

  test.each(services)(
    "%s is built from any image with Node, runs as nobody special, and holds what it imports",
    (service) => {
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
    },
  );

  test.each(["three-services/capacity/capacity.js", "ghost/capacity.js"])(
    "%s stops a release: errors, latency and checks have thresholds",
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

  test("its compose file runs the same three, and publishes the front alone, on this machine alone", () => {
    const compose = parse(readFileSync(join(folder, "compose.yaml"), "utf8"), { merge: true }) as {
      services: Record<string, any>;
    };
    expect(Object.keys(compose.services)).toEqual(services);
    expect(
      Object.entries(compose.services).flatMap(([name, { ports = [] }]) =>
        ports.map((port: string) => `${name} ${port}`),
      ),
    ).toEqual(["front 127.0.0.1:8080:8080"]);
    for (const [name, service] of Object.entries(compose.services)) {
      expect(service).toMatchObject({
        build: { context: ".", dockerfile: `${name}/Dockerfile` },
        read_only: true,
        cap_drop: ["ALL"],
      });
    }
    expect(compose.services.api.environment).toEqual({ DB_URL: "http://db:8080" });
    expect(compose.services.front.environment).toEqual({ API_URL: "http://api:8080" });
  });
});

const k6 = join(import.meta.dirname, "../../.cache/tools/k6");
const unbuilt = existsSync(k6)
  ? ""
  : ": k6 is not built (test/tools/k6/build.sh, two and a half minutes of processor time)";

describe.skipIf(unbuilt !== "")(`the capacity stage, with the real k6${unbuilt}`, { timeout: 60_000 }, () => {
  const thresholds = ["checks", "dropped_iterations", "http_req_duration", "http_req_failed"];

  /** As the pipeline calls it, for three seconds: its exit code, and the thresholds that were crossed. */
  async function measured(front: string): Promise<{ status: number | null; crossed: string[]; requests: number }> {
    const results = mkdtempSync(join(tmpdir(), "paasmas-k6-"));
    try {
      const env = { PATH: process.env.PATH, HOME: results, FRONT_URL: `${front}/`, DURATION: "3s" };
      const ran = spawn(
        k6,
        [
          "run",
          "--quiet",
          "--no-usage-report",
          "--summary-export",
          join(results, "summary.json"),
          "capacity/capacity.js",
        ],
        { cwd: folder, env, stdio: "ignore" },
      );
      const status = await new Promise<number | null>((resolve) => ran.on("exit", resolve));
      const { metrics } = JSON.parse(readFileSync(join(results, "summary.json"), "utf8")) as {
        metrics: Record<string, { count?: number; thresholds?: Record<string, boolean> }>;
      };
      // True means crossed.
      const crossed = thresholds.filter((name) => Object.values(metrics[name]?.thresholds ?? {}).some(Boolean));
      return { status, crossed, requests: metrics.http_reqs?.count ?? 0 };
    } finally {
      rmSync(results, { recursive: true });
    }
  }

  test("lets go on what answers, and stops what does not", async () => {
    await running(async ({ front, api }) => {
      const well = await measured(front);
      // How fast it is depends on what else this machine does; whether it is answered does not.
      expect(well.crossed.filter((name) => ["checks", "http_req_failed"].includes(name))).toEqual([]);
      expect(well.status).toBe(well.crossed.length === 0 ? 0 : 99);
      expect(well.requests).toBeGreaterThan(100);

      const ended = new Promise((resolve) => api.on("exit", resolve));
      api.kill("SIGTERM");
      await ended;
      const ill = await measured(front);
      expect(ill.status).toBe(99);
      expect(ill.crossed).toEqual(expect.arrayContaining(["checks", "http_req_failed"]));
    });
  });

  test.each(["three-services/capacity/capacity.js", "ghost/capacity.js"])("understands %s", (script) => {
    const { status, stdout } = spawnSync(k6, ["inspect", join(folder, "..", script)], { encoding: "utf8" });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      scenarios: { read: { executor: "constant-arrival-rate" } },
      thresholds: { checks: ["rate>0.999"] },
    });
  });
});
