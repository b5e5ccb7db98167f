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
  /** Number of statements that were checked, in a suite without cases. */
  checks?: number;
  /** Further figures for the report, `["one image build", "12.1 s"]`. */
  figures?: [subject: string, measured: string][];
  /** Errors that the writers saw, by code. */
  errors?: Record<string, number>;
  /** Goals that were missed by less than what fails the case. */
  missed: string[];
  /** What the machines say that are not healthy again, line by line; absent when all are. */
  unsettled?: string[];
  /** What went wrong; empty: the case passed. */
  failures: string[];
}

/** Whether the case did not fail. */
export function passed(result: Result): boolean {
  return result.failures.length === 0;
}

/** A column of a {@link textTable} or a {@link markdownTable}. */
export interface Column<Row> {
  title: string;
  of: (row: Row) => string;
  /** Whether it stands to the right, as numbers do. Default: false. */
  right?: boolean;
}

export const columns: readonly Column<Result>[] = [
  { title: "case", of: (result) => result.case },
  { title: "flavour", of: (result) => result.flavor },
  { title: "acknowledged", of: (result) => result.acknowledged.toLocaleString("en"), right: true },
  { title: "lost", of: (result) => String(result.lost), right: true },
  { title: "longest gap", of: (result) => seconds(result.longestGapSeconds, 2), right: true },
  {
    title: "goal",
    of: (result) => (result.gapGoalSeconds === undefined ? "-" : `<= ${result.gapGoalSeconds} s`),
    right: true,
  },
  { title: "healthy after", of: (result) => seconds(result.healthySeconds, 1), right: true },
  { title: "verdict", of: (result) => (!passed(result) ? "FAILED" : result.missed.length > 0 ? "over goal" : "ok") },
];

/** The results as a table of plain text; what failed and what was over its goal is spelt out below it. */
export function table(results: readonly Result[]): string {
  const failures = results.flatMap((result) =>
    [...result.failures, ...result.missed].map((text) => `${result.case} (${result.flavor}): ${text}`),
  );
  return [textTable(columns, results), ...(failures.length > 0 ? ["", ...failures] : [])].join("\n");
}

/** One line a row below a line of titles and a rule. */
export function textTable<Row>(shown: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [shown.map(({ title }) => title), ...rows.map((row) => shown.map(({ of }) => of(row)))];
  const widths = shown.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row
      .map((cell, column) => (shown[column]!.right ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join("  ")
      .trimEnd(),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** The same as a table in Markdown, for a page. */
export function markdownTable<Row>(shown: readonly Column<Row>[], rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const rule = shown.map(({ right }) => (right ? "---:|" : "---|")).join("");
  return [
    line(shown.map(({ title }) => title)),
    `|${rule}`,
    ...rows.map((row) => line(shown.map(({ of }) => of(row)))),
  ].join("\n");
}

function seconds(value: number | undefined, digits: number): string {
  return value === undefined ? "-" : `${value.toFixed(digits)} s`;
}
