import { type Builder, build, builders, checkout } from "../build.ts";
import { appUrl, previewName } from "../rules/names.ts";
import { checked, DeliveryError, formatValue } from "../rules/validate.ts";
import { promote, promotion, type TestStage, testStages } from "../rules/promote.ts";
import { ImageRecords, type Image } from "../image-records.ts";
import { type Environment, type Project, deployTargetOf, readProject } from "../project.ts";
import type { Target } from "../targets/target.ts";
import { type Common, environmentOf, imagesOf, input, numberOf, type Outcome, type Log, targetOf } from "./common.ts";

export interface BuildCommandOptions extends Common {
  builder: string;
  preview?: boolean;
  buildArg: string[];
}

/** Builds and pushes the images of the checked-out commit, or finds existing ones. */
export async function buildImages(options: BuildCommandOptions, log: Log): Promise<Outcome> {
  const project = readProject(options.project);
  if (!builders.includes(options.builder as Builder))
    throw new DeliveryError(`--builder: ${formatValue(options.builder)} is not a builder; use ${builders.join(", ")}`);
  const args = Object.fromEntries(options.buildArg.map(pair));
  const kind = options.preview ? "preview" : "tree";
  const result = await build({
    folder: ".",
    project,
    records: new ImageRecords(project),
    builder: options.builder as Builder,
    kind,
    args,
    log,
  });
  return { result, text: result.images.map(({ app, digest }) => `${app} ${digest}\n`).join("") };
}

function pair(given: string): [string, string] {
  const [, key, value] = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(given) ?? [];
  if (key === undefined || value === undefined)
    throw new DeliveryError(`--build-arg: ${formatValue(given)} is not an argument; use NAME=value`);
  return [key, value];
}

export interface DeployOptions extends Common {
  images: string;
  pullRequest?: string;
  tokens?: string;
}

/** Deploys built images to an environment, one app after the other, in the order of the project. */
export async function deploy(environment: string, options: DeployOptions, log: Log): Promise<Outcome> {
  const project = readProject(options.project);
  const where = environmentOf(environment);
  if (where === "production")
    throw new DeliveryError("production accepts only images that passed on staging; use paasmas delivery promote");
  const number = previewNumber(where, options.pullRequest);
  const { images } = imagesOf(options.images, project);
  const result = await deployAll(project, where, images, number, options.tokens, log);
  return { result, text: deployedText(result) };
}

function previewNumber(where: Environment, given: string | undefined): number | undefined {
  if ((where === "preview") === (given !== undefined)) return given === undefined ? undefined : numberOf(given);
  throw new DeliveryError(
    where === "preview"
      ? "--pull-request: is missing; a preview needs the number of a pull request"
      : `--pull-request: is not allowed for ${where}; leave it out`,
  );
}

interface DeployedApp {
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
  log: Log,
): Promise<DeployedApp[]> {
  const target = targetOf(project, where, tokens);
  const { domain } = deployTargetOf(project, where);
  const deployed: DeployedApp[] = [];
  const changed: string[] = [];
  for (const { app, digest } of images) {
    const name = number === undefined ? app : previewName(number, app);
    try {
      const done = await target.deploy(app, digest, number === undefined ? undefined : name);
      deployed.push({ app, name, digest, url: done.url ?? appUrl(name, domain) });
      if (done.changed) changed.push(app);
      log(`${name} ${done.changed ? "runs" : "already runs"} ${digest}`);
    } catch (error) {
      // Roll back the others: production runs only sets of apps that were tested together.
      if (where === "production") await rollBackAll(target, changed, log);
      throw error;
    }
  }
  return deployed;
}

async function rollBackAll(target: Target, apps: readonly string[], log: Log): Promise<void> {
  for (const app of apps.toReversed()) {
    try {
      const { digest } = await target.rollback(app);
      log(`${app} is rolled back to ${digest}`);
    } catch (error) {
      log(`${app}: rollback failed: ${(error as Error).message}`);
    }
  }
}

function deployedText(deployed: readonly DeployedApp[]): string {
  return deployed.map(({ name, digest, url }) => `${name} ${digest} ${url}\n`).join("");
}

/** Records in the registry that images passed a test. Refuses images that staging does not run. */
export async function pass(stage: string, options: DeployOptions): Promise<Outcome> {
  if (!testStages.includes(stage as TestStage))
    throw new DeliveryError(`${formatValue(stage)} is not a test; use ${testStages.join(" or ")}`);
  const project = readProject(options.project);
  const { tree, images } = imagesOf(options.images, project);
  const running = await targetOf(project, "staging", undefined).list();
  const wrong = images.filter(({ app, digest }) => !running.some((one) => one.name === app && one.digest === digest));
  if (wrong.length > 0) {
    const refusals = wrong.map(({ app, digest }) => {
      const current = running.find((one) => one.name === app)?.digest ?? "no image";
      return `${app}: staging runs ${current}, but the tested image is ${digest}`;
    });
    return { result: { passed: false, refusals }, text: `${refusals.join("\n")}\n`, refused: true };
  }
  await new ImageRecords(project).recordPass(stage as TestStage, tree, images);
  return {
    result: { passed: true, refusals: [] },
    text: `${images.map(({ app }) => app).join(", ")}: passed ${stage}\n`,
  };
}

/** Decides on a promotion. With `--images`, reads the test results from the registry and deploys to production. */
export async function promoteImages(options: Partial<DeployOptions> & Common, log: Log): Promise<Outcome> {
  if (options.images === undefined) {
    const verdict = promote(checked(promotion, input(options), "--input"));
    return { result: verdict, text: verdictText(verdict.refusals), refused: !verdict.allowed };
  }
  const project = readProject(options.project);
  const { commit, tree, images } = imagesOf(options.images, project);
  const records = new ImageRecords(project);
  const here = checkout(".").tree;
  const verdict = promote({
    tree: here,
    images,
    apps: Object.keys(project.apps),
    testResults: await records.testResults(here),
  });
  if (tree !== here)
    verdict.refusals.unshift(
      `the images are built from tree ${tree.slice(0, 12)}, but tree ${here.slice(0, 12)} is checked out`,
    );
  verdict.allowed = verdict.refusals.length === 0;
  if (!verdict.allowed)
    return { result: { ...verdict, commit, deployed: [] }, text: verdictText(verdict.refusals), refused: true };
  const deployed = await deployAll(project, "production", images, undefined, options.tokens, log);
  const releasedAt = new Date();
  await records.recordRelease(releasedAt, images);
  return {
    result: { ...verdict, commit, releasedAt: releasedAt.toISOString(), deployed },
    text: deployedText(deployed),
  };
}

function verdictText(refusals: readonly string[]): string {
  return refusals.length === 0 ? "can be released\n" : `refused\n${refusals.map((line) => `  ${line}\n`).join("")}`;
}

/** Returns an app to its previous digest. */
export async function rollback(
  environment: string,
  app: string,
  options: Common & { tokens?: string; pullRequest?: string },
): Promise<Outcome> {
  const project = readProject(options.project);
  if (project.apps[app] === undefined)
    throw new DeliveryError(
      `${formatValue(app)} is not an app of this project; use ${Object.keys(project.apps).join(", ")}`,
    );
  const where = environmentOf(environment);
  const number = previewNumber(where, options.pullRequest);
  const done = await targetOf(project, where, options.tokens).rollback(
    app,
    number === undefined ? undefined : previewName(number, app),
  );
  return { result: done, text: `${done.name} runs ${done.digest} again\n` };
}

export async function remove(options: Common & { pullRequest: string; tokens?: string }, log: Log): Promise<Outcome> {
  const project = readProject(options.project);
  const number = numberOf(options.pullRequest);
  const target = targetOf(project, "preview", options.tokens);
  const names = Object.keys(project.apps).map((app) => [app, previewName(number, app)] as const);
  for (const [app, name] of names) {
    await target.remove(app, name);
    log(`${name} is removed`);
  }
  const result = names.map(([, name]) => name);
  return { result, text: result.map((name) => `${name}\n`).join("") };
}
