import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = new URL("../../", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const workflow = parse(readFileSync(new URL("examples/ci/github-actions.yml", root), "utf8"));
const jenkinsfile = readFileSync(new URL("examples/ci/Jenkinsfile", root), "utf8");

interface Job {
  "runs-on": string;
  "timeout-minutes": number;
  needs?: string;
  if?: string;
  steps: { uses?: string; run?: string }[];
}

/** Whether a checkout of this repository can run the command. */
function exists(command: string): boolean {
  if (command === "npm ci") return existsSync(new URL("package-lock.json", root));
  const [, script, environment] = /^npm run ([a-z]+)(?: -- ([a-z]+))?$/.exec(command) ?? [];
  if (script === undefined || !(script in scripts)) return false;
  return environment === undefined || existsSync(new URL(`stacks/Pulumi.${environment}.yaml`, root));
}

describe("the GitHub Actions example", () => {
  const jobs: Record<string, Job> = workflow.jobs;
  const commands = Object.values(jobs).flatMap((job) =>
    job.steps.map((step) => step.run).filter((run) => run !== undefined),
  );

  it("runs only existing commands", () => {
    const own = commands.filter((command) => command.startsWith("npm"));
    expect(own).toEqual(["npm ci", "npm run plan", "npm ci", "npm run preview -- staging"]);
    expect(own.filter((command) => !exists(command))).toEqual([]);
  });

  it("uses an action or runs a command in each step", () => {
    for (const job of Object.values(jobs)) {
      expect(job["runs-on"]).toBe("ubuntu-24.04");
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
      for (const step of job.steps) expect(["uses", "run"].filter((key) => key in step).length).toBe(1);
    }
  });

  it("plans without secrets, and gives no secrets to pull requests from forks", () => {
    expect(JSON.stringify(jobs.plan)).not.toContain("secrets.");
    expect(jobs.preview!.needs).toBe("plan");
    expect(jobs.preview!.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(Object.keys(workflow.on)).toEqual(["pull_request", "push"]);
  });
});

describe("the Jenkinsfile example", () => {
  // Without strings and comments, the brackets of a declarative pipeline match.
  const code = jenkinsfile.replace(/\/\/.*$/gm, "").replace(/'[^'\n]*'/g, "''");

  it("is one pipeline with two stages and matching brackets", () => {
    const open: string[] = [];
    const pairs: Record<string, string> = { "}": "{", ")": "(", "]": "[" };
    for (const [bracket] of code.matchAll(/[{}()[\]]/g)) {
      if (bracket in pairs) expect(open.pop()).toBe(pairs[bracket]);
      else open.push(bracket);
    }
    expect(open).toEqual([]);
    expect(code).not.toContain('"');
    expect(code.trim()).toMatch(/^pipeline \{/);
    expect([...jenkinsfile.matchAll(/stage\('(\w+)'\)/g)].map(([, name]) => name)).toEqual(["Plan", "Preview"]);
  });

  it("runs only existing commands", () => {
    const commands = [...jenkinsfile.matchAll(/\bsh '([^']+)'/g)].map(([, command]) => command!);
    expect(commands).toEqual(["npm ci", "npm run plan", "npm run preview -- staging"]);
    expect(commands.filter((command) => !exists(command))).toEqual([]);
  });

  it("uses no credentials in the plan, and skips the preview of a pull request", () => {
    const [plan, preview] = jenkinsfile.split("stage('Preview')");
    expect(plan).not.toContain("credentials(");
    expect(preview).toContain("when { not { changeRequest() } }");
  });
});
