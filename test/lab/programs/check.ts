import type { Result } from "../table.ts";

/** States something that has to hold. */
export type Check = (holds: boolean, statement: string) => void;

/** Tells what holds and what does not; what does not fails the result. */
export function checkFor(result: Result, report: (line: string) => void): Check {
  return (holds, statement) => {
    result.checks = (result.checks ?? 0) + 1;
    if (!holds) result.failures.push(`does not hold: ${statement}`);
    report(`  ${holds ? "ok" : "FAILED"}: ${statement}`);
  };
}
