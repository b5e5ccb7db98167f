import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const root = new URL("../../../", import.meta.url);
const tool = (name: string) => fileURLToPath(new URL(`.cache/tools/${name}`, root));

/** One finding of the real Ignition. */
export interface Entry {
  path: string;
  message: string;
}

/** Verdict of Ignition on a config. */
export interface RealVerdict {
  valid: boolean;
  errors?: Entry[];
  warnings?: Entry[];
}

/** Builds Ignition. Returns the reason if that is not possible. In CI it must be possible. */
export async function buildReal(): Promise<string | undefined> {
  // Asynchronous: the first build takes long, and vitest stops a worker that does not respond.
  const build = spawn("bash", [fileURLToPath(new URL("test/tools/build.sh", root)), "ignition-validate", "verdicts"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const [status, errors] = await Promise.all([ended(build), text(build.stderr)]);
  if (status === 0) return undefined;
  const reason = errors.trim().split("\n").at(-1) || `build.sh ended with ${status}`;
  if (process.env.CI === "true") throw new Error(`the real Ignition is needed in CI: ${reason}`);
  return reason;
}

/** Exit code of a program, or why it did not start. */
function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code) => resolve(code ?? "a signal"));
  });
}

/** Ignition's verdicts on configs (JSON), in one run. */
export function realVerdicts(configs: readonly string[]): RealVerdict[] {
  return ask(configs.map((config) => `{"validate":${config}}`)) as RealVerdict[];
}

/** Ignition's merges of pairs of valid configs (JSON). */
export function realMerges(pairs: readonly (readonly [parent: string, child: string])[]): unknown[] {
  const answers = ask(pairs.map(([parent, child]) => `{"parent":${parent},"child":${child}}`));
  return answers.map((answer) => (answer as { merged: unknown }).merged);
}

function ask(lines: readonly string[]): unknown[] {
  const run = spawnSync(tool("verdicts"), { input: lines.join("\n"), encoding: "utf8", maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(`verdicts: ${run.stderr || String(run.error)}`);
  const answers = run.stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  if (answers.length !== lines.length)
    throw new Error(`verdicts: ${answers.length} answers to ${lines.length} questions`);
  return answers;
}

/** Exit code and output of `ignition-validate`. */
export function ignitionValidate(config: string): { valid: boolean; output: string } {
  const run = spawnSync(tool("ignition-validate"), ["-"], { input: config, encoding: "utf8" });
  return { valid: run.status === 0, output: run.stdout + run.stderr };
}
