import { relative } from "node:path";
import { expect, test } from "vitest";
import { shellScripts } from "../../../scripts/files.ts";
import { scripts } from "./role-files.ts";

// `npm run lint` runs shellcheck on these files.
const checked = shellScripts();

test("npm run lint checks every script of the roles", () => {
  expect(scripts.length).toBeGreaterThanOrEqual(22);
  expect(checked).toEqual(expect.arrayContaining(scripts.map((path) => relative(".", path))));
});

test("npm run lint checks the scripts that do not run on machines", () => {
  expect(checked.map((path) => path.split("/").at(-1))).toEqual(
    expect.arrayContaining([
      "gate.sh",
      "node-init.sh",
      "object-store-setup.sh",
      "paasmas-deploy",
      "post-receive",
      "ghost-environment",
      "setup.sh",
    ]),
  );
});
