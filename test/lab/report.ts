import { readFileSync, writeFileSync } from "node:fs";
import { type Conditions, conditionsLine } from "../measured/conditions.ts";
import { withMeasured } from "../measured/page.ts";
import { repository } from "./paths.ts";
import { hookColumns } from "./programs/deploy-hook-columns.ts";
import type { HookResult } from "./programs/deploy-hook-cases.ts";
import { type Column, columns, markdownTable, type Result } from "./table.ts";

const path = "docs/lab.md";

/**
 * Replaces the blocks of the given suites in docs/lab.md. The blocks of other suites stay as they are.
 * @returns The path of the page.
 */
export function writeLabReport(figures: ReadonlyMap<string, string>, conditions: Conditions, seconds: number): string {
  const file = `${repository}${path}`;
  writeFileSync(file, labReport(readFileSync(file, "utf8"), figures, conditions, seconds));
  return path;
}

/** The page with the new figures of the given suites, each below a line with the conditions of this run. */
export function labReport(
  page: string,
  figures: ReadonlyMap<string, string>,
  conditions: Conditions,
  seconds: number,
): string {
  const line = `${conditionsLine(conditions)}; the run took ${(seconds / 60).toFixed(1)} minutes.`;
  return [...figures].reduce((text, [suite, tables]) => withMeasured(text, suite, `${line}\n\n${tables}`), page);
}

/** One table for each flavour of the database server, and the goals that were missed. */
export function databaseFigures(results: readonly Result[]): string {
  const missed = results.flatMap((result) =>
    result.missed.map((text) => `- ${result.case} (${result.flavor}): ${text}`),
  );
  const tables = [...Map.groupBy(results, ({ flavor }) => flavor)].map(([flavor, rows]) =>
    markdownTable(pageColumns(flavor), rows),
  );
  return [...tables, ...(missed.length > 0 ? [`Missed goals:\n\n${missed.join("\n")}`] : [])].join("\n\n");
}

/** The flavour stands in the first title. A row without a write load has no counts. */
function pageColumns(flavor: string): Column<Result>[] {
  const counts = ["acknowledged", "lost"];
  return columns
    .filter(({ title }) => title !== "flavour" && title !== "verdict")
    .map((column) => ({
      ...column,
      title: column.title === "case" ? `case (${flavor})` : column.title,
      of: (result) => (counts.includes(column.title) && withoutLoad(result) ? "-" : column.of(result)),
    }));
}

function withoutLoad({ acknowledged, lost, longestGapSeconds }: Result): boolean {
  return acknowledged === 0 && lost === 0 && longestGapSeconds === undefined;
}

/** The cases of the deploy hook under requests. The goal is no failed request, except where a machine stops. */
export function hookFigures(results: readonly HookResult[]): string {
  const goal: Column<HookResult> = { title: "goal", of: ({ mayFail }) => (mayFail ? "-" : "0 failed"), right: true };
  const shown = hookColumns.filter(({ title }) => title !== "took" && title !== "verdict");
  return markdownTable(
    [...shown, goal],
    results.filter(({ load }) => load !== undefined),
  );
}

/** The figures of a suite that checks statements instead of cases. */
export function statementFigures(result: Result): string {
  const rows: [string, string][] = [
    ["statements checked", String(result.checks ?? 0)],
    ["machines healthy after", result.healthySeconds === undefined ? "-" : `${result.healthySeconds.toFixed(1)} s`],
    ...(result.figures ?? []),
  ];
  return markdownTable<[string, string]>(
    [
      { title: "figure", of: ([subject]) => subject },
      { title: "measured", of: ([, measured]) => measured, right: true },
    ],
    rows,
  );
}
