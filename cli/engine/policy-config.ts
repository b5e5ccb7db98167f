import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policies } from "../../policies/all.ts";
import { engineConfig } from "../../policies/config.ts";

/**
 * Runs some work with the policy settings of a stack in a file, as the engine takes them for each pack. The pack cannot
 * read them itself: the engine (3.274.1) does not give the config of the stack to the process of a pack.
 * @param given the value of `paasmas:policies`
 * @param work gets no path if the stack has no settings
 */
export async function withPolicyConfig<T>(given: unknown, work: (path: string | undefined) => Promise<T>): Promise<T> {
  if (given === undefined) return work(undefined);
  const folder = mkdtempSync(join(tmpdir(), "paasmas-policies-"));
  try {
    const path = join(folder, "config.json");
    writeFileSync(path, JSON.stringify(engineConfig(policies, given)), {
      mode: 0o600,
    });
    return await work(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
