import { mkdirSync, writeFileSync } from "node:fs";
import { cache } from "../paths.ts";
import { textTable } from "../table.ts";
import { HookLab } from "./deploy-hook.ts";
import { builds } from "./deploy-hook-builds.ts";
import { type HookResult, hookCases, runCase } from "./deploy-hook-cases.ts";
import { hookColumns } from "./deploy-hook-columns.ts";
import { refusals } from "./deploy-hook-refusals.ts";

export interface HookRunOptions {
  /** Only cases whose names contain one of these texts. Default: all. */
  cases?: readonly string[];
  /** Keeps the machines running. Default: false. */
  keep?: boolean;
}

/** Boots a deploy hook and a registry, runs the cases, and prints a table. */
export async function runDeployHook(
  report: (line: string) => void,
  options: HookRunOptions = {},
): Promise<HookResult[]> {
  const results: HookResult[] = [];
  const wanted = (name: string) => options.cases === undefined || options.cases.some((text) => name.includes(text));
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
  console.log(`\n${textTable(hookColumns, results)}\n`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(
    `${cache}/deploy-hook-results.json`,
    `${JSON.stringify({ date: new Date().toISOString(), results }, null, 2)}\n`,
  );
  return results;
}
