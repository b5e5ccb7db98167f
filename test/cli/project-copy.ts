import { cpSync, lstatSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

/** A copy of the project's settings in a separate folder, where a command may write files. */
export function projectCopy(): string {
  const dir = mkdtempSync(join(tmpdir(), "paasmas-"));
  cpSync(join(root, "Pulumi.yaml"), join(dir, "Pulumi.yaml"));
  for (const file of readdirSync(join(root, "stacks")).filter((name) => name.endsWith(".yaml"))) {
    cpSync(join(root, "stacks", file), join(dir, "stacks", file));
  }
  return dir;
}

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/** Every file below a folder with its size and time, to tell whether anything was written. */
export function contents(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: "utf8" })
    .map((name) => [name, lstatSync(join(dir, name))] as const)
    .map(([name, { size, mtimeMs }]) => `${name} ${size} ${mtimeMs}`)
    .sort();
}
