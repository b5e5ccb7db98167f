import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Short digest of files and folders, by path and content. Results of a build are stored under it. */
export function digest(...paths: string[]): string {
  const hash = createHash("sha256");
  for (const path of paths) add(hash, path, path.split("/").at(-1)!);
  return hash.digest("hex").slice(0, 16);
}

/**
 * Takes a lock until this process ends, so that two runs do not build the same files at once.
 * @returns A function that releases the lock.
 */
export async function locked(file: string, onWait: () => void): Promise<() => void> {
  for (let told = false; ; ) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = Number(readFileSync(file, "utf8"));
    if (holder !== 0 && !existsSync(`/proc/${holder}`)) {
      rmSync(file, { force: true });
      continue;
    }
    if (!told) onWait();
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function add(hash: ReturnType<typeof createHash>, path: string, label: string): void {
  if (statSync(path).isDirectory()) {
    // Documentation does not change the result of a build.
    for (const entry of readdirSync(path)
      .sort()
      .filter((name) => !name.endsWith(".md")))
      add(hash, join(path, entry), `${label}/${entry}`);
  } else {
    hash.update(`${label}\0${statSync(path).mode}\0`).update(readFileSync(path));
  }
}

/**
 * Runs a program and returns its output.
 * @throws Error with its exit code and the last lines of its output.
 */
export async function run(
  program: string,
  parameters: readonly string[],
  options: { env?: Record<string, string>; input?: string } = {},
): Promise<string> {
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
