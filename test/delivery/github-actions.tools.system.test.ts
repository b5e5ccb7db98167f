// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the string is an expression of GitHub.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { goEnvironment } from "../tools/go.ts";
import { root, workflows } from "./workflows.ts";

const linter = join(root, ".cache/tools/actionlint");
const build = spawnSync(
  "go",
  ["build", "-trimpath", "-buildvcs=false", "-o", linter, "github.com/rhysd/actionlint/cmd/actionlint"],
  {
    cwd: join(root, "test/tools/actionlint"),
    env: goEnvironment,
    encoding: "utf8",
  },
);
const reason = build.error
  ? "Go is not installed (test/tools/setup.sh)"
  : build.status === 0
    ? undefined
    : `actionlint cannot be built: ${build.stderr.trim().split("\n").at(-1)}`;
if (reason !== undefined && process.env.CI === "true") throw new Error(reason);

describe("actionlint", { timeout: 120_000 }, () => {
  beforeEach(({ skip }) => skip(reason !== undefined, reason));

  const lint = (paths: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), "paasmas-lint-"));
    try {
      const config = join(folder, "actionlint.yaml");
      writeFileSync(config, "self-hosted-runner:\n  labels: [delivery]\n");
      const ran = spawnSync(linter, ["-no-color", "-config-file", config, ...paths], { cwd: root, encoding: "utf8" });
      return ran.error?.message ?? ran.stdout + ran.stderr;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  test("finds no problem in the workflows", () => {
    expect(lint([...workflows, ".github/workflows/check.yaml"])).toBe("");
  });

  test("finds a problem in a broken workflow", () => {
    const folder = mkdtempSync(join(tmpdir(), "paasmas-lint-"));
    try {
      const broken = join(folder, "broken.yml");
      writeFileSync(
        broken,
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: b\n" +
          "    steps:\n      - run: echo ${{ github.nope }}\n",
      );
      expect(lint([broken])).toMatch(/"b" which does not exist in this workflow[\s\S]*property "nope" is not defined/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
