import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { locked } from "../builds.ts";
import { prepareImages } from "../images.ts";
import { stateFile } from "../lab.ts";
import { removeLabelled } from "../monitor/cleanup.ts";
import { cache } from "../paths.ts";
import { whyNot } from "../requirements.ts";
import { HookLab } from "./deploy-hook.ts";
import { builds } from "./deploy-hook-builds.ts";
import { type HookResult, hookCases, runCase } from "./deploy-hook-cases.ts";
import { refusals } from "./deploy-hook-refusals.ts";

// The deploy hook's part of the lab: node test/lab/programs/deploy-hook-run.ts [--case TEXT] [--keep]
const { values: options } = parseArgs({ options: { case: { type: "string", multiple: true }, keep: { type: "boolean", default: false } } });
const started = performance.now();
const report = (line: string) => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
const reason = await whyNot();
if (reason !== undefined) throw new Error(`The lab cannot run here: ${reason}`);
await locked(`${cache}/running`, () => report("waiting for another run of the lab to end"));
await removeLabelled(stateFile);
await prepareImages(report);
const results = await proveDeployHook(report);
await removeLabelled(stateFile);
process.exit(results.some(({ failures }) => failures.length > 0) ? 1 : 0);

async function proveDeployHook(report: (line: string) => void): Promise<HookResult[]> {
  const results: HookResult[] = [];
  const wanted = (name: string) => options.case === undefined || options.case.some((text) => name.includes(text));
  const tell = (result: HookResult) => {
    results.push(result);
    report(`${result.failures.length > 0 ? "FAILED" : "ok"}: ${result.case}`);
    for (const failure of result.failures) report(`  ${failure}`);
  };
  const lab = new HookLab();
  try {
    await lab.up(report);
    const first: HookResult = { case: "the first release of an app", mayFail: false, seconds: 0, failures: [] };
    for (const app of ["shop", "blog"]) {
      const answer = await lab.call({ action: "deploy", app, digest: lab.digests.v1 });
      first.seconds = answer.seconds;
      first.status = answer.status;
      if (answer.status !== 200) first.failures.push(`${app}: ${answer.status} ${JSON.stringify(answer.body)}`);
    }
    tell(first);
    for (const each of hookCases.filter(({ name }) => wanted(name))) tell(await runCase(lab, each));
    if (wanted("refused")) tell(await refusals(lab));
    if (wanted("push")) for (const result of await builds(lab)) tell(result);
  } catch (error) {
    tell({ case: "the lab itself", mayFail: false, seconds: 0, failures: [(error as Error).stack ?? String(error)] });
  } finally {
    if (!options.keep) await lab.down();
  }
  console.log(`\n${table(results)}\n`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${cache}/deploy-hook-results.json`, `${JSON.stringify({ date: new Date().toISOString(), results }, null, 2)}\n`);
  return results;
}

function table(results: readonly HookResult[]): string {
  const rows = [
    ["case", "requests", "failed", "longest gap", "took", "verdict"],
    ...results.map(({ case: name, load, seconds, failures }) => [
      name,
      load === undefined ? "-" : load.requests.toLocaleString("en"),
      load === undefined ? "-" : String(load.failed),
      load === undefined ? "-" : `${(load.longestGapMs / 1000).toFixed(2)} s`,
      `${seconds.toFixed(1)} s`,
      failures.length > 0 ? "FAILED" : "ok",
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, column) => (column === 0 || column === 5 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join("  ").trimEnd());
  return [lines[0], widths.map((width) => "-".repeat(width)).join("  "), ...lines.slice(1)].join("\n");
}
