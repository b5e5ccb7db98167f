import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { InputError } from "../../errors.ts";
import { makeFolder } from "../folder.ts";
import type { Project } from "../settings.ts";

/** Where a project's state is, as the engine's environment variables say it. */
export interface Backend {
  url: string;
  environment: Record<string, string>;
  /** Whether it is the project's own folder, which nobody else uses. */
  own: boolean;
  /** Makes what the project's own folder lacks. Everything is checked before, nothing is written before. */
  prepare(): void;
}

/**
 * The state's place: `PULUMI_BACKEND_URL`, else what the project says, else the folder `.state` in the project. The
 * local folder gets a passphrase of its own when the user has none, beside the state and readable by its owner only.
 * @throws InputError when there is state, and the passphrase it was made with is gone.
 */
export function backendOf(project: Project, env: NodeJS.ProcessEnv = process.env): Backend {
  const chosen = env.PULUMI_BACKEND_URL || projectBackend(project);
  if (chosen !== undefined)
    return { url: chosen, environment: { PULUMI_BACKEND_URL: chosen }, own: false, prepare: () => {} };

  const dir = join(project.dir, ".state");
  const url = pathToFileURL(dir).href;
  const environment: Record<string, string> = { PULUMI_BACKEND_URL: url };
  const passphrase = join(dir, "passphrase");
  const makesPassphrase = env.PULUMI_CONFIG_PASSPHRASE === undefined && !env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (makesPassphrase) {
    environment.PULUMI_CONFIG_PASSPHRASE_FILE = passphrase;
    if (existsSync(join(dir, ".pulumi")) && !existsSync(passphrase)) {
      throw new InputError(
        `${dir} holds state whose secrets are encrypted, and the passphrase is not there any more; set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE) to the one it was made with`,
      );
    }
  }
  return {
    url,
    environment,
    own: true,
    prepare() {
      makeFolder(dir, 0o700);
      if (makesPassphrase && !existsSync(passphrase)) {
        writeFileSync(passphrase, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600, flag: "wx" });
      }
    },
  };
}

function projectBackend(project: Project): string | undefined {
  const { backend } = parse(readFileSync(join(project.dir, "Pulumi.yaml"), "utf8")) as { backend?: { url?: string } };
  return backend?.url;
}
