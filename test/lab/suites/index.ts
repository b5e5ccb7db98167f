import { databaseStandIns } from "../images.ts";
import { cache } from "../paths.ts";
import { proveDeployHook } from "../programs/deploy-hook-proof.ts";
import { proveJenkins } from "../programs/jenkins.ts";
import { proveMonitoring } from "../programs/monitoring.ts";
import { proveRegistry } from "../programs/registry.ts";
import { proveSamples } from "../programs/samples.ts";
import { proveTelemetry } from "../programs/telemetry.ts";
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
    name: "registry",
    stateFile: `${cache}/registry.json`,
    standIns: ["haproxy", "registry"],
    run: async (report) => statements(await proveRegistry(report)),
  },
  {
    name: "deploy-hook",
    stateFile: `${cache}/deploy-hook.json`,
    standIns: ["git", "haproxy", "registry"],
    run: async (report, { case: cases, keep }) => {
      const results = await proveDeployHook(report, { cases, keep });
      return outcome(results, hookFigures(results));
    },
  },
  {
    name: "samples",
    stateFile: `${cache}/samples.json`,
    standIns: [...databaseStandIns, "git", "registry", "samples"],
    run: async (report, { keep }) => statements(await proveSamples(report, keep)),
  },
  {
    name: "jenkins",
    stateFile: `${cache}/jenkins.json`,
    standIns: ["build-node", "haproxy", "jenkins", "nginx", "restic"],
    run: async (report) => statements(await proveJenkins(report)),
  },
  {
    name: "telemetry",
    stateFile: `${cache}/telemetry.json`,
    standIns: ["fluent-bit", "haproxy", "loki"],
    run: async (report) => statements(await proveTelemetry(report)),
  },
  {
    name: "monitoring",
    stateFile: `${cache}/monitoring.json`,
    standIns: [...databaseStandIns, "grafana", "prometheus"],
    run: async (report, { keep }) => statements(await proveMonitoring(report, keep)),
  },
];
