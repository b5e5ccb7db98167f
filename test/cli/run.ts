import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Ran } from "./project-copy.ts";

const root = join(import.meta.dirname, "..", "..");

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
