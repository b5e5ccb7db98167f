import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

const root = new URL("../../", import.meta.url);
const { scripts } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));
const workflow = parse(readFileSync(new URL("examples/ci/github-actions.yml", root), "utf8"));
const jenkinsfile = readFileSync(new URL("examples/ci/Jenkinsfile", root), "utf8");

/** Whether a command is one that a checkout of this repository can run. */
function exists(command: string): boolean {
  if (command === "npm ci") return existsSync(new URL("package-lock.json", root));
  const [, script, environment] = /^npm run ([a-z]+)(?: -- ([a-z]+))?$/.exec(command) ?? [];
  if (script === undefined || !(script in scripts)) return false;
  return environment === undefined || existsSync(new URL(`stacks/Pulumi.${environment}.yaml`, root));
}

describe("the GitHub Actions example", () => {
  const jobs: Record<string, any> = workflow.jobs;
  const commands = Object.values(jobs).flatMap((job) =>
    job.steps.map((step: any) => step.run).filter((run: unknown) => run),
  );

  it("runs commands that exist", () => {
    const own = commands.filter((command) => command.startsWith("npm"));
    expect(own).toEqual(["npm ci", "npm run plan", "npm ci", "npm run preview -- staging"]);
    expect(own.filter((command) => !exists(command))).toEqual([]);
  });

  it("has steps that each either use an action or run a command", () => {
    for (const job of Object.values(jobs)) {
      expect(job["runs-on"]).toBe("ubuntu-24.04");
      expect(job["timeout-minutes"]).toBeGreaterThan(0);
      for (const step of job.steps) expect(["uses", "run"].filter((key) => key in step).length).toBe(1);
    }
  });

  it("plans without secrets, and keeps the preview's from strangers", () => {
    expect(JSON.stringify(jobs.plan)).not.toContain("secrets.");
    expect(jobs.preview.needs).toBe("plan");
    expect(jobs.preview.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(Object.keys(workflow.on)).toEqual(["pull_request", "push"]);
  });
});

describe("the Jenkinsfile example", () => {
  // Enough of Groovy's syntax for a declarative pipeline: strings and comments taken out, brackets must match.
  const code = jenkinsfile.replace(/\/\/.*$/gm, "").replace(/'[^'\n]*'/g, "''");

  it("is balanced, and one pipeline with two stages", () => {
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

  it("runs commands that exist", () => {
    const commands = [...jenkinsfile.matchAll(/\bsh '([^']+)'/g)].map(([, command]) => command!);
    expect(commands).toEqual(["npm ci", "npm run plan", "npm run preview -- staging"]);
    expect(commands.filter((command) => !exists(command))).toEqual([]);
  });

  it("has no credentials in the plan, and none at all in a pull request", () => {
    const [plan, preview] = jenkinsfile.split("stage('Preview')");
    expect(plan).not.toContain("credentials(");
    expect(preview).toContain("when { not { changeRequest() } }");
  });
});
