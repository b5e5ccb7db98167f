import { readFileSync } from "node:fs";
import { z } from "zod";
import { pullRequestNumber } from "../decisions/names.ts";
import { checked, DeliveryError, show } from "../decisions/problem.ts";
import { tree } from "../decisions/promote.ts";
import { Github } from "../github.ts";
import { type Environment, environmentNames, type Project, placeOf, readText } from "../project.ts";
import { dryccTarget } from "../targets/drycc.ts";
import { HookTarget } from "../targets/hook.ts";
import type { Target } from "../targets/target.ts";

/** What every command takes. */
export interface Common {
  /** A JSON document, by file name, or `-` for standard input. */
  input?: string;
  /** The project's file. */
  project: string;
  json?: boolean;
}

/** What a command has to say. */
export interface Outcome {
  /** For programs. */
  result: unknown;
  /** For people. */
  text: string;
  /** Whether what was asked for was refused. */
  refused?: boolean;
}

/** Notes on the way; they are no result. */
export type Say = (text: string) => void;

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
    .min(1, "is empty; give one image at least"),
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
    // The parser quotes what it was given, and that may be a secret.
    const why = /position \d+|end of JSON input/.exec((error as Error).message)?.[0] ?? "malformed";
    throw new DeliveryError(`${source}: not JSON (${why})`);
  }
}

export function imagesOf(file: string, project: Project) {
  const set = checked(imageSet, jsonOf(file), file);
  const unknown = set.images.find(({ app }) => project.apps[app] === undefined);
  if (unknown !== undefined)
    throw new DeliveryError(
      `${file}: ${unknown.app} is no app of the project; use ${Object.keys(project.apps).join(", ")}`,
    );
  return set;
}

export function environmentOf(given: string): Environment {
  if (environmentNames.includes(given as Environment)) return given as Environment;
  throw new DeliveryError(`${show(given)} is not an environment; use ${environmentNames.join(", ")}`);
}

export function numberOf(given: string): number {
  return checked(pullRequestNumber, Number(given), "--pull-request");
}

/** Tokens are in a file or in the environment, never among the arguments: every process may read those. */
export function targetOf(project: Project, environment: Environment, file: string | undefined): Target {
  const place = placeOf(project, environment);
  const text = process.env.DEPLOY_TOKENS;
  const given = file !== undefined ? jsonOf(file) : text ? parsed(text, "DEPLOY_TOKENS") : {};
  const source = file ?? "DEPLOY_TOKENS";
  const tokens = checked(z.record(z.string(), z.string().min(1)), given, source);
  // A place has one of them: the project's file was checked.
  return place.drycc
    ? dryccTarget(project, place, tokens, source)
    : new HookTarget({ url: place.hook!, ...(place.ca !== undefined && { ca: place.ca }), tokens });
}

export function githubOf(repository: string | undefined): Github {
  if (repository === undefined) throw new DeliveryError("--repository: is missing; use owner/name, as the CI knows it");
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new DeliveryError(`--repository: ${show(repository)} is not a repository; use owner/name`);
  return new Github(
    repository,
    needed("GITHUB_TOKEN", "a token of a GitHub App's installation or of a workflow"),
    process.env.GITHUB_API_URL || undefined,
  );
}

export function needed(variable: string, what: string): string {
  const value = process.env[variable];
  if (!value) throw new DeliveryError(`${variable}: is not set; it has to be ${what}`);
  return value;
}
