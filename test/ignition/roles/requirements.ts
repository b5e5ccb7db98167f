import { spawnSync } from "node:child_process";

export interface Requirements {
  /** What has to be on the PATH. */
  programs: readonly string[];
  /** Default: false. */
  root?: boolean;
  /** What the kernel or a sandbox may refuse: a shell command that succeeds, by the reason when it does not. */
  commands?: Record<string, string>;
}

/**
 * Why a test of a machine's script cannot run here; absent when it can.
 * @throws Error in CI, when it is for want of something that can be had: test/lab/setup.sh installs all programs.
 */
export function missing({ programs, root = false, commands = {} }: Requirements): string | undefined {
  const reason = lacking(programs, root);
  if (reason !== undefined && process.env.CI === "true") throw new Error(`${reason}; CI requires it`);
  return reason ?? Object.entries(commands).find(([, command]) => !succeeds(command))?.[0];
}

/** The name of a suite, with the reason when it is skipped: test/reporter.ts counts the reasons. */
export function named(suite: string, reason: string | undefined): string {
  return reason === undefined ? suite : `${suite} (skipped: ${reason})`;
}

function lacking(programs: readonly string[], root: boolean): string | undefined {
  if (process.platform !== "linux") return `requires Linux, this is ${process.platform}`;
  if (root && process.getuid?.() !== 0) return "requires root";
  const absent = programs.filter((program) => !succeeds(`command -v ${program}`));
  return absent.length > 0 ? `not on the PATH: ${absent.join(", ")}; test/lab/setup.sh installs it` : undefined;
}

function succeeds(command: string): boolean {
  return spawnSync("bash", ["-c", command], { env: rootEnv }).status === 0;
}

/** Root's own programs are in sbin, which not every shell has on its PATH. */
export const rootEnv: NodeJS.ProcessEnv = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };
