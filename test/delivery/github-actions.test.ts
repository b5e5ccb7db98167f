// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the strings are expressions of GitHub.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { stages } from "../../delivery/rules/route.ts";
import { own, root, shared, workflows as files } from "./workflows.ts";

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
  on: Record<string, { types?: string[]; branches?: string[] }>;
  permissions: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": string };
  jobs: Record<string, Job>;
}

const delivery = read(`${shared}/delivery.yml`);
const jobs = Object.entries(delivery.jobs);

describe("the GitHub workflows", () => {
  test("have all stages, each with its condition", () => {
    const asked = jobs.flatMap(([, job]) =>
      [job.if ?? "", ...(job.steps ?? []).map((step) => (step as { if?: string }).if ?? "")].flatMap((text) =>
        [...text.matchAll(/outputs\.stages\), '(\w+)'/g)].map(([, stage]) => stage!),
      ),
    );
    // The required reviewers of the environment are the manual stage.
    expect(new Set(asked)).toEqual(new Set(stages.filter((stage) => stage !== "manual")));
    expect(delivery.jobs.release!.environment).toBe("production");
  });

  test("give the tokens of an environment only to the steps that need them", () => {
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

  test("run untrusted code only on GitHub-hosted runners, with a read-only token", () => {
    expect(delivery.jobs.tests).toMatchObject({ "runs-on": "ubuntu-24.04", permissions: { contents: "read" } });
    expect(delivery.jobs.tests!.environment).toBeUndefined();
    // This job reads the pull request from GitHub and does not run its code.
    expect(delivery.jobs.decide!["runs-on"]).toBe("${{ github.event_name == 'push' && 'delivery' || 'ubuntu-24.04' }}");
    for (const [name, { on }] of files.map((file) => [file, read(file)] as const))
      expect(Object.keys(on), name).not.toContain("pull_request_target");
  });

  test.each(files)("%s has minimal permissions, a time limit per job and pinned actions", (file) => {
    const workflow = read(file);
    // External actions are pinned to a commit, with the version as a comment.
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

  test("do not insert expressions into scripts, so that a branch name cannot run", () => {
    const scripts = [...files, "examples/delivery/github-actions/paasmas/action.yml"].flatMap(
      (file) => readFileSync(join(root, file), "utf8").match(/run: (\|[^\n]*\n( {8,}.*\n)+|.*)/g) ?? [],
    );
    expect(scripts.length).toBeGreaterThan(15);
    for (const script of scripts.map((text) => text.split(/\n {8}env:/)[0]!)) expect(script).not.toContain("${{");
  });

  test("change an environment in one run at a time and do not cancel it", () => {
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
    expect(on.pull_request!.types).toEqual(["opened", "synchronize", "reopened", "labeled", "closed"]);
    expect(on.push).toEqual({ branches: ["**"] });
  });
});
