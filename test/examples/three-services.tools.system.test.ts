import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { folder, running } from "./running-services.ts";

const k6 = join(import.meta.dirname, "../../.cache/tools/k6");
const reason = existsSync(k6) ? undefined : "k6 is not built (test/tools/k6/build.sh, 2.5 minutes of CPU time)";

describe("the capacity stage with the real k6", { timeout: 60_000 }, () => {
  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  const thresholds = ["checks", "dropped_iterations", "http_req_duration", "http_req_failed"];

  /**
   * Runs the stage like the pipeline, for three seconds.
   * @returns Its exit code, and the crossed thresholds.
   */
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

  test("passes a service that answers, and fails for one that does not", async () => {
    await running(async ({ front, api }) => {
      const well = await measured(front);
      // The latency depends on the load of this machine. The answers do not.
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
