import { databaseStandIns } from "../images.ts";
import { cache } from "../paths.ts";
import { runDeployHook } from "../programs/deploy-hook-run.ts";
import { runJenkins } from "../programs/jenkins.ts";
import { runMonitoring } from "../programs/monitoring.ts";
import { runReadiness } from "../programs/readiness.ts";
import { runRegistry } from "../programs/registry.ts";
import { runSamples } from "../programs/samples.ts";
import { runTelemetry } from "../programs/telemetry.ts";
import { hookFigures, statementFigures } from "../report.ts";
import type { Result } from "../table.ts";
import { database } from "./database.ts";
import type { Outcome, Suite } from "./suite.ts";

function outcome(results: readonly { failures: readonly string[] }[], figures: string): Outcome {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  return { passed: results.length - failed, failed, skipped: 0, figures };
}

/** The outcome of a suite that checks statements instead of cases. */
const statements = (result: Result): Outcome => outcome([result], statementFigures(result));

/** In the order in which they run. */
export const suites: readonly Suite[] = [
  database,
  {
    name: "readiness",
    stateFile: `${cache}/readiness.json`,
    standIns: ["etcd", "haproxy"],
    run: async (report, { keep }) => statements(await runReadiness(report, keep)),
  },
  {
    name: "registry",
    stateFile: `${cache}/registry.json`,
    standIns: ["haproxy", "registry"],
    run: async (report) => statements(await runRegistry(report)),
  },
  {
    name: "deploy-hook",
    stateFile: `${cache}/deploy-hook.json`,
    standIns: ["git", "haproxy", "registry"],
    run: async (report, { case: cases, keep }) => {
      const results = await runDeployHook(report, { cases, keep });
      return outcome(results, hookFigures(results));
    },
  },
  {
    name: "samples",
    stateFile: `${cache}/samples.json`,
    standIns: [...databaseStandIns, "git", "registry", "samples"],
    run: async (report, { keep }) => statements(await runSamples(report, keep)),
  },
  {
    name: "jenkins",
    stateFile: `${cache}/jenkins.json`,
    standIns: ["build-node", "haproxy", "jenkins", "nginx", "restic"],
    run: async (report) => statements(await runJenkins(report)),
  },
  {
    name: "telemetry",
    stateFile: `${cache}/telemetry.json`,
    standIns: ["fluent-bit", "haproxy", "loki"],
    run: async (report) => statements(await runTelemetry(report)),
  },
  {
    name: "monitoring",
    stateFile: `${cache}/monitoring.json`,
    standIns: [...databaseStandIns, "grafana", "prometheus"],
    run: async (report, { keep }) => statements(await runMonitoring(report, keep)),
  },
];
