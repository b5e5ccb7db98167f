import { expect, test } from "vitest";
import { nearest } from "../../../stacks/config/nearest.ts";

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
  expect(nearest(given, known)).toBe(meant);
});

test("suggests nothing without known names", () => {
  expect(nearest("size", [])).toBeUndefined();
});
