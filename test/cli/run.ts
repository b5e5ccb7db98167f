import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Ran } from "./project-copy.ts";

const root = join(import.meta.dirname, "..", "..");

/** Starts `up` of dev in a folder, and kills it with its engine at a moment, as a power loss does. */
export async function killedWhile(dir: string, moment: () => boolean, env: NodeJS.ProcessEnv = {}): Promise<void> {
  const program = join(root, "cli", "paasmas.js");
  const child = spawn(process.execPath, [program, "up", "dev", "--yes"], {
    cwd: dir,
    env: { ...process.env, ...env },
    detached: true,
    stdio: "ignore",
  });
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (!moment() && child.exitCode === null) await new Promise((resolve) => setTimeout(resolve, 50));
  // The group of processes: the program and its engine.
  if (child.exitCode === null) process.kill(-child.pid!, "SIGKILL");
  await ended;
}

/** Runs the command line as a user would, in a folder. */
export function paasmas(dir: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, "cli", "paasmas.js"), ...args], {
      cwd: dir,
      env: { ...process.env, ...env },
    });
    const ran = { code: -1, stdout: "", stderr: "" };
    child.stdout.on("data", (data) => (ran.stdout += data));
    child.stderr.on("data", (data) => (ran.stderr += data));
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...ran, code: code ?? -1 }));
  });
}
