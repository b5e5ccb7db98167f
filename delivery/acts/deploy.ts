import { type Builder, build, builders, checkout } from "../build.ts";
import { appUrl, previewName } from "../decisions/names.ts";
import { checked, DeliveryError, show } from "../decisions/problem.ts";
import { promote, promotion, type TestStage, testStages } from "../decisions/promote.ts";
import { Evidence, type Image } from "../evidence.ts";
import { type Environment, type Project, placeOf, readProject } from "../project.ts";
import type { Target } from "../targets/target.ts";
import { type Common, environmentOf, imagesOf, input, numberOf, type Outcome, type Say, targetOf } from "./shared.ts";

export interface BuildCommandOptions extends Common {
  builder: string;
  preview?: boolean;
  buildArg: string[];
}

/** Builds and pushes the images of what is checked out, or finds those that are there. */
export async function buildImages(options: BuildCommandOptions, say: Say): Promise<Outcome> {
  const project = readProject(options.project);
  if (!builders.includes(options.builder as Builder))
    throw new DeliveryError(`--builder: ${show(options.builder)} is not a builder; use ${builders.join(", ")}`);
  const args = Object.fromEntries(options.buildArg.map(pair));
  const kind = options.preview ? "preview" : "tree";
  const result = await build({
    folder: ".",
    project,
    evidence: new Evidence(project),
    builder: options.builder as Builder,
    kind,
    args,
    say,
  });
  return { result, text: result.images.map(({ app, digest }) => `${app} ${digest}\n`).join("") };
}

function pair(given: string): [string, string] {
  const [, key, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(given) ?? [];
  if (key === undefined || value === undefined)
    throw new DeliveryError(`--build-arg: ${show(given)} is no argument; use NAME=value`);
  return [key, value];
}

export interface DeployOptions extends Common {
  images: string;
  pullRequest?: string;
  tokens?: string;
}

/** Brings an environment to what was built, one app after the other, in the project's order. */
export async function deploy(environment: string, options: DeployOptions, say: Say): Promise<Outcome> {
  const project = readProject(options.project);
  const where = environmentOf(environment);
  if (where === "production")
    throw new DeliveryError("production takes what has passed on staging; use paasmas delivery promote");
  const number = previewNumber(where, options.pullRequest);
  const { images } = imagesOf(options.images, project);
  const result = await deployAll(project, where, images, number, options.tokens, say);
  return { result, text: deployedText(result) };
}

/** A preview is of a pull request; nothing else is. */
function previewNumber(where: Environment, given: string | undefined): number | undefined {
  if ((where === "preview") === (given !== undefined)) return given === undefined ? undefined : numberOf(given);
  throw new DeliveryError(
    `--pull-request: ${where === "preview" ? "is missing; a preview is of one" : `is not for ${where}`}`,
  );
}

interface Reached {
  app: string;
  name: string;
  digest: string;
  url: string;
}

async function deployAll(
  project: Project,
  where: Environment,
  images: readonly Image[],
  number: number | undefined,
  tokens: string | undefined,
  say: Say,
): Promise<Reached[]> {
  const target = targetOf(project, where, tokens);
  const { domain } = placeOf(project, where);
  const reached: Reached[] = [];
  const changed: string[] = [];
  for (const { app, digest } of images) {
    const name = number === undefined ? app : previewName(number, app);
    try {
      const done = await target.deploy(app, digest, number === undefined ? undefined : name);
      reached.push({ app, name, digest, url: done.url ?? appUrl(name, domain) });
      if (done.changed) changed.push(app);
      say(`${name} ${done.changed ? "runs" : "ran already"} ${digest}`);
    } catch (error) {
      // Apps that were tested together run together.
      if (where === "production") await goBack(target, changed, say);
      throw error;
    }
  }
  return reached;
}

async function goBack(target: Target, apps: readonly string[], say: Say): Promise<void> {
  for (const app of apps.toReversed()) {
    try {
      const { digest } = await target.rollback(app);
      say(`${app} is back at ${digest}`);
    } catch (error) {
      say(`${app} is not back at what it ran before: ${(error as Error).message}`);
    }
  }
}

function deployedText(reached: readonly Reached[]): string {
  return reached.map(({ name, digest, url }) => `${name} ${digest} ${url}\n`).join("");
}

/** Notes in the registry that images passed a test on staging, where those very images must be running. */
export async function pass(stage: string, options: DeployOptions): Promise<Outcome> {
  if (!testStages.includes(stage as TestStage))
    throw new DeliveryError(`${show(stage)} is not a test; use ${testStages.join(" or ")}`);
  const project = readProject(options.project);
  const { tree, images } = imagesOf(options.images, project);
  const running = await targetOf(project, "staging", undefined).list();
  const wrong = images.filter(({ app, digest }) => !running.some((one) => one.name === app && one.digest === digest));
  if (wrong.length > 0) {
    const what = wrong.map(
      ({ app, digest }) =>
        `${app}: staging runs ${running.find((one) => one.name === app)?.digest ?? "nothing"}, and what was to be tested is ${digest}`,
    );
    return { result: { passed: false, refusals: what }, text: `${what.join("\n")}\n`, refused: true };
  }
  await new Evidence(project).pass(stage as TestStage, tree, images);
  return {
    result: { passed: true, refusals: [] },
    text: `${images.map(({ app }) => app).join(", ")}: passed ${stage}\n`,
  };
}

/** Whether images may go to production; with `--images`, asks the registry for evidence and brings them there. */
export async function promoteImages(options: Partial<DeployOptions> & Common, say: Say): Promise<Outcome> {
  if (options.images === undefined) {
    const verdict = promote(checked(promotion, input(options), "--input"));
    return { result: verdict, text: verdictText(verdict.refusals), refused: !verdict.allowed };
  }
  const project = readProject(options.project);
  const { commit, tree, images } = imagesOf(options.images, project);
  const evidence = new Evidence(project);
  const here = checkout(".").tree;
  const verdict = promote({ tree: here, images, apps: Object.keys(project.apps), evidence: await evidence.of(here) });
  if (tree !== here)
    verdict.refusals.unshift(
      `the images are of tree ${tree.slice(0, 12)}, and what is checked out is tree ${here.slice(0, 12)}`,
    );
  verdict.allowed = verdict.refusals.length === 0;
  if (!verdict.allowed)
    return { result: { ...verdict, commit, deployed: [] }, text: verdictText(verdict.refusals), refused: true };
  const deployed = await deployAll(project, "production", images, undefined, options.tokens, say);
  const releasedAt = new Date();
  await evidence.released(releasedAt, images);
  return {
    result: { ...verdict, commit, releasedAt: releasedAt.toISOString(), deployed },
    text: deployedText(deployed),
  };
}

function verdictText(refusals: readonly string[]): string {
  return refusals.length === 0 ? "may be released\n" : `refused\n${refusals.map((line) => `  ${line}\n`).join("")}`;
}

/** Back to what an app ran before. */
export async function rollback(
  environment: string,
  app: string,
  options: Common & { tokens?: string; pullRequest?: string },
): Promise<Outcome> {
  const project = readProject(options.project);
  if (project.apps[app] === undefined)
    throw new DeliveryError(`${show(app)} is no app of the project; use ${Object.keys(project.apps).join(", ")}`);
  const where = environmentOf(environment);
  const number = previewNumber(where, options.pullRequest);
  const done = await targetOf(project, where, options.tokens).rollback(
    app,
    number === undefined ? undefined : previewName(number, app),
  );
  return { result: done, text: `${done.name} runs ${done.digest} again\n` };
}

/** Removes the apps of a pull request. */
export async function remove(options: Common & { pullRequest: string; tokens?: string }, say: Say): Promise<Outcome> {
  const project = readProject(options.project);
  const number = numberOf(options.pullRequest);
  const target = targetOf(project, "preview", options.tokens);
  const names = Object.keys(project.apps).map((app) => [app, previewName(number, app)] as const);
  for (const [app, name] of names) {
    await target.remove(app, name);
    say(`${name} is removed`);
  }
  const result = names.map(([, name]) => name);
  return { result, text: result.map((name) => `${name}\n`).join("") };
}
