import { databaseStandIns } from "../images.ts";
import { cache } from "../paths.ts";
import { runDeployHook } from "../programs/deploy-hook-run.ts";
import { runJenkins } from "../programs/jenkins.ts";
import { runMonitoring } from "../programs/monitoring.ts";
import { runRegistry } from "../programs/registry.ts";
import { runSamples } from "../programs/samples.ts";
import { runTelemetry } from "../programs/telemetry.ts";
import { database } from "./database.ts";
import type { Outcome, Suite } from "./suite.ts";

const count = (results: readonly { failures: readonly string[] }[]): Outcome => {
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  return { passed: results.length - failed, failed, skipped: 0 };
};

/** In the order in which they run. */
export const suites: readonly Suite[] = [
  database,
  {
    name: "registry",
    stateFile: `${cache}/registry.json`,
    standIns: ["haproxy", "registry"],
    run: async (report) => count([await runRegistry(report)]),
  },
  {
    name: "deploy-hook",
    stateFile: `${cache}/deploy-hook.json`,
    standIns: ["git", "haproxy", "registry"],
    run: async (report, { case: cases, keep }) => count(await runDeployHook(report, { cases, keep })),
  },
  {
    name: "samples",
    stateFile: `${cache}/samples.json`,
    standIns: [...databaseStandIns, "git", "registry", "samples"],
    run: async (report, { keep }) => count([await runSamples(report, keep)]),
  },
  {
    name: "jenkins",
    stateFile: `${cache}/jenkins.json`,
    standIns: ["build-node", "haproxy", "jenkins", "nginx", "restic"],
    run: async (report) => count([await runJenkins(report)]),
  },
  {
    name: "telemetry",
    stateFile: `${cache}/telemetry.json`,
    standIns: ["fluent-bit", "haproxy", "loki"],
    run: async (report) => count([await runTelemetry(report)]),
  },
  {
    name: "monitoring",
    stateFile: `${cache}/monitoring.json`,
    standIns: [...databaseStandIns, "grafana", "prometheus"],
    run: async (report, { keep }) => count([await runMonitoring(report, keep)]),
  },
];
