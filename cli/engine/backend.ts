import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { InputError } from "../../errors.ts";
import { makeFolder } from "../folder.ts";
import type { Project } from "../settings.ts";

/** Backend for a project's state, with the environment variables for the engine. */
export interface Backend {
  url: string;
  environment: Record<string, string>;
  /** Whether it is the project's local folder `.state`, which has one user. */
  own: boolean;
  /** Creates the local folder and its passphrase, if they are missing. Call it after all checks. */
  prepare(): void;
}

/**
 * Selects the backend: `PULUMI_BACKEND_URL`, then the project's `backend.url`, then the local folder `.state`. The
 * local folder also holds a generated passphrase, readable by its owner only, unless the user sets one.
 * @throws InputError when the folder holds state and its passphrase is missing.
 */
export function backendOf(project: Project, env: NodeJS.ProcessEnv = process.env): Backend {
  const given = env.PULUMI_BACKEND_URL || projectBackend(project);
  // The engine works in another folder.
  const chosen = given?.startsWith("file://.")
    ? pathToFileURL(join(project.dir, given.slice("file://".length))).href
    : given;
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
        `${dir}: holds encrypted state, and its passphrase is missing; ` +
          "set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE) to the passphrase of this state",
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
