import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { databaseFigures, hookFigures, labReport, statementFigures } from "../lab/report.ts";
import { suites } from "../lab/suites/index.ts";
import { markdownTable, type Result } from "../lab/table.ts";
import { type Conditions, conditionsLine } from "./conditions.ts";
import { measuredBlocks, withMeasured } from "./page.ts";

const root = resolve(import.meta.dirname, "../..");
const page = (path: string) => readFileSync(join(root, path), "utf8");
const conditions: Conditions = {
  date: "2026-11-22",
  processors: 2,
  model: "Intel Xeon",
  memoryGiB: 24,
  node: "v24.1.0",
  load: 0.31,
};
const killed: Result = {
  case: "kill -9 of the writer",
  flavor: "percona",
  acknowledged: 12_345,
  lost: 0,
  longestGapSeconds: 1.851,
  gapGoalSeconds: 3,
  healthySeconds: 14.06,
  missed: [],
  failures: [],
};
const cold: Result = { ...killed, case: "cold start", acknowledged: 0, healthySeconds: 65.8, missed: [] };
delete cold.longestGapSeconds;
delete cold.gapGoalSeconds;

describe("a measured block", () => {
  const sample = [
    "# Page",
    "<!-- measured: one -->\nold one\n<!-- end of measured -->",
    "<!-- measured: two -->\nold two\n<!-- end of measured -->",
    "The end.",
  ].join("\n\n");

  it("is replaced, and the rest of the page stays as it is", () => {
    const changed = withMeasured(sample, "two", "new $1 two");
    expect(changed).toBe(sample.replace("old two", () => "new $1 two"));
    expect(measuredBlocks(changed)).toEqual(["one", "two"]);
  });

  it("must exist: an unknown name is an error", () => {
    expect(() => withMeasured(sample, "three", "new")).toThrow(/has no block "measured: three"/);
  });
});

describe("the report of the lab", () => {
  it("replaces only the suites of this run, each with its conditions", () => {
    const before = withMeasured(page("docs/lab.md"), "telemetry", "old");
    const after = labReport(before, new Map([["telemetry", "| a |"]]), conditions, 90);
    expect(after).toBe(
      withMeasured(before, "telemetry", `${conditionsLine(conditions)}; the run took 1.5 minutes.\n\n| a |`),
    );
    expect(after).not.toBe(before);
    expect(labReport(before, new Map(), conditions, 90)).toBe(before);
  });

  it("shows the database's cases by flavour, with their goals and the goals that were missed", () => {
    const slow: Result = { ...killed, flavor: "mariadb", longestGapSeconds: 3.5, missed: ["3.50 s at 2.0 s"] };
    expect(databaseFigures([cold, killed, slow])).toBe(
      [
        "| case (percona) | acknowledged | lost | longest gap | goal | healthy after |",
        "|---|---:|---:|---:|---:|---:|",
        "| cold start | - | - | - | - | 65.8 s |",
        "| kill -9 of the writer | 12,345 | 0 | 1.85 s | <= 3 s | 14.1 s |",
        "",
        "| case (mariadb) | acknowledged | lost | longest gap | goal | healthy after |",
        "|---|---:|---:|---:|---:|---:|",
        "| kill -9 of the writer | 12,345 | 0 | 3.50 s | <= 3 s | 14.1 s |",
        "",
        "Missed goals:",
        "",
        "- kill -9 of the writer (mariadb): 3.50 s at 2.0 s",
      ].join("\n"),
    );
  });

  it("shows the deploy hook's cases that ran under requests", () => {
    const load = { requests: 1111, failed: 0, failures: {}, versions: {}, longestGapMs: 104, slowestMs: 20 };
    expect(
      hookFigures([
        { case: "a release", load, mayFail: false, seconds: 3, failures: [] },
        { case: "a reboot", load: { ...load, failed: 7 }, mayFail: true, seconds: 3, failures: [] },
        { case: "requests without a token", mayFail: false, seconds: 1, failures: [] },
      ]),
    ).toBe(
      [
        "| case | requests | failed | longest gap | goal |",
        "|---|---:|---:|---:|---:|",
        "| a release | 1,111 | 0 | 0.10 s | 0 failed |",
        "| a reboot | 1,111 | 7 | 0.10 s | - |",
      ].join("\n"),
    );
  });

  it("shows the number of checked statements and the figures of any other suite", () => {
    expect(statementFigures({ ...cold, checks: 12, figures: [["one image build", "12.1 s"]] })).toBe(
      [
        "| figure | measured |",
        "|---|---:|",
        "| statements checked | 12 |",
        "| machines healthy after | 65.8 s |",
        "| one image build | 12.1 s |",
      ].join("\n"),
    );
  });
});

describe("the conditions", () => {
  it("are one line; the withheld time stands there if it is known", () => {
    const line = "2026-11-22, 2 × Intel Xeon, 24 GiB, Node v24.1.0, load 0.3";
    expect(conditionsLine(conditions)).toBe(line);
    expect(conditionsLine({ ...conditions, withheldPercent: 2 })).toBe(`${line}, 2 % withheld by the host`);
  });
});

describe("a table in Markdown", () => {
  it("aligns numbers to the right and escapes vertical bars", () => {
    const columns = [
      { title: "what", of: (row: string[]) => row[0]! },
      { title: "measured", of: (row: string[]) => row[1]!, right: true },
    ];
    expect(markdownTable(columns, [["a|b", "1"]])).toBe("| what | measured |\n|---|---:|\n| a\\|b | 1 |");
  });
});

describe("the pages", () => {
  it("docs/lab.md has a block for every suite of the lab", () => {
    expect(measuredBlocks(page("docs/lab.md")).sort()).toEqual(suites.map(({ name }) => name).sort());
  });

  it("docs/performance.md has the block of the benchmark", () => {
    expect(measuredBlocks(page("docs/performance.md"))).toEqual(["bench"]);
  });
});
