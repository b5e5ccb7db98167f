import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { alone } from "./alone.ts";
import { cases } from "./cases/index.ts";
import { removeLabelled } from "./monitor/cleanup.ts";
import type { Step } from "./monitor/monitor.ts";
import { databaseStandIns, prepareImages } from "./images.ts";
import { Lab, stateFile } from "./lab.ts";
import { cache } from "./paths.ts";
import { whyNot } from "./requirements.ts";
import { Runner } from "./runner.ts";
import { passed, type Result, table } from "./table.ts";

const usage = `npm run lab -- [--case TEXT]... [--flavor percona|mariadb] [--set KEY=VALUE]... [--keep]
  --case    only the cases whose names contain this, after a cold start
  --flavor  only this flavour of the server; default: all cases on percona, a shorter pass on mariadb
  --set     a setting of the dev stack, galera.size=5
  --strict  fail every case that misses its goal, however little; for a machine that does nothing else
  --keep    leaves the stack running; the next run of the lab removes it`;

const started = performance.now();
const report = (line: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);

const { values: options } = parseArgs({
  options: {
    case: { type: "string", multiple: true },
    flavor: { type: "string" },
    set: { type: "string", multiple: true },
    keep: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}

const reason = await whyNot();
if (reason !== undefined) cannotRun(reason, process.env.CI === "true");
await alone(report).catch((error: Error) => cannotRun(error.message, true));

const results: Result[] = [];
let runner: Runner | undefined;
let ending = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, async () => {
    if (ending || options.keep) process.exit(130);
    ending = true;
    console.log(`\n${signal}: removing what the lab made`);
    await runner?.abandon();
    await removeLabelled(stateFile);
    process.exit(130);
  });
}

await removeLabelled(stateFile);
try {
  await prepareImages(report, databaseStandIns);
  for (const flavor of options.flavor === undefined ? ["percona", "mariadb"] : [options.flavor]) {
    await pass(flavor, options.flavor === undefined && flavor === "mariadb");
  }
} finally {
  if (!options.keep) await removeLabelled(stateFile);
}

console.log(`\n${table(results)}\n`);
mkdirSync(cache, { recursive: true });
writeFileSync(`${cache}/results.json`, `${JSON.stringify({ date: new Date().toISOString(), seconds: (performance.now() - started) / 1000, results }, null, 2)}\n`);
const failed = results.filter((result) => !passed(result)).length;
const skipped = cases.length + 1 - results.filter(({ flavor }) => flavor === results[0]?.flavor).length;
console.log(`${results.length - failed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed > 0 ? 1 : 0);

/** @param failed Whether somebody has to do something about it. */
function cannotRun(why: string, failed: boolean): never {
  console.log(`The lab cannot run here: ${why}.`);
  console.log(failed ? "0 passed, 1 failed, 0 skipped" : "0 passed, 0 failed, 1 skipped");
  process.exit(failed ? 1 : 0);
}

/** Boots the stack with one flavour of the server, from nothing, and runs its cases. */
async function pass(flavor: string, short: boolean): Promise<void> {
  report(`dev with ${flavor}`);
  const lab = new Lab([`galera.flavor=${flavor}`, ...(options.set ?? [])], tell);
  const cold = await coldStart(lab, flavor);
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
    report(`  ${!passed(result) ? "FAILED" : result.missed.length > 0 ? "over goal" : "ok"}: ${result.acknowledged} acknowledged, ${result.lost} lost, longest gap ${gap} s, healthy after ${result.healthySeconds?.toFixed(1) ?? "-"} s`);
    for (const text of [...result.failures, ...result.missed]) report(`  ${text}`);
  }
  if (!options.keep) await lab.engine.destroy();
}

/** The first of all cases: nothing, and then a healthy stack that takes writes. */
async function coldStart(lab: Lab, flavor: string): Promise<Result> {
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
      const rows = await lab.on(node, (query) => query("SHOW GLOBAL STATUS WHERE Variable_name IN ('wsrep_cluster_state_uuid', 'wsrep_cluster_size')"));
      const status = new Map(rows.map(({ Variable_name, Value }) => [Variable_name, Value]));
      if (status.get("wsrep_cluster_state_uuid") !== uuid) result.failures.push(`${node.name} is in cluster ${status.get("wsrep_cluster_state_uuid")}, etcd knows ${uuid}`);
      if (status.get("wsrep_cluster_size") !== String(lab.of("galera").length)) result.failures.push(`${node.name} sees ${status.get("wsrep_cluster_size")} nodes`);
    }
    report(`  healthy after ${result.healthySeconds.toFixed(1)} s`);
  } catch (error) {
    result.failures.push((error as Error).message);
    report(`  FAILED: ${(error as Error).message}`);
  }
  return result;
}

/** Tells what takes long. */
function tell({ action, name, type, properties, seconds }: Step): void {
  const machine = type === "docker:index/container:Container";
  if (!machine && (type !== "command:local:Command" || action === "delete")) return;
  report(`  ${action} ${name}${properties.length > 0 ? ` (${properties.join(", ")} changed)` : ""} ${seconds.toFixed(1)} s`);
}
