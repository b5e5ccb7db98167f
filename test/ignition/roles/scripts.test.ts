import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { others, scripts } from "./role-files.ts";

test("there are scripts to check", () => {
  expect(scripts.length).toBeGreaterThanOrEqual(22);
  expect(others.map((path) => path.split("/").at(-1))).toEqual(
    expect.arrayContaining([
      "gate.sh",
      "node-init.sh",
      "object-store-setup.sh",
      "paasmas-deploy",
      "ghost-environment",
      "setup.sh",
    ]),
  );
});

test.each(scripts.filter((path) => !path.endsWith(".sh")))("%s stops at the first error", (path) => {
  expect(readFileSync(path, "utf8")).toMatch(/^set -euo pipefail$/m);
});
