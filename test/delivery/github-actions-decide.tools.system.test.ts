import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { root, shared } from "./workflows.ts";
import { missing } from "../ignition/roles/requirements.ts";

const reason = missing({ programs: ["jq"] });
beforeEach(({ skip }) => skip(reason !== undefined, reason));

interface Workflow {
  jobs: { decide: { steps: { run?: string }[] } };
}

const delivery = parse(readFileSync(join(root, `${shared}/delivery.yml`), "utf8")) as Workflow;

test("the workflow only tests a pull request of a fork and ignores a closed one", () => {
  const script = delivery.jobs.decide.steps.at(-1)!.run!;
  const folder = mkdtempSync(join(tmpdir(), "paasmas-actions-"));
  try {
    writeFileSync(
      join(folder, "paasmas"),
      `#!/bin/sh\necho "$@" >>${folder}/asked\ncat >>${folder}/asked\necho "{\\"stages\\":$STAGES}"\n`,
      { mode: 0o755 },
    );
    const decide = (STAGES: string, FORK: string) => {
      const output = join(folder, "output");
      writeFileSync(output, "");
      const env = {
        PATH: `${folder}:${process.env.PATH}`,
        STAGES,
        FORK,
        CHANGE: '{"event":"push"}',
        GITHUB_OUTPUT: output,
        GITHUB_REPOSITORY: "example/shop",
      };
      execFileSync("bash", ["--norc", "-eo", "pipefail", "-c", script], { env });
      return readFileSync(output, "utf8");
    };
    expect(decide('["commit", "preview"]', "false")).toBe('stages=["commit","preview"]\n');
    expect(decide('["commit", "preview"]', "true")).toBe('stages=["tests"]\n');
    expect(decide('["tests"]', "true")).toBe('stages=["tests"]\n');
    expect(decide('["remove"]', "true")).toBe("stages=[]\n");
    expect(decide('["remove"]', "false")).toBe('stages=["remove"]\n');
    expect(readFileSync(join(folder, "asked"), "utf8").split("\n").slice(0, 2)).toEqual([
      "delivery decide --look-up --repository example/shop --json --input -",
      '{"event":"push"}',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
