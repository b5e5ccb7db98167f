import { Engine, type Program } from "../engine.ts";
import { seconds } from "../lab.ts";
import { cache } from "../paths.ts";
import type { Result } from "../table.ts";
import { type Check, checkFor } from "./check.ts";

/** A case of the lab with its stack. */
interface Options {
  /** Name of the case in the table. */
  name: string;
  /** Flavour of the database: `percona` or `mariadb`. Default: `-`, no database. */
  flavor?: string;
  program: Program;
  /** Name of the stack, and of the file with its state. */
  stack: string;
  report: (line: string) => void;
  /** Keeps the machines running. Default: false. */
  keep?: boolean;
}

/** The engine and the checks of a case. */
export interface LabRun {
  engine: Engine;
  result: Result;
  check: Check;
  /** Records that all machines are healthy, and the duration since the start. */
  healthy(start: number): void;
}

/** Runs a case and removes its machines. An error ends the case and fails it. */
export async function labRun(
  { name, flavor = "-", program, stack, report, keep = false }: Options,
  check: (run: LabRun) => Promise<void>,
): Promise<Result> {
  const result: Result = { case: name, flavor, acknowledged: 0, lost: 0, missed: [], failures: [] };
  const engine = new Engine({ program, stack, stateFile: `${cache}/${stack}.json` });
  const healthy = (start: number) => {
    result.healthySeconds = seconds(start);
    report(`  healthy after ${result.healthySeconds.toFixed(1)} s`);
  };
  try {
    await check({ engine, result, check: checkFor(result, report), healthy });
  } catch (error) {
    result.failures.push((error as Error).message);
    report(`  FAILED: ${(error as Error).message}`);
  } finally {
    // By force: an ordered stop of all machines takes longer than some cases. test/providers tests the order.
    if (!keep) await engine.purge();
  }
  return result;
}
