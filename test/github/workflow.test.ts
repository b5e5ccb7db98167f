import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

interface Job {
  permissions?: object;
  "timeout-minutes": number;
  steps: { uses?: string; run?: string; with?: object }[];
}

const root = resolve(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const text = read(".github/workflows/check.yaml");
const workflow: { permissions: object; jobs: Record<string, Job> } = parse(text);
const jobs = Object.values(workflow.jobs);
const steps = jobs.flatMap((job) => job.steps);

describe("the workflow of this repository", () => {
  it("can only read, and uses no secret", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(jobs.filter((job) => job.permissions !== undefined)).toEqual([]);
    expect(text).not.toContain("secrets.");
    expect(text).not.toContain("pull_request_target");
    const checkouts = steps.filter((step) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with)).toEqual(jobs.map(() => ({ "persist-credentials": false })));
  });

  it("uses the same pinned actions as the examples", () => {
    const pinned = (source: string) =>
      [...source.matchAll(/uses: (actions\/\S+@[0-9a-f]{40} # v\S+)/g)].map(([, use]) => use!);
    const used = pinned(text);
    expect(used).toHaveLength(steps.filter((step) => step.uses).length);
    const examples = pinned(read("examples/ci/github-actions.yml"));
    expect(used.filter((use) => !examples.includes(use))).toEqual([]);
  });

  it("runs commands that exist, and every job has a time limit", () => {
    const { scripts } = JSON.parse(read("package.json"));
    const commands = steps.flatMap((step) => (step.run ? [step.run] : []));
    const missing = commands.filter((command) => {
      if (command.startsWith(".ci/")) return !existsSync(join(root, command));
      const [, script] = /^npm (?:run )?([\w:]+)$/.exec(command) ?? [];
      return script !== undefined && scripts[script] === undefined;
    });
    expect(missing).toEqual([]);
    expect(commands).toEqual(expect.arrayContaining(["npm run check", "npm test", ".ci/run"]));
    expect(jobs.filter((job) => !(job["timeout-minutes"] > 0))).toEqual([]);
  });
});

describe("the templates for issues", () => {
  it("each have a name, a description and a label", () => {
    const folder = ".github/ISSUE_TEMPLATE";
    const templates = readdirSync(join(root, folder)).filter((name) => name.endsWith(".md"));
    expect(templates.sort()).toEqual(["bug.md", "feature.md"]);
    for (const name of templates) {
      const [, header = ""] = /^---\n([\s\S]*?)\n---\n/.exec(read(`${folder}/${name}`)) ?? [];
      expect(parse(header)).toEqual({
        name: expect.any(String),
        about: expect.any(String),
        labels: expect.any(String),
      });
    }
  });
});
