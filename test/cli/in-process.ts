import { Console } from "node:console";
import { vi } from "vitest";
import { main } from "../../cli/main.ts";
import type { Ran } from "./project-copy.ts";

/**
 * Runs the command line in this process, in a folder. Faster than `paasmas` of run.ts by the start of Node and of the
 * SDK. Not for concurrent tests: folder, environment and output belong to the process.
 * @param env Changed variables; undefined removes one.
 */
export async function runMain(dir: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const ran: Ran = { code: -1, stdout: "", stderr: "" };
  const before = { dir: process.cwd(), env: { ...process.env }, console: globalThis.console };
  const capture = (stream: "stdout" | "stderr") =>
    vi.spyOn(process[stream], "write").mockImplementation((text, ...rest: unknown[]) => {
      ran[stream] += String(text);
      const written = rest.at(-1);
      if (typeof written === "function") written();
      return true;
    });
  const captured = [capture("stdout"), capture("stderr")];
  globalThis.console = new Console(process.stdout, process.stderr);
  process.chdir(dir);
  setEnvironment({ ...before.env, ...env });
  try {
    ran.code = await main(["node", "paasmas", ...args]);
  } finally {
    setEnvironment(before.env);
    process.chdir(before.dir);
    globalThis.console = before.console;
    for (const spy of captured) spy.mockRestore();
  }
  return ran;
}

function setEnvironment(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) if (env[name] === undefined) delete process.env[name];
  for (const [name, value] of Object.entries(env)) if (value !== undefined) process.env[name] = value;
}
