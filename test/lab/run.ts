import { parseArgs } from "node:util";
import { lock } from "./lock.ts";
import { prepareImages } from "./images.ts";
import { observeConditions } from "../measured/conditions.ts";
import { removeLabelled } from "./monitor/cleanup.ts";
import { writeLabReport } from "./report.ts";
import { missingRequirement } from "./requirements.ts";
import { suites } from "./suites/index.ts";

const usage = `npm run lab -- [--suite NAME]... [--case TEXT]... [--flavor percona|mariadb] [--set KEY=VALUE]...
                [--strict] [--report] [--keep]
  --suite   ${suites.map(({ name }) => name).join(", ")};
            default: all of them, or database with one of the options below
  --case    only the cases whose names contain this, after a cold start
  --flavor  only this flavour of the database server; default: all cases on percona, fewer cases on mariadb;
            with --keep only percona
  --set     a setting of the dev stack, such as galera.size=5
  --strict  fails every case that misses its goal; use it on an idle machine
  --report  replaces the figures of the suites that ran without a failure in docs/lab.md; only for whole suites
  --keep    leaves the stack running; the next run of the lab removes it`;

const started = performance.now();
const report = (line: string) =>
  console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);

const { values: options } = parseArgs({
  options: {
    suite: { type: "string", multiple: true },
    case: { type: "string", multiple: true },
    flavor: { type: "string" },
    set: { type: "string", multiple: true },
    keep: { type: "boolean", default: false },
    strict: { type: "boolean", default: false },
    report: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit(0);
}
const ofTheDatabase =
  options.case !== undefined || options.flavor !== undefined || options.set !== undefined || options.keep;
const names = options.suite ?? (ofTheDatabase ? ["database"] : suites.map(({ name }) => name));
const unknown = names.filter((name) => suites.every((suite) => suite.name !== name));
if (unknown.length > 0) {
  console.error(`--suite: ${unknown.join(", ")} is not known; use ${suites.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
const chosen = suites.filter(({ name }) => names.includes(name));
const partial = (["case", "flavor", "set"] as const).find((name) => options[name] !== undefined);
if (options.report && partial !== undefined) {
  console.error(`--report: cannot be combined with --${partial}, which runs a part of a suite; remove one of them`);
  process.exit(2);
}

const reason = await missingRequirement();
if (reason !== undefined) cannotRun(reason, process.env.CI === "true");
await lock(report).catch((error: Error) => cannotRun(error.message, true));

let ending = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, async () => {
    if (ending || options.keep) process.exit(130);
    ending = true;
    console.log(`\n${signal}: removing the machines of the lab`);
    for (const suite of chosen) await suite.abandon?.();
    for (const { stateFile } of chosen) await removeLabelled(stateFile);
    process.exit(130);
  });
}

const conditions = observeConditions();
const figures = new Map<string, string>();
const total = { passed: 0, failed: 0, skipped: 0 };
for (const suite of chosen) {
  await removeLabelled(suite.stateFile);
  const began = performance.now();
  if (chosen.length > 1) report(`suite ${suite.name}`);
  try {
    await prepareImages(report, suite.standIns);
    const { passed, failed, skipped, figures: measured } = await suite.run(report, options);
    if (failed === 0) figures.set(suite.name, measured);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  } catch (error) {
    // The other suites still run.
    total.failed++;
    report(`suite ${suite.name} FAILED: ${(error as Error).stack ?? String(error)}`);
  } finally {
    if (!options.keep) await removeLabelled(suite.stateFile);
  }
  // .ci/run reads these lines for its table.
  console.log(`took: lab ${suite.name} ${Math.round((performance.now() - began) / 1000)} s`);
}
if (options.report) {
  const page = writeLabReport(figures, conditions(), (performance.now() - started) / 1000);
  for (const { name } of chosen) {
    report(`${page}: ${figures.has(name) ? "replaced" : "kept"} the figures of ${name}`);
  }
}
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);

/** @param failed Whether the run counts as failed, so that an operator must act. */
function cannotRun(why: string, failed: boolean): never {
  console.log(`The lab cannot run here: ${why}.`);
  console.log(failed ? "0 passed, 1 failed, 0 skipped" : "0 passed, 0 failed, 1 skipped");
  process.exit(failed ? 1 : 0);
}
