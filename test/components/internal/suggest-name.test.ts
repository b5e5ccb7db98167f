import { expect, test } from "vitest";
import { suggestName } from "../../../components/internal/suggest-name.ts";

const known = ["size", "flavor", "volumeGiB", "databases", "tuning", "environment"];

test.each([
  ["sise", "size"],
  ["szie", "size"],
  ["Size", "size"],
  ["flavour", "flavor"],
  ["volumeGb", "volumeGiB"],
  ["database", "databases"],
  ["enviroment", "environment"],
  ["password", undefined],
  ["x", undefined],
])("suggests for %s the known name %s", (given, meant) => {
  expect(suggestName(given, known)).toBe(meant);
});

test("suggests nothing without known names", () => {
  expect(suggestName("size", [])).toBeUndefined();
});
