import type { Gap } from "./load.ts";

/** Result of one case. */
export interface Result {
  case: string;
  /** Flavour of the database: `percona` or `mariadb`. */
  flavor: string;
  acknowledged: number;
  lost: number;
  /** Longest time without an acknowledged write, seconds. Absent if no write was possible. */
  longestGapSeconds?: number;
  /** Seconds from the fault until all machines are healthy. For a cold start: the duration of the start. */
  healthySeconds?: number;
  /** Goal for the gap, seconds. Absent if only the data counts. */
  gapGoalSeconds?: number;
  /** All notable gaps, with their time since the fault. */
  gaps?: Gap[];
  /** Number of checked statements, in a suite without cases. */
  checks?: number;
  /** Further figures for the report, such as `["one image build", "12.1 s"]`. */
  figures?: [subject: string, measured: string][];
  /** Errors of the writers, by code. */
  errors?: Record<string, number>;
  /** Missed goals that do not fail the case. */
  missed: string[];
  /** Reports of the machines that are not healthy again, line by line. Absent if all are healthy. */
  unhealthy?: string[];
  /** Failures. Empty: the case passed. */
  failures: string[];
}

/** Whether the case passed. */
export function passed(result: Result): boolean {
  return result.failures.length === 0;
}

/** A column of a {@link textTable} or a {@link markdownTable}. */
export interface Column<Row> {
  title: string;
  of: (row: Row) => string;
  /** Whether values are aligned to the right, like numbers. Default: false. */
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

/** The results as a text table, with details of failures and missed goals below it. */
export function table(results: readonly Result[]): string {
  const failures = results.flatMap((result) =>
    [...result.failures, ...result.missed].map((text) => `${result.case} (${result.flavor}): ${text}`),
  );
  return [textTable(columns, results), ...(failures.length > 0 ? ["", ...failures] : [])].join("\n");
}

/** A line for each row, below a line of titles and a rule. */
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

/** The same table in Markdown, for a page. */
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
