import { mkdirSync, writeFileSync } from "node:fs";
import { cases } from "../cases/index.ts";
import { databaseStandIns } from "../images.ts";
import { Lab, stateFile } from "../lab.ts";
import type { Step } from "../monitor/monitor.ts";
import { cache } from "../paths.ts";
import { databaseFigures } from "../report.ts";
import { Runner } from "../runner.ts";
import { passed, type Result, table } from "../table.ts";
import type { Options, Outcome, Suite } from "./suite.ts";

type Report = (line: string) => void;

let runner: Runner | undefined;

/** The dev stack with faults and changes under write load. */
export const database: Suite = {
  name: "database",
  stateFile,
  standIns: databaseStandIns,
  run: runDatabase,
  async abandon() {
    await runner?.abandon();
  },
};

async function runDatabase(report: Report, options: Options): Promise<Outcome> {
  const started = performance.now();
  const results: Result[] = [];
  for (const flavor of flavorsOf(options)) {
    await pass(flavor, options.flavor === undefined && flavor === "mariadb", results, report, options);
  }
  console.log(`\n${table(results)}\n`);
  mkdirSync(cache, { recursive: true });
  const run = { date: new Date().toISOString(), seconds: (performance.now() - started) / 1000, results };
  writeFileSync(`${cache}/results.json`, `${JSON.stringify(run, null, 2)}\n`);
  const failed = results.filter((result) => !passed(result)).length;
  const skipped = cases.length + 1 - results.filter(({ flavor }) => flavor === results[0]?.flavor).length;
  return { passed: results.length - failed, failed, skipped, figures: databaseFigures(results) };
}

/**
 * Both flavours, unless one is selected. Only one with `--keep`, because two stacks would have the same names and
 * addresses.
 */
function flavorsOf({ flavor, keep }: Options): string[] {
  if (flavor !== undefined) return [flavor];
  return keep ? ["percona"] : ["percona", "mariadb"];
}

/** Boots the stack with one flavour of the server, without earlier data, and runs its cases. */
async function pass(
  flavor: string,
  short: boolean,
  results: Result[],
  report: Report,
  options: Options,
): Promise<void> {
  report(`dev with ${flavor}`);
  const lab = new Lab([`galera.flavor=${flavor}`, ...(options.set ?? [])], slowStepReporter(report));
  const cold = await coldStart(lab, flavor, report);
  results.push(cold);
  if (!passed(cold)) return;
  runner = new Runner(lab, flavor, options.strict);
  const chosen = cases.filter(({ name, everyFlavor }) =>
    options.case === undefined ? !short || everyFlavor === true : options.case.some((text) => name.includes(text)),
  );
  for (const each of chosen) {
    report(each.name);
    const result = await runner.run(each);
    results.push(result);
    const gap = result.longestGapSeconds?.toFixed(2);
    const outcome = !passed(result) ? "FAILED" : result.missed.length > 0 ? "over goal" : "ok";
    report(
      `  ${outcome}: ${result.acknowledged} acknowledged, ${result.lost} lost, longest gap ${gap} s, ` +
        `healthy after ${result.healthySeconds?.toFixed(1) ?? "-"} s`,
    );
    for (const text of [...result.failures, ...result.missed, ...(result.unhealthy ?? [])]) report(`  ${text}`);
    // Every further case would fail for the same reason, after a long wait.
    if (result.unhealthy) {
      report(`  the cases after this one are not run: they need a healthy cluster`);
      break;
    }
  }
  // By force: ten ordered stops take half a minute, and test/providers tests their order.
  if (!options.keep) await lab.engine.purge();
}

/** The first case: starts from no machine, and ends with a healthy stack that takes writes. */
async function coldStart(lab: Lab, flavor: string, report: Report): Promise<Result> {
  const result: Result = { case: "cold start", flavor, acknowledged: 0, lost: 0, missed: [], failures: [] };
  const start = performance.now();
  try {
    await lab.up();
    for (const { name, role, address, ignitionBytes } of lab.machines) {
      report(`  ${name.padEnd(10)} ${role.padEnd(8)} ${address.padEnd(14)} ${ignitionBytes} bytes of Ignition`);
    }
    await lab.healthy(120);
    result.healthySeconds = (performance.now() - start) / 1000;
    await lab.prepare();
    const uuid = (await lab.keys()).get("uuid");
    for (const node of lab.of("galera")) {
      const rows = await lab.on(node, (query) =>
        query("SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_cluster_state_uuid', 'wsrep_cluster_size')"),
      );
      const status = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
      if (status.get("wsrep_cluster_state_uuid") !== uuid)
        result.failures.push(
          `${node.name} is in cluster ${status.get("wsrep_cluster_state_uuid")}, etcd knows ${uuid}`,
        );
      if (status.get("wsrep_cluster_size") !== String(lab.of("galera").length))
        result.failures.push(`${node.name} sees ${status.get("wsrep_cluster_size")} nodes`);
    }
    report(`  healthy after ${result.healthySeconds.toFixed(1)} s`);
  } catch (error) {
    result.failures.push((error as Error).message);
    report(`  FAILED: ${(error as Error).message}`);
  }
  return result;
}

/** Reports slow steps. */
function slowStepReporter(report: Report): (step: Step) => void {
  return ({ action, name, type, properties, seconds }) => {
    const machine = type === "docker:index/container:Container";
    if (!machine && (type !== "command:local:Command" || action === "delete")) return;
    const changed = properties.length > 0 ? ` (${properties.join(", ")} changed)` : "";
    report(`  ${action} ${name}${changed} ${seconds.toFixed(1)} s`);
  };
}
