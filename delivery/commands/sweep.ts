import { numberOfPreview, previewName } from "../rules/names.ts";
import { checked } from "../rules/validate.ts";
import { sweep, sweepRules, sweepState } from "../rules/sweep.ts";
import { previewTarget, readProject } from "../project.ts";
import { type Common, githubOf, input, type Outcome, type Log, targetOf } from "./common.ts";

/** Decides which preview apps to remove. Without `--input`, asks GitHub and the deploy target, and removes them. */
export async function sweepPreviews(
  options: Common & { dryRun?: boolean; repository?: string; tokens?: string },
  log: Log,
): Promise<Outcome> {
  if (options.input !== undefined) {
    const { rules, ...given } = checked(sweepState.extend({ rules: sweepRules }), input(options), "--input");
    return swept(sweep(given, rules));
  }
  const project = readProject(options.project);
  const preview = previewTarget(project);
  const target = targetOf(project, "preview", options.tokens);
  const github = githubOf(options.repository ?? project.repository);
  const apps = Object.keys(project.apps);
  const running = await target.list();
  const open = await github.openPullRequests();
  const notOpen = new Set(
    running.map(({ name }) => numberOfPreview(name)).filter((number) => number !== undefined && !open.includes(number)),
  );
  const closed: number[] = [];
  // Ask for each number: an app is removed only if GitHub confirms that its pull request is closed.
  for (const number of notOpen) if (number !== undefined && (await github.isClosed(number))) closed.push(number);
  const ours = running.filter(({ name, app }) => numberOfPreview(name) === undefined || apps.includes(app));
  const result = sweep(
    { now: new Date().toISOString(), apps, running: ours, open, closed },
    { quota: preview.quota, maxAgeHours: preview.maxAgeHours },
  );
  for (const { name, pullRequest } of options.dryRun ? [] : result.remove) {
    const app = apps.find((one) => previewName(pullRequest, one) === name);
    if (app !== undefined) await target.remove(app, name);
    log(`${name} is removed`);
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
    text: lines.length === 0 ? "there are no preview apps\n" : lines.map((line) => `${line}\n`).join(""),
  };
}
