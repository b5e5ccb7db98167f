import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { type ExitCode, InputError, PaasmasError } from "../../errors.ts";
import { prepare } from "../plan/environment.ts";
import type { PlannedResource } from "../plan/resource.ts";
import { type Project, readProject, type StackConfig, stackConfig } from "../settings.ts";
import { type Backend, backendOf } from "./backend.ts";
import { lastLine } from "./engine.ts";
import { lockProblem } from "./lock.ts";
import { Progress } from "./progress.ts";
import { checkPassphrase, encryptedPaths, secretsProblem } from "./secrets.ts";
import { decrypted, openStack, startSession } from "./session.ts";

/** An environment with its opened stack. */
export interface Environment {
  project: Project;
  environment: string;
  backend: Backend;
  /** The config with decrypted secrets. */
  config: StackConfig;
  /** The planned resources; none without {@link Needs.check}. */
  resources: readonly PlannedResource[];
  stack: Stack;
  progress: Progress;
  say: (message: string) => void;
  /** Stops the engine. */
  signal: AbortSignal;
}

export interface Needs {
  /** Creates a missing stack. Otherwise it is an error with this purpose. */
  create: true | { purpose: string };
  /** Evaluates the program first. */
  check?: boolean;
  /** Refuses missing settings. */
  complete?: boolean;
}

/**
 * Runs a command on the stack of an environment, and reports errors.
 * @param work returns the closing line, or an exit code with it
 */
export async function withStack(
  environment: string,
  needs: Needs,
  work: (opened: Environment) => Promise<string | { text: string; exitCode: ExitCode }>,
): Promise<ExitCode> {
  const project = readProject(process.cwd());
  const config = stackConfig(project, environment);
  // Reports bad settings before the engine starts an update.
  const { missing, check } = prepare(project, environment, config);
  if (needs.complete && missing.length > 0) {
    const lines = missing.map(({ key, why, command }) => `  ${key}: ${why}\n    ${command}`);
    throw new InputError(`stack ${environment} needs these settings before up:\n${lines.join("\n")}`);
  }
  const backend = backendOf(project);
  checkPassphrase(project, environment, backend);
  const resources = needs.check ? await check() : [];
  const say = (message: string) => process.stderr.write(`${message}\n`);
  const progress = new Progress(
    {
      write: (text) => process.stdout.write(text),
      interactive: process.stdout.isTTY === true,
      columns: process.stdout.columns ?? 80,
    },
    environment,
  );
  const interruption = watchInterruption(progress, say);
  try {
    const session = await startSession(project, backend, say);
    const stack = await openStack(session, environment, needs.create);
    const all = encryptedPaths(config).length > 0 ? await decrypted(stack, config) : config;
    if (all !== config) prepare(project, environment, all);
    say(`State: ${backend.url}`);
    const { signal } = interruption;
    const closing = await work({ project, environment, backend, config: all, resources, stack, progress, say, signal });
    progress.end();
    const { text, exitCode } = typeof closing === "string" ? { text: closing, exitCode: 0 as const } : closing;
    process.stdout.write(`${text}\n`);
    return progress.violations > 0 ? 1 : exitCode;
  } catch (error) {
    progress.end();
    const mistake = problemOf(error, project, environment, config);
    if (mistake instanceof InputError) throw mistake;
    process.stderr.write(`paasmas: ${interruption.happened ? stopped : reason(mistake, progress)}\n`);
    return 1;
  } finally {
    interruption.end();
  }
}

const stopped = "stopped by you; the state is consistent, and the same command goes on from there";

/** An error of the engine in the words of this program. */
function problemOf(error: unknown, project: Project, environment: string, config: StackConfig): unknown {
  if (error instanceof PaasmasError) return error;
  const message = String(error);
  return secretsProblem(message, project, environment, config) ?? lockProblem(message, environment) ?? error;
}

function reason(error: unknown, progress: Progress): string {
  if (error instanceof PaasmasError) return error.message;
  // Progress printed the problems of resources.
  if (progress.failed) return `stopped by ${progress.violations > 0 ? "a policy" : "an error"}, see above`;
  return lastLine(error as Error);
}

/** Waits for the engine after a signal to stop. Ctrl-C reaches the engine too; the other signals do not. */
function watchInterruption(progress: Progress, say: (message: string) => void) {
  const stop = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    if (!watch.happened) say("Stopping after the current operations; the state stays consistent.");
    watch.happened = true;
    progress.interrupted();
    if (name !== "SIGINT") stop.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const watch = {
    happened: false,
    signal: stop.signal,
    end() {
      for (const name of signals) process.off(name, onSignal);
    },
  };
  for (const name of signals) process.on(name, onSignal);
  return watch;
}
