import type { Gap } from "./load.ts";

/** One case's outcome. */
export interface Result {
  case: string;
  /** What was booted: `percona` or `mariadb`. */
  flavor: string;
  acknowledged: number;
  lost: number;
  /** Longest time without any acknowledged write, seconds; absent where nothing could be written. */
  longestGapSeconds?: number;
  /** Seconds from the fault to all machines healthy; the start-up itself for a cold start. */
  healthySeconds?: number;
  /** What was promised for the gap, seconds; absent where only the data counts. */
  gapGoalSeconds?: number;
  /** All gaps worth mentioning, counted from the fault. */
  gaps?: Gap[];
  /** Errors that the writers saw, by code. */
  errors?: Record<string, number>;
  /** Goals that were missed by less than what fails the case. */
  missed: string[];
  /** What went wrong; empty: the case passed. */
  failures: string[];
}

/** Whether the case did not fail. */
export function passed(result: Result): boolean {
  return result.failures.length === 0;
}

const columns: { title: string; of: (result: Result) => string; right?: boolean }[] = [
  { title: "case", of: (result) => result.case },
  { title: "flavour", of: (result) => result.flavor },
  { title: "acknowledged", of: (result) => result.acknowledged.toLocaleString("en"), right: true },
  { title: "lost", of: (result) => String(result.lost), right: true },
  { title: "longest gap", of: (result) => seconds(result.longestGapSeconds, 2), right: true },
  { title: "goal", of: (result) => (result.gapGoalSeconds === undefined ? "-" : `<= ${result.gapGoalSeconds} s`), right: true },
  { title: "healthy after", of: (result) => seconds(result.healthySeconds, 1), right: true },
  { title: "verdict", of: (result) => (!passed(result) ? "FAILED" : result.missed.length > 0 ? "over goal" : "ok") },
];

/** The results as a table of plain text; what failed and what was over its goal is spelt out below it. */
export function table(results: readonly Result[]): string {
  const rows = [columns.map(({ title }) => title), ...results.map((result) => columns.map(({ of }) => of(result)))];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (columns[column]!.right ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  const failures = results.flatMap((result) =>
    [...result.failures, ...result.missed].map((text) => `${result.case} (${result.flavor}): ${text}`),
  );
  return [lines[0], rule, ...lines.slice(1), ...(failures.length > 0 ? ["", ...failures] : [])].join("\n");
}

function seconds(value: number | undefined, digits: number): string {
  return value === undefined ? "-" : `${value.toFixed(digits)} s`;
}
