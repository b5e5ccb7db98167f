import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { isEncrypted } from "../../stacks/config/schema.ts";
import { InputError } from "../../errors.ts";
import { type Project, type StackConfig, stackFile } from "../settings.ts";
import type { Backend } from "./backend.ts";

const useAnother = "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it";

/**
 * Looks for the passphrase that the engine will ask for, before the engine writes anything.
 * @throws InputError when none is given and one is needed, or its file cannot be read.
 */
export function checkPassphrase(
  project: Project,
  stack: string,
  backend: Backend,
  env: NodeJS.ProcessEnv = process.env,
): void {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined) return;
  const file = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (file) {
    try {
      readFileSync(file);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new InputError(
        `PULUMI_CONFIG_PASSPHRASE_FILE: ${file}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}; ${useAnother}`,
      );
    }
    return;
  }
  // The service has keys of its own, and a stack's file may name those of a cloud.
  const others =
    /^https?:/.test(backend.url) ||
    /^(secretsprovider|encryptedkey):/m.test(readFileSync(stackFile(project, stack), "utf8"));
  if (backend.own || others) return;
  throw new InputError(
    `PULUMI_CONFIG_PASSPHRASE: is missing, and the secrets of ${stack} in ${backend.url} are encrypted with it; ${useAnother}`,
  );
}

/** What the engine says when it cannot read a stack's secrets, in words that name what to put right; undefined for all else. */
export function secretsProblem(
  message: string,
  project: Project,
  stack: string,
  config: StackConfig,
): InputError | undefined {
  const file = relative(project.dir, stackFile(project, stack));
  if (/incorrect passphrase/.test(message)) {
    return new InputError(
      `the passphrase given is not the one that the secrets of ${stack} are encrypted with (encryptionsalt in ${file}); ${useAnother}`,
    );
  }
  if (
    !/validating stack config|decrypt/.test(message) ||
    !/message authentication failed|bad value|illegal base64/.test(message)
  )
    return undefined;
  const paths = encryptedPaths(config);
  const commands = paths.map((path) => `\n  pulumi config set --stack ${stack} --secret --path '${path}'`);
  return new InputError(
    `${file}: ${paths.join(", ")}: cannot be decrypted with the stack's key; set ${paths.length === 1 ? "it" : "what is wrong"} anew:${commands.join("")}`,
  );
}

/** Where in a stack's config values stand encrypted, as `pulumi config set --path` takes it. */
export function encryptedPaths(config: unknown, at = ""): string[] {
  if (isEncrypted(config)) return [at];
  if (Array.isArray(config)) return config.flatMap((item, index) => encryptedPaths(item, `${at}[${index}]`));
  if (typeof config !== "object" || config === null) return [];
  return Object.entries(config).flatMap(([key, value]) => encryptedPaths(value, at === "" ? key : `${at}.${key}`));
}
