import { spawn } from "node:child_process";
import { delimiter, dirname, isAbsolute } from "node:path";
import type { PulumiCommand, Stack } from "@pulumi/pulumi/automation/index.js";
import { isEncrypted } from "../../components/internal/settings-schema.ts";
import { InputError } from "../../errors.ts";
import type { Project, StackConfig } from "../settings.ts";
import type { Backend } from "./backend.ts";
import { findEngine } from "./engine.ts";
import { EngineProject } from "./engine-project.ts";

/** An engine with everything that it needs to work on a project: files, backend, passphrase. */
export interface Session {
  command: PulumiCommand;
  files: EngineProject;
  /** Environment variables for the engine. */
  variables: Record<string, string>;
}

/**
 * Finds the engine and prepares its files. Call it after all checks: it creates the folder `.state`.
 * @param note gets a line before an installation of the engine
 */
export async function startSession(
  project: Project,
  backend: Backend,
  note: (message: string) => void,
): Promise<Session> {
  const command = await findEngine(note);
  backend.prepare();
  const files = new EngineProject(project);
  files.write();
  // The committed file has no salt unless it has encrypted settings. The state has the stack's salt.
  return {
    command,
    files,
    variables: { PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true", ...backend.environment },
  };
}

/**
 * Opens a stack.
 * @param create Creates a missing stack. Otherwise a missing stack is an InputError that names the purpose.
 */
export async function openStack(
  { command, files, variables }: Session,
  stackName: string,
  create: true | { purpose: string },
): Promise<Stack> {
  const { LocalWorkspace, StackNotFoundError } = await import("@pulumi/pulumi/automation/index.js");
  const program = { stackName, workDir: files.dir };
  const workspace = { pulumiCommand: command, envVars: variables };
  if (create === true) return LocalWorkspace.createOrSelectStack(program, workspace);
  try {
    return await LocalWorkspace.selectStack(program, workspace);
  } catch (error) {
    if (error instanceof StackNotFoundError)
      throw new InputError(`there is no stack ${stackName} to ${create.purpose} in this backend`);
    throw error;
  }
}

/**
 * The stack's config with decrypted secrets; only the engine can decrypt them.
 * @param config the same with encrypted secrets. The engine returns its structures as JSON.
 */
export async function decrypted(stack: Pick<Stack, "getAllConfig">, config: StackConfig): Promise<StackConfig> {
  const isText = (value: unknown) => typeof value !== "object" || value === null || isEncrypted(value);
  return Object.fromEntries(
    Object.entries(await stack.getAllConfig()).map(([key, { value }]) => [
      key,
      isText(config[key]) ? value : JSON.parse(value),
    ]),
  );
}

/**
 * Runs the engine with arguments of the user.
 * @param input Standard input. Without it, the engine has the terminal of this program, input and output.
 * @returns the engine's exit code, and its messages if it has no terminal
 */
export function runEngine(
  { command, files, variables }: Session,
  args: readonly string[],
  input?: string,
): Promise<{ code: number; messages: string }> {
  const own = isAbsolute(command.command) ? `${dirname(command.command)}${delimiter}` : "";
  return new Promise((resolve, reject) => {
    const child = spawn(command.command, args, {
      cwd: files.dir,
      env: { ...process.env, ...variables, PATH: `${own}${process.env.PATH ?? ""}` },
      stdio: input === undefined ? "inherit" : ["pipe", "ignore", "pipe"],
    });
    let messages = "";
    child.stderr?.on("data", (data) => (messages += data));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, messages }));
    child.stdin?.end(input);
  });
}
