import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { isEncrypted } from "../../components/internal/settings-schema.ts";
import { InputError } from "../../errors.ts";
import { type Project, type StackConfig, stackFile } from "../settings.ts";
import type { Backend } from "./backend.ts";

const passphraseHint = "set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE to a file that holds it";

/**
 * Checks the passphrase for the engine before the engine writes anything.
 * @throws InputError when a passphrase is required and missing, or its file cannot be read
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
      const problem = code === "ENOENT" ? "no such file" : `cannot be read (${code})`;
      throw new InputError(`PULUMI_CONFIG_PASSPHRASE_FILE: ${file}: ${problem}; ${passphraseHint}`);
    }
    return;
  }
  // Pulumi Cloud has separate keys, and a stack's file can name a key of a cloud.
  const otherKey =
    /^https?:/.test(backend.url) ||
    /^(secretsprovider|encryptedkey):/m.test(readFileSync(stackFile(project, stack), "utf8"));
  if (backend.own || otherKey) return;
  throw new InputError(
    `PULUMI_CONFIG_PASSPHRASE: is missing, and the secrets of ${stack} in ${backend.url} are encrypted with it; ` +
      passphraseHint,
  );
}

/**
 * Explains the engine's message about secrets that it cannot decrypt.
 * @returns undefined for all other messages
 */
export function secretsProblem(
  message: string,
  project: Project,
  stack: string,
  config: StackConfig,
): InputError | undefined {
  const file = relative(project.dir, stackFile(project, stack));
  if (/incorrect passphrase/.test(message)) {
    return new InputError(
      `the given passphrase cannot decrypt the secrets of ${stack} (encryptionsalt in ${file}); ${passphraseHint}`,
    );
  }
  if (
    !/validating stack config|decrypt/.test(message) ||
    !/message authentication failed|bad value|illegal base64/.test(message)
  )
    return undefined;
  const paths = encryptedPaths(config);
  const commands = paths.map((path) => `\n  npm run config -- ${stack} '${path.replace(/^paasmas:/, "")}' --secret`);
  return new InputError(
    `${file}: ${paths.join(", ")}: cannot be decrypted with the stack's key; ` +
      `set ${paths.length === 1 ? "it" : "the wrong ones"} again:${commands.join("")}`,
  );
}

/** Paths of the encrypted values in a stack's config, as `npm run config` takes them. */
export function encryptedPaths(config: unknown, at = ""): string[] {
  if (isEncrypted(config)) return [at];
  if (Array.isArray(config)) return config.flatMap((item, index) => encryptedPaths(item, `${at}[${index}]`));
  if (typeof config !== "object" || config === null) return [];
  return Object.entries(config).flatMap(([key, value]) => encryptedPaths(value, at === "" ? key : `${at}.${key}`));
}
