import { numberOfPreview, previewName } from "../decisions/names.ts";
import { checked } from "../decisions/problem.ts";
import { sweep, sweepRules, sweepState } from "../decisions/sweep.ts";
import { previewPlace, readProject } from "../project.ts";
import { type Common, githubOf, input, type Outcome, type Say, targetOf } from "./shared.ts";

/** What is to be swept; without `--input`, looks at GitHub and the hook, and removes it. */
export async function sweepPreviews(
  options: Common & { dryRun?: boolean; repository?: string; tokens?: string },
  say: Say,
): Promise<Outcome> {
  if (options.input !== undefined) {
    const { rules, ...given } = checked(sweepState.extend({ rules: sweepRules }), input(options), "--input");
    return swept(sweep(given, rules));
  }
  const project = readProject(options.project);
  const place = previewPlace(project);
  const target = targetOf(project, "preview", options.tokens);
  const github = githubOf(options.repository ?? project.repository);
  const apps = Object.keys(project.apps);
  const running = await target.list();
  const open = await github.openPullRequests();
  const others = new Set(
    running.map(({ name }) => numberOfPreview(name)).filter((number) => number !== undefined && !open.includes(number)),
  );
  const closed: number[] = [];
  // Asked one by one: that a number is not among the open ones is not enough to remove what it names.
  for (const number of others) if (number !== undefined && (await github.isClosed(number))) closed.push(number);
  const ours = running.filter(({ name, app }) => numberOfPreview(name) === undefined || apps.includes(app));
  const result = sweep(
    { now: new Date().toISOString(), apps, running: ours, open, closed },
    { quota: place.quota, maxAgeHours: place.maxAgeHours },
  );
  for (const { name, pullRequest } of options.dryRun ? [] : result.remove) {
    const app = apps.find((one) => previewName(pullRequest, one) === name);
    if (app !== undefined) await target.remove(app, name);
    say(`${name} is removed`);
  }
  return swept(result);
}

function swept(result: ReturnType<typeof sweep>): Outcome {
  const lines = [
    ...result.remove.map(({ name, reason }) => `remove ${name}: ${reason}`),
    ...result.orphans.map(({ name, reason }) => `orphan ${name}: ${reason}`),
    ...result.keep.map((name) => `keep ${name}`),
  ];
  return {
    result,
    text: lines.length === 0 ? "there are no apps of pull requests\n" : lines.map((line) => `${line}\n`).join(""),
  };
}
