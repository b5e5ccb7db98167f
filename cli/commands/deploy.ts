import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { EngineEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { askEndpoints, separateEndpoints } from "../engine/answers.ts";
import { type Asking, approve } from "../engine/approval.ts";
import { type CloudCheck, type CloudResult, checkCloud } from "../engine/cloud-check.ts";
import { keptLine, checkProtection } from "../engine/protected.ts";
import { settleInterrupted } from "../engine/interrupted.ts";
import { checkLocks } from "../engine/lock.ts";
import { withPolicyConfig } from "../engine/policy-config.ts";
import type { Progress } from "../engine/progress.ts";
import { PlannedSteps, removals, type State, stateOf, urnsOf } from "../engine/state.ts";
import { type Environment, withStack } from "../engine/with-stack.ts";
import { type ExitCode, InputError } from "../../errors.ts";
import { redacted } from "../plan/saved.ts";
import { confirm } from "../terminal.ts";

export interface DeployOptions {
  /** A folder, or false for none. Default: the project's folder `policies`, if it is a pack. */
  policyPack?: string | false;
  /** Reads the state of the cloud first. Default: in CI. */
  refresh?: boolean;
}

export interface ChangeOptions extends DeployOptions {
  /** Does not ask. */
  yes?: boolean;
  /** Removes the lock of a command that ended without unlocking. */
  unlock?: boolean;
  /** Names or URNs of resources to replace. */
  replace?: string[];
}

/** The engine's side of a command, and the user's. */
export interface Work extends Pick<Asking, "confirm" | "write" | "color"> {
  environment: string;
  stack: Pick<Stack, "preview" | "up" | "destroy" | "refresh" | "exportStack">;
  progress: Pick<Progress, "onEvent" | "onProblem">;
  cloud: CloudResult;
  say: (message: string) => void;
  signal: AbortSignal;
}

/** A change that the user did not want. */
const declined = "Nothing has changed.";

/** Options of the engine for a policy pack. */
interface Policies {
  policyPacks: string[];
  policyPackConfigs?: string[];
}

/** `paasmas preview`: asks the engine for the changes of an update. */
export function preview(environment: string, options: DeployOptions): Promise<ExitCode> {
  const pack = policyPackOf(options.policyPack);
  return withStack(environment, { create: true, check: true }, async (opened) => {
    const { stack, progress, signal } = opened;
    const cloud = await look("preview", opened);
    const refresh = refreshes(options) || cloud.refresh;
    const { changeSummary } = await withPolicies(pack, opened, (policies) =>
      stack.preview({ ...policies, replace: cloud.replace, refresh, onEvent: progress.onEvent, signal }),
    );
    return `Previewed ${environment}: ${tally(changeSummary)}.`;
  });
}

/** `paasmas up`: creates or updates an environment, after a preview without errors and a yes. */
export function up(environment: string, options: ChangeOptions): Promise<ExitCode> {
  const pack = policyPackOf(options.policyPack);
  return withStack(environment, { create: true, check: true, complete: true }, async (opened) => {
    await unlock(opened, options);
    const cloud = await look("up", opened);
    return withPolicies(pack, opened, (policies) => update({ ...opened, ...terminal(), ...policies, cloud }, options));
  });
}

/** `paasmas destroy`: removes everything that the stack manages, after a yes. */
export function destroy(environment: string, options: ChangeOptions): Promise<ExitCode> {
  return withStack(environment, { create: { purpose: "destroy" } }, async (opened) => {
    await unlock(opened, options);
    return remove({ ...opened, ...terminal(), cloud: await look("destroy", opened) }, options);
  });
}

/** The part of `up` behind the opened stack. */
export async function update(work: Work & Policies, options: ChangeOptions): Promise<string> {
  const { environment, stack, progress, cloud, policyPacks, policyPackConfigs, say, signal } = work;
  const before = await settledState(work);
  const refresh = refreshes(options) || cloud.refresh;
  const steps = new PlannedSteps(before);
  // An update runs policies and hooks resource by resource. Without a preview it could stop halfway.
  const onEvent = (event: EngineEvent) => {
    steps.onEvent(event);
    progress.onProblem(event);
  };
  const replace = [...urnsOf(options.replace ?? [], before.resources), ...cloud.replace];
  const how = { policyPacks, policyPackConfigs, refresh, replace, signal };
  await stack.preview({ ...how, onEvent });
  const { after, changes } = steps;
  const intended = { command: "up", environment, before: before.resources, after, changes } as const;
  if (!(await approve(intended, { ...work, yes: options.yes ?? false }))) return declined;
  const { summary, outputs } = await stack.up({ ...how, onEvent: progress.onEvent });
  const { endpoints, others } = separateEndpoints(outputs);
  const lines = Object.entries(others).map(
    ([name, { value, secret }]) => `  ${name}: ${secret ? redacted : short(value)}`,
  );
  const answers = await askEndpoints(environment, endpoints, { onWait: say });
  return [`${environment} is up: ${tally(summary.resourceChanges ?? {})}.`, ...lines, ...answers].join("\n");
}

/** The part of `destroy` behind the opened stack. */
export async function remove(work: Work, options: ChangeOptions): Promise<string> {
  const { environment, stack, progress, cloud, signal } = work;
  let before = await settledState(work);
  if (refreshes(options)) {
    await stack.refresh({ onEvent: progress.onProblem, signal });
    before = stateOf(await stack.exportStack());
  }
  checkProtection(environment, before);
  const changes = removals(before);
  const intended = { command: "destroy", environment, before: before.resources, after: [], changes } as const;
  if (!(await approve(intended, { ...work, yes: options.yes ?? false }))) return declined;
  await cloud.clear();
  // The state still has what the line before deleted.
  const { summary } = await stack.destroy({ refresh: cloud.refresh, onEvent: progress.onEvent, signal });
  const kept = changes.filter(({ resource }) => resource.retainOnDelete).length;
  return [
    `${environment} is destroyed: ${tally(summary.resourceChanges ?? {})}.`,
    ...(kept > 0 ? [`  ${keptLine(kept)}`] : []),
  ].join("\n");
}

/** The engine compares with its state only. */
function look(command: CloudCheck["command"], opened: Environment): Promise<CloudResult> {
  const { project, environment, config, resources, stack, say } = opened;
  return checkCloud({ command, project: project.name, stackName: environment, config, resources, stack, say });
}

function withPolicies<T>(
  policyPacks: string[],
  { project, config }: Environment,
  work: (policies: Policies) => Promise<T>,
): Promise<T> {
  const given = policyPacks.length === 0 ? undefined : config[`${project.name}:policies`];
  return withPolicyConfig(given, (path) => work({ policyPacks, policyPackConfigs: path === undefined ? [] : [path] }));
}

async function settledState({ stack, progress, say, signal }: Work): Promise<State> {
  const before = stateOf(await stack.exportStack());
  const settled = await settleInterrupted(stack, before, { say, onEvent: progress.onProblem, signal });
  return settled ? stateOf(await stack.exportStack()) : before;
}

function terminal(): Pick<Asking, "confirm" | "write" | "color"> {
  return {
    confirm: process.stdin.isTTY === true ? confirm : undefined,
    write: (text) => process.stdout.write(text),
    color: process.stdout.isTTY === true && !process.env.NO_COLOR,
  };
}

/** A lock stops the command before its preview, which takes longer. */
async function unlock({ project, environment, backend }: Environment, options: ChangeOptions): Promise<void> {
  const ask = async (question: string) =>
    options.unlock === true || (process.stdin.isTTY === true && (await confirm(question)));
  await checkLocks({ backend: backend.url, project: project.name, name: environment }, ask);
}

/** CI has fresh machines and time: there, a change outside of the stack must not stay unnoticed. */
function refreshes({ refresh }: DeployOptions): boolean {
  return refresh ?? !/^(|0|false)$/i.test(process.env.CI ?? "");
}

function policyPackOf(chosen: DeployOptions["policyPack"]): string[] {
  if (chosen === false) return [];
  const dir = resolve(chosen ?? "policies");
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
