import { describe, expect, test } from "vitest";
import { skipLines, slowestLines } from "./summary.ts";

describe("the summary of skipped tests", () => {
  test("counts tests by reason and names the command, the most frequent reason first", () => {
    const etcd = { project: "tools", reason: "no etcd on the PATH" };
    expect(skipLines([{ project: "system", reason: "no Linux" }, etcd, etcd])).toEqual([
      "skipped: 2 tests: no etcd on the PATH (npm run test:system)",
      "skipped: 1 test: no Linux (npm test)",
    ]);
  });

  test("is empty when every test ran", () => {
    expect(skipLines([])).toEqual([]);
  });
});

test("the slowest files come first, and only as many as asked for", () => {
  const times = [
    { file: "a.test.ts", seconds: 0.26 },
    { file: "b.test.ts", seconds: 12 },
    { file: "c.test.ts", seconds: 3 },
  ];
  expect(slowestLines(times, 2)).toEqual(["slow:   12.0 s  b.test.ts", "slow:    3.0 s  c.test.ts"]);
});
