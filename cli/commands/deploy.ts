import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { LocalWorkspaceOptions, Stack } from "@pulumi/pulumi/automation/index.js";
import { type CloudCheck, type CloudResult, checkCloud } from "../engine/cloud-check.ts";
import { backendOf } from "../engine/backend.ts";
import { findEngine, lastLine } from "../engine/engine.ts";
import { Progress } from "../engine/progress.ts";
import { checkPassphrase, encryptedPaths, secretsProblem } from "../engine/secrets.ts";
import { restoringFile } from "../engine/stack-file.ts";
import { type ExitCode, InputError, PaasmasError } from "../../errors.ts";
import { prepare } from "../plan/environment.ts";
import { redacted } from "../plan/saved.ts";
import { type Project, readProject, type StackConfig, stackConfig, stackFile } from "../settings.ts";

export interface DeployOptions {
  /** A folder, or false for none. Default: the project's folder `policies`, if it is a pack. */
  policyPack?: string | false;
}

type Work = (stack: Stack, progress: Progress, options: { policyPacks: string[] } & CloudResult) => Promise<string>;

/** `paasmas preview`: asks the engine for the changes of an update. */
export function preview(environment: string, options: DeployOptions): Promise<ExitCode> {
  return deploy(environment, options, { create: true }, async (stack, progress, { policyPacks, replace, refresh }) => {
    const { changeSummary } = await stack.preview({ policyPacks, replace, refresh, onEvent: progress.onEvent });
    return `Previewed ${environment}: ${tally(changeSummary)}.`;
  });
}

/** `paasmas up`: creates or updates an environment, after a preview without errors. */
export function up(environment: string, options: DeployOptions): Promise<ExitCode> {
  return deploy(environment, options, { create: true, complete: true }, async (stack, progress, given) => {
    const { policyPacks, replace, refresh } = given;
    // An update runs policies and hooks resource by resource. Without a preview it could stop halfway.
    await stack.preview({ policyPacks, replace, refresh, onEvent: progress.onProblem });
    const { summary, outputs } = await stack.up({ policyPacks, replace, refresh, onEvent: progress.onEvent });
    const lines = Object.entries(outputs).map(
      ([name, { value, secret }]) => `  ${name}: ${secret ? redacted : short(value)}`,
    );
    return [`${environment} is up: ${tally(summary.resourceChanges ?? {})}.`, ...lines].join("\n");
  });
}

/** `paasmas destroy`: removes everything that the stack manages. */
export function destroy(environment: string, options: DeployOptions): Promise<ExitCode> {
  return deploy(environment, options, { create: false }, async (stack, progress, { refresh, clear }) => {
    await clear();
    const { summary } = await stack.destroy({ refresh, onEvent: progress.onEvent });
    return `${environment} is destroyed: ${tally(summary.resourceChanges ?? {})}.`;
  });
}

async function deploy(
  environment: string,
  options: DeployOptions,
  needs: { create: boolean; complete?: boolean },
  work: Work,
): Promise<ExitCode> {
  const project = readProject(process.cwd());
  const config = stackConfig(project, environment);
  // Reports bad settings before the engine starts an update.
  const { missing, check } = prepare(project, environment, config);
  if (needs.complete && missing.length > 0) {
    const lines = missing.map(({ key, why, command }) => `  ${key}: ${why}\n    ${command}`);
    throw new InputError(`stack ${environment} needs these settings before up:\n${lines.join("\n")}`);
  }
  const policyPacks = policyPackOf(project, options.policyPack);
  const backend = backendOf(project);
  checkPassphrase(project, environment, backend);
  const resources = needs.create ? await check() : [];
  const say = (message: string) => process.stderr.write(`${message}\n`);

  const progress = new Progress({
    write: (text) => process.stdout.write(text),
    interactive: process.stdout.isTTY === true,
    columns: process.stdout.columns ?? 80,
  });
  // Ctrl-C reaches the engine too: wait until it stops.
  const wait = () => say("Stopping after the current operations; the state stays consistent.");
  process.on("SIGINT", wait);
  try {
    const pulumiCommand = await findEngine(say);
    backend.prepare();
    const run = async () => {
      const stack = await openStack(
        project,
        environment,
        { pulumiCommand, envVars: backend.environment },
        needs.create,
      );
      const all = encryptedPaths(config).length > 0 ? await decrypted(stack) : config;
      if (all !== config) prepare(project, environment, all);
      say(`State: ${backend.url}`);
      const command = !needs.create ? "destroy" : needs.complete ? "up" : "preview";
      const about: CloudCheck = {
        command,
        project: project.name,
        stackName: environment,
        config: all,
        resources,
        stack,
        say,
      };
      return work(stack, progress, { policyPacks, ...(await checkCloud(about)) });
    };
    const closing = await (backend.own ? restoringFile(stackFile(project, environment), run) : run());
    progress.end();
    process.stdout.write(`${closing}\n`);
    return progress.violations > 0 ? 1 : 0;
  } catch (error) {
    progress.end();
    const mistake = secretsProblem(String(error), project, environment, config) ?? error;
    if (mistake instanceof InputError) throw mistake;
    const message = error instanceof PaasmasError ? error.message : lastLine(error as Error);
    // Progress printed the problems of resources above.
    const cause = progress.violations > 0 ? "a policy" : "an error";
    process.stderr.write(`paasmas: ${progress.failed ? `stopped by ${cause}, see above` : message}\n`);
    return 1;
  } finally {
    process.off("SIGINT", wait);
  }
}

async function openStack(
  project: Project,
  stackName: string,
  workspace: LocalWorkspaceOptions,
  create: boolean,
): Promise<Stack> {
  const { LocalWorkspace, StackNotFoundError } = await import("@pulumi/pulumi/automation/index.js");
  const program = { stackName, workDir: project.dir };
  if (create) return LocalWorkspace.createOrSelectStack(program, workspace);
  try {
    return await LocalWorkspace.selectStack(program, workspace);
  } catch (error) {
    if (error instanceof StackNotFoundError)
      throw new InputError(`there is no stack ${stackName} to destroy in this backend`);
    throw error;
  }
}

/** The stack's config with decrypted secrets; only the engine can decrypt them. */
async function decrypted(stack: Stack): Promise<StackConfig> {
  const config = await stack.getAllConfig();
  return Object.fromEntries(Object.entries(config).map(([key, { value }]) => [key, value]));
}

function policyPackOf(project: Project, chosen: DeployOptions["policyPack"]): string[] {
  if (chosen === false) return [];
  const dir = resolve(project.dir, chosen ?? "policies");
  if (existsSync(resolve(dir, "PulumiPolicy.yaml"))) return [dir];
  if (chosen === undefined) return [];
  throw new InputError(`--policy-pack ${chosen}: is not a policy pack: it has no PulumiPolicy.yaml`);
}

/** `12 created, 3 updated`. */
function tally(changes: Partial<Record<string, number>>): string {
  const verbs: Record<string, string> = {
    create: "created",
    update: "updated",
    replace: "replaced",
    delete: "deleted",
    same: "unchanged",
  };
  const parts = Object.entries(verbs).flatMap(([op, verb]) => (changes[op] ? [`${changes[op]} ${verb}`] : []));
  return parts.join(", ") || "nothing to do";
}

function short(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const [first = "", ...more] = text.split("\n");
  return more.length > 0 ? `${first} …` : first;
}
