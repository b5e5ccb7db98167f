import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** A short digest of files and folders, by path and content: what is built from them is kept under it. */
export function digest(...paths: string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) add(hash, path, path.split("/").at(-1)!);
  return hash.digest("hex").slice(0, 16);
}

function add(hash: ReturnType<typeof createHash>, path: string, label: string): void {
  if (statSync(path).isDirectory()) {
    for (const entry of readdirSync(path).sort()) add(hash, join(path, entry), `${label}/${entry}`);
  } else {
    hash.update(`${label}\0${statSync(path).mode}\0`).update(readFileSync(path));
  }
}

/**
 * Runs a program and returns what it wrote.
 * @throws Error with its exit code and the last lines that it wrote.
 */
export async function run(program: string, parameters: readonly string[], options: { env?: Record<string, string>; input?: string } = {}): Promise<string> {
  const child = spawn(program, parameters, { env: { ...process.env, ...options.env } });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  if (code !== 0) {
    const lines = `${stdout}${stderr}`.trimEnd().split("\n").slice(-15).join("\n");
    throw new Error(`${program} ${parameters.join(" ")} ended with ${code}\n${lines}`);
  }
  return stdout;
}
