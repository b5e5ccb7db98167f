import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { stages } from "../../delivery/decisions/route.ts";
import { goEnvironment } from "../tools/go.ts";

const root = join(import.meta.dirname, "..", "..");
const shared = "examples/delivery/github-actions/.github/workflows";
const own = "examples/three-services/.github/workflows";
const files = [
  `${shared}/delivery.yml`,
  `${shared}/sweep.yml`,
  `${own}/delivery.yml`,
  `${own}/sweep.yml`,
  "examples/ci/github-actions.yml",
];
const read = (file: string) => parse(readFileSync(join(root, file), "utf8")) as Workflow;

interface Step {
  uses?: string;
  run?: string;
  env?: Record<string, string>;
}

interface Job {
  "runs-on"?: string;
  uses?: string;
  if?: string;
  needs?: string | string[];
  environment?: string;
  concurrency?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  steps?: Step[];
  env?: Record<string, string>;
}

interface Workflow {
  on: Record<string, any>;
  permissions: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": string };
  jobs: Record<string, Job>;
}

const delivery = read(`${shared}/delivery.yml`);
const jobs = Object.entries(delivery.jobs);

describe("the workflows", () => {
  test("go through every stage there is, each where it is decided", () => {
    const asked = jobs.flatMap(([, job]) =>
      [job.if ?? "", ...(job.steps ?? []).map((step) => (step as { if?: string }).if ?? "")].flatMap((text) =>
        [...text.matchAll(/outputs\.stages\), '(\w+)'/g)].map(([, stage]) => stage!),
      ),
    );
    // The manual stage is the environment's required reviewers.
    expect(new Set(asked)).toEqual(new Set(stages.filter((stage) => stage !== "manual")));
    expect(delivery.jobs.release!.environment).toBe("production");
  });

  test("give a token of the hooks to the one environment it is for, and only to the step that uses it", () => {
    const holders = jobs.flatMap(([name, job]) =>
      (job.steps ?? [])
        .filter((step) => JSON.stringify(step).includes("secrets."))
        .map((step) => `${name} (${job.environment}): ${step.run?.match(/paasmas delivery \w+( \w+)?/)?.[0]}`),
    );
    expect(holders).toEqual([
      "preview (preview): paasmas delivery deploy preview",
      "remove (preview): paasmas delivery remove",
      "staging (staging): paasmas delivery deploy staging",
      "staging (staging): paasmas delivery pass acceptance",
      "staging (staging): paasmas delivery pass capacity",
      "release (production): paasmas delivery promote",
      "notify (notification): paasmas delivery notify",
    ]);
    for (const [name, job] of jobs) expect(JSON.stringify(job.env ?? {}), name).not.toContain("secrets.");
  });

  test("run strangers' code on GitHub's machines alone, with a token that can only read", () => {
    expect(delivery.jobs.tests).toMatchObject({ "runs-on": "ubuntu-24.04", permissions: { contents: "read" } });
    expect(delivery.jobs.tests!.environment).toBeUndefined();
    // Asks GitHub about the pull request, and runs nothing of it.
    expect(delivery.jobs.decide!["runs-on"]).toBe("${{ github.event_name == 'push' && 'delivery' || 'ubuntu-24.04' }}");
    for (const [name, { on }] of files.map((file) => [file, read(file)] as const))
      expect(Object.keys(on), name).not.toContain("pull_request_target");
  });

  test.each(files)("%s: no permission that is not named, no job without a limit, no action that moves", (file) => {
    const workflow = read(file);
    // Of others' actions a commit, and for people the version that it is.
    for (const line of readFileSync(join(root, file), "utf8").match(/uses: actions\/.*/g) ?? [])
      expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    expect(workflow.permissions).toEqual(file.startsWith("examples/ci") ? { contents: "read" } : {});
    for (const [name, job] of Object.entries(workflow.jobs)) {
      if (job.uses === undefined) expect(job["timeout-minutes"], name).toBeLessThanOrEqual(60);
      for (const uses of [job.uses, ...(job.steps ?? []).map((step) => step.uses)].filter((one) => one !== undefined)) {
        expect(uses).toMatch(
          /^(actions\/(checkout|setup-node|upload-artifact|download-artifact)@[0-9a-f]{40}|example\/delivery\/.*@v1)$/,
        );
      }
      for (const [permission, level] of Object.entries(job.permissions ?? {})) {
        const writes = permission === "pull-requests" && ["preview", "remove", "delivery"].includes(name);
        expect(`${name}: ${permission} ${level}`).toBe(`${name}: ${permission} ${writes ? "write" : "read"}`);
      }
    }
  });

  test("put nothing from outside into a script: what a branch is called must not be run", () => {
    const scripts = [...files, "examples/delivery/github-actions/paasmas/action.yml"].flatMap(
      (file) => readFileSync(join(root, file), "utf8").match(/run: (\|[^\n]*\n( {8,}.*\n)+|.*)/g) ?? [],
    );
    expect(scripts.length).toBeGreaterThan(15);
    for (const script of scripts.map((text) => text.split(/\n {8}env:/)[0]!)) expect(script).not.toContain("${{");
  });

  test("one environment is changed by one run at a time, and none is cut short there", () => {
    const queued = jobs
      .filter(([, job]) => job.environment !== undefined && job.environment !== "notification")
      .map(([name, job]) => [name, job.concurrency]);
    expect(queued).toEqual([
      ["preview", "preview-${{ github.event.number }}"],
      ["remove", "preview-${{ github.event.number }}"],
      ["staging", "staging"],
      ["release", "production"],
    ]);
    const { concurrency, on } = read(`${own}/delivery.yml`);
    expect(concurrency!["cancel-in-progress"]).toBe(
      "${{ github.event_name == 'pull_request' && github.event.action != 'closed' }}",
    );
    expect(on.pull_request.types).toEqual(["opened", "synchronize", "reopened", "labeled", "closed"]);
    expect(on.push).toEqual({ branches: ["**"] });
  });

  test("a fork's pull request is tested, or left alone when it is closed", () => {
    const script = delivery.jobs.decide!.steps!.at(-1)!.run!;
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
});

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
const skipped = reason !== undefined && process.env.CI !== "true";

describe.skipIf(skipped)(`actionlint${skipped ? `: ${reason}` : ""}`, { timeout: 120_000 }, () => {
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

  test("finds nothing in the workflows", () => {
    expect(lint(files)).toBe("");
  });

  test("would find something", () => {
    const folder = mkdtempSync(join(tmpdir(), "paasmas-lint-"));
    try {
      const broken = join(folder, "broken.yml");
      writeFileSync(
        broken,
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    needs: b\n    steps:\n      - run: echo ${{ github.nope }}\n",
      );
      expect(lint([broken])).toMatch(/"b" which does not exist in this workflow[\s\S]*property "nope" is not defined/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
