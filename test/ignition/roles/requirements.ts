import { spawnSync } from "node:child_process";

export interface Requirements {
  /** Programs that must be on the PATH. */
  programs: readonly string[];
  /** Whether the test needs root. Default: false. */
  root?: boolean;
  /** Shell commands that check features of the kernel or sandbox, by the reason if they fail. */
  commands?: Record<string, string>;
}

/**
 * Reason why a test cannot run on this machine; undefined if it can.
 * @throws Error in CI, if the platform, root or a program is missing: test/lab/setup.sh installs all programs.
 */
export function missing({ programs, root = false, commands = {} }: Requirements): string | undefined {
  const reason = lacking(programs, root);
  if (reason !== undefined && process.env.CI === "true") throw new Error(`${reason}; CI requires it`);
  return reason ?? Object.entries(commands).find(([, command]) => !succeeds(command))?.[0];
}

/** Name of a suite, with the reason if it is skipped; test/reporter.ts counts the reasons. */
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

/** Environment with sbin on the PATH, which not every shell has. */
export const rootEnv: NodeJS.ProcessEnv = { ...process.env, PATH: `${process.env.PATH ?? ""}:/usr/sbin:/sbin` };
