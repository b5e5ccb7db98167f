import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { scripts } from "./role-files.ts";

test.each(scripts.filter((path) => !path.endsWith(".sh")))("%s stops at the first error", (path) => {
  expect(readFileSync(path, "utf8")).toMatch(/^set -euo pipefail$/m);
});

// shfmt takes an unquoted key with a slash for a division and puts spaces around the slash: another key.
test.each(scripts)("%s quotes array keys that contain a slash", (path) => {
  expect(readFileSync(path, "utf8")).not.toMatch(/\$\{\w+\[\w+ ?\/ ?\$/);
});
