import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";

export const folder = join(import.meta.dirname, "../../examples/three-services");

/** Runs the three services, each in a process, during `use`. All of them must stop without an error. */
export async function running(
  use: (services: { front: string; data: string; api: ChildProcess }) => Promise<void>,
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), "paasmas-notes-"));
  const started: ChildProcess[] = [];
  const start = async (service: string, env: Record<string, string>) => {
    const child = spawn(process.execPath, [join(service, "main.mjs")], {
      cwd: folder,
      env: { PATH: process.env.PATH, PORT: "0", ...env },
      stdio: ["ignore", "pipe", "inherit"],
    });
    started.push(child);
    return new Promise<string>((resolve, reject) => {
      child.on("exit", (code) => reject(new Error(`${service} ended with ${code}`)));
      child.stdout!.on("data", (line: Buffer) =>
        resolve(`http://127.0.0.1:${/listening on (\d+)/.exec(String(line))![1]}`),
      );
    });
  };
  try {
    const db = await start("db", { DATA_DIR: data });
    const api = await start("api", { DB_URL: db });
    const front = await start("front", { API_URL: api });
    await use({ front, data, api: started[1]! });
  } finally {
    const ends = started.map((child) => child.exitCode ?? new Promise((resolve) => child.on("exit", resolve)));
    for (const child of started) child.kill("SIGTERM");
    expect(await Promise.all(ends)).toEqual(started.map(() => 0));
    rmSync(data, { recursive: true });
  }
}
