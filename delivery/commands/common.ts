import { readFileSync } from "node:fs";
import { z } from "zod";
import { pullRequestNumber } from "../rules/names.ts";
import { checked, DeliveryError, formatValue } from "../rules/validate.ts";
import { tree } from "../rules/promote.ts";
import { Github } from "../github.ts";
import { type Environment, environmentNames, type Project, deployTargetOf, readText } from "../project.ts";
import { dryccTarget } from "../targets/drycc.ts";
import { HookTarget } from "../targets/hook.ts";
import type { Target } from "../targets/target.ts";

/** Options of every command. */
export interface Common {
  /** File with a JSON document, or `-` for standard input. */
  input?: string;
  /** Path of the project file. */
  project: string;
  json?: boolean;
}

export interface Outcome {
  /** For programs, as JSON. */
  result: unknown;
  /** For people. */
  text: string;
  /** Whether the command refused the request. */
  refused?: boolean;
}

/** Writes a progress message. Messages are not part of the result. */
export type Log = (text: string) => void;

const imageSet = z.object({
  commit: z.string(),
  tree,
  images: z
    .array(
      z.object({
        app: z.string(),
        digest: z.string().regex(/^sha256:[0-9a-f]{64}$/, "is not a digest; use sha256: and 64 hexadecimal digits"),
      }),
    )
    .min(1, "is empty; add at least one image"),
});

export function input({ input: file }: Common): unknown {
  if (file === undefined)
    throw new DeliveryError("--input: is missing; give a file with a JSON document, or - for standard input");
  if (file !== "-") return jsonOf(file);
  return parsed(readFileSync(0, "utf8"), "--input -");
}

export function jsonOf(file: string): unknown {
  return parsed(readText(file, "give a file with a JSON document"), file);
}

export function parsed(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The message of the parser quotes the input, which can be a secret.
    const why = /position \d+|end of JSON input/.exec((error as Error).message)?.[0] ?? "malformed";
    throw new DeliveryError(`${source}: not JSON (${why})`);
  }
}

export function imagesOf(file: string, project: Project) {
  const set = checked(imageSet, jsonOf(file), file);
  const unknown = set.images.find(({ app }) => project.apps[app] === undefined);
  if (unknown !== undefined)
    throw new DeliveryError(
      `${file}: ${unknown.app} is not an app of this project; use ${Object.keys(project.apps).join(", ")}`,
    );
  return set;
}

export function environmentOf(given: string): Environment {
  if (environmentNames.includes(given as Environment)) return given as Environment;
  throw new DeliveryError(`${formatValue(given)} is not an environment; use ${environmentNames.join(", ")}`);
}

export function numberOf(given: string): number {
  return checked(pullRequestNumber, Number(given), "--pull-request");
}

/** Reads tokens from a file or the environment, never from arguments: every process can read those. */
export function targetOf(project: Project, environment: Environment, file: string | undefined): Target {
  const deployTarget = deployTargetOf(project, environment);
  const text = process.env.DEPLOY_TOKENS;
  const given = file !== undefined ? jsonOf(file) : text ? parsed(text, "DEPLOY_TOKENS") : {};
  const source = file ?? "DEPLOY_TOKENS";
  const tokens = checked(z.record(z.string(), z.string().min(1)), given, source);
  // The schema of the project file allows exactly one of them.
  return deployTarget.drycc
    ? dryccTarget(project, deployTarget, tokens, source)
    : new HookTarget({
        url: deployTarget.hook!,
        ...(deployTarget.ca !== undefined && { ca: deployTarget.ca }),
        tokens,
      });
}

export function githubOf(repository: string | undefined): Github {
  if (repository === undefined) throw new DeliveryError("--repository: is missing; use owner/name");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new DeliveryError(`--repository: ${formatValue(repository)} is not a repository; use owner/name`);
  return new Github(
    repository,
    needed("GITHUB_TOKEN", "the token of a GitHub App installation or of a workflow"),
    process.env.GITHUB_API_URL || undefined,
  );
}

export function needed(variable: string, meaning: string): string {
  const value = process.env[variable];
  if (!value) throw new DeliveryError(`${variable}: is not set; set it to ${meaning}`);
  return value;
}
