import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { parse, stringify } from "yaml";
import { isEncrypted } from "../../components/internal/settings-schema.ts";
import { type ExitCode, InputError, messageOf, OperationError, PaasmasError } from "../../errors.ts";
import { ConfigError } from "../../stacks/environment.ts";
import { backendOf } from "../engine/backend.ts";
import { lastLine } from "../engine/engine.ts";
import { checkPassphrase, secretsProblem } from "../engine/secrets.ts";
import { openStack, runEngine, startSession } from "../engine/session.ts";
import { redacted } from "../plan/saved.ts";
import { configFrom, type Project, readProject, settingSteps, stackFile, typedValue } from "../settings.ts";
import { readHidden, readInput } from "../terminal.ts";
import { type Steps, withValue } from "../yaml-edit.ts";

export interface ConfigOptions {
  secret?: boolean;
  remove?: boolean;
}

/** The file of a stack. */
interface StackFile {
  project: Project;
  environment: string;
  path: string;
  text: string;
}

/** `paasmas config`: shows or changes settings in the file of a stack. Only secrets need the engine. */
export async function config(
  environment: string,
  key: string | undefined,
  value: string | undefined,
  options: ConfigOptions,
): Promise<ExitCode> {
  const project = readProject(process.cwd());
  const path = stackFile(project, environment);
  const file = { project, environment, path, text: existsSync(path) ? readFileSync(path, "utf8") : "" };
  const steps = key === undefined ? [] : settingSteps(project, key);
  if (steps === undefined) throw new InputError(`${key}: is not a path of a setting; use one such as galera.size`);
  const changes = value !== undefined || options.secret === true || options.remove === true;
  if (!changes) return show(file, steps);
  if (key === undefined) throw new InputError("KEY: is missing; use the path of a setting, such as galera.size");
  if (options.remove === true && (value !== undefined || options.secret === true))
    throw new InputError("--remove: cannot be combined with a value or --secret; remove one of them");
  if (options.secret === true) return setSecret(file, steps, key, value);
  const text = value === "-" ? await readInput() : undefined;
  const chosen = options.remove === true ? undefined : (text ?? typedValue(value ?? "", key));
  const changed = changedText(file, steps, chosen);
  const missing = await check(file, changed);
  writeFileSync(path, changed);
  return done(missing);
}

function show({ project, environment, path, text }: StackFile, steps: Steps): ExitCode {
  if (text === "") throw new InputError(`${path}: no such file; ${environment} has no settings`);
  const found = steps.reduce<unknown>(
    (group, step) => (group as Record<string | number, unknown> | undefined)?.[step],
    configFrom(project, text, path),
  );
  if (found === undefined)
    throw new InputError(`${relative(project.dir, path)}: ${steps.join(".")}: is not set; npm run plan shows defaults`);
  const shown = withoutSecrets(found);
  process.stdout.write(typeof shown === "string" ? `${shown.replace(/\n$/, "")}\n` : stringify(shown));
  return 0;
}

function withoutSecrets(value: unknown): unknown {
  if (isEncrypted(value)) return redacted;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item)]));
}

/** The text of the file with another value of a setting; undefined removes it. */
function changedText({ project, path, text }: StackFile, [key, ...rest]: Steps, value: unknown): string {
  const name = String(key);
  // A file can also have keys without the project's name.
  const short = name.slice(name.indexOf(":") + 1);
  const known: unknown = parse(text)?.config;
  const isShort = name.startsWith(`${project.name}:`) && typeof known === "object" && short in (known ?? {});
  const steps = ["config", isShort ? short : name, ...rest];
  try {
    return withValue(text, steps, value);
  } catch (error) {
    throw new InputError(`${path}: ${steps.slice(1).join(".")}: cannot be changed here: ${messageOf(error)}`);
  }
}

/**
 * Checks the changed file in the same way as a plan does. Problems that the file has already do not count, and a
 * missing setting can be the next one to set.
 * @returns the missing settings
 * @throws InputError with the problems that the change causes
 */
async function check({ project, environment, path, text }: StackFile, changed: string): Promise<string[]> {
  const after = await problemsOf(project, environment, configFrom(project, changed, path));
  if (after.length === 0) return [];
  const before = text === "" ? [] : await problemsOf(project, environment, configFrom(project, text, path));
  const isMissing = (problem: string) => /^\S+: is missing\b/.test(problem);
  const caused = after.filter((problem) => !before.includes(problem) && !isMissing(problem));
  if (caused.length > 0) throw new InputError(caused.join("\n"));
  return after;
}

async function problemsOf(project: Project, environment: string, settings: Record<string, unknown>): Promise<string[]> {
  const { prepare } = await import("../plan/environment.ts");
  try {
    await prepare(project, environment, settings).check();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, message }) => `${path}: ${message}`);
    if (error instanceof PaasmasError) return [error.message];
    throw error;
  }
}

function done(missing: readonly string[]): ExitCode {
  if (missing.length > 0) process.stderr.write(`Still to correct:\n${missing.map((one) => `  ${one}\n`).join("")}`);
  return 0;
}

/** Checks the secret as text, lets the engine encrypt it, and writes it to the file. */
async function setSecret(file: StackFile, steps: Steps, key: string, value: string | undefined): Promise<ExitCode> {
  const { project, environment } = file;
  if (file.text === "") throw new InputError(`${file.path}: no such file; set another setting first`);
  const secret = value !== undefined && value !== "-" ? value : await secretFromUser(key, value);
  if (secret === "") throw new InputError(`${key}: the given secret is empty; use another one`);
  const missing = await check(file, changedText(file, steps, secret));
  const backend = backendOf(project);
  checkPassphrase(project, environment, backend);
  const session = await startSession(project, backend, (message) => process.stderr.write(`${message}\n`));
  try {
    await openStack(session, environment, true);
  } catch (error) {
    const settings = configFrom(project, file.text, file.path);
    throw secretsProblem(String(error), project, environment, settings) ?? new OperationError(lastLine(error as Error));
  }
  const { code, messages } = await runEngine(
    session,
    ["config", "set", "--stack", environment, "--secret", "--path", "--non-interactive", enginePath(steps)],
    secret,
  );
  if (code !== 0) throw new OperationError(`${key}: the engine cannot encrypt the secret: ${messages.trim()}`);
  session.files.bringBack(environment);
  return done(missing);
}

function secretFromUser(key: string, value: string | undefined): Promise<string> {
  return value === undefined && process.stdin.isTTY === true ? readHidden(`${key}: `) : readInput();
}

function enginePath([key, ...rest]: Steps): string {
  return rest.reduce<string>(
    (path, step) => `${path}${typeof step === "number" ? `[${step}]` : `.${step}`}`,
    String(key),
  );
}
