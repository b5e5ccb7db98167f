import type { Result } from "../table.ts";

/** Checks a statement. */
export type Check = (holds: boolean, statement: string) => void;

/** Returns a check that prints each statement. A false one fails the result. */
export function checkFor(result: Result, report: (line: string) => void): Check {
  return (holds, statement) => {
    result.checks = (result.checks ?? 0) + 1;
    if (!holds) result.failures.push(`does not hold: ${statement}`);
    report(`  ${holds ? "ok" : "FAILED"}: ${statement}`);
  };
}
