import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationError } from "../errors.ts";
import { DeliveryError } from "./rules/validate.ts";
import type { ImageRecords, Image } from "./image-records.ts";
import type { Project } from "./project.ts";
import { withoutTls } from "./registry.ts";

/** Programs that build and push images. Podman and Buildah need neither a daemon nor root. */
export const builders = ["podman", "buildah", "docker"] as const;
export type Builder = (typeof builders)[number];

/** The commit that is checked out, and its files. */
export interface Checkout {
  commit: string;
  /** Hash of the files in git. It does not depend on the history. */
  tree: string;
}

/** @throws DeliveryError if the folder is not in a git repository. */
export function checkout(folder: string): Checkout {
  const [commit = "", tree = ""] = git(folder, ["rev-parse", "HEAD", "HEAD^{tree}"]).trim().split("\n");
  return { commit, tree };
}

/** The commits since another commit, with their times. If there are none, the newest commit. */
export function commitsSince(folder: string, since: string | undefined): { sha: string; at: string }[] {
  const log = (...range: string[]) =>
    git(folder, ["log", "--format=%H %cI", ...range, "--"])
      .trim()
      .split("\n")
      .filter(Boolean);
  // A shallow clone may not contain the commit, and a repeated release has no new commits.
  const known =
    since !== undefined && spawnSync("git", ["-C", folder, "cat-file", "-e", `${since}^{commit}`]).status === 0;
  const found = known ? log("HEAD", `^${since}`) : [];
  const lines = found.length > 0 ? found : log("-1", "HEAD");
  return lines.map((line) => {
    const [sha = "", at = ""] = line.split(" ");
    return { sha, at: new Date(at).toISOString() };
  });
}

/**
 * Finds the approved commit in a merge commit. A CI builds a pull request merged into its target branch, in a merge
 * commit that no reviewer has approved.
 * @param candidates The approved commits.
 * @param onBranch Returns whether a commit is part of the target branch.
 * @returns undefined if the commit is not such a merge, or if its files differ from the merge that git makes.
 */
export async function mergedInto(
  folder: string,
  commit: string,
  candidates: ReadonlySet<string>,
  onBranch: (commit: string) => Promise<boolean>,
): Promise<string | undefined> {
  const known = spawnSync("git", ["-C", folder, "rev-list", "--parents", "--max-count=1", commit, "--"], {
    encoding: "utf8",
  });
  const [, ...parents] = known.status === 0 ? known.stdout.trim().split(" ") : [];
  if (parents.length !== 2) return undefined;
  const [first = "", second = ""] = parents;
  for (const [base, head] of [
    [first, second],
    [second, first],
  ] as const) {
    if (!candidates.has(head) || !(await onBranch(base))) continue;
    const merged = spawnSync("git", ["-C", folder, "merge-tree", "--write-tree", base, head], { encoding: "utf8" });
    if (merged.status === 0 && merged.stdout.trim() === git(folder, ["rev-parse", `${commit}^{tree}`]).trim())
      return head;
  }
  return undefined;
}

function git(folder: string, args: string[]): string {
  const { status, stdout, stderr, error } = spawnSync("git", ["-C", folder, ...args], { encoding: "utf8" });
  if (status !== 0) throw new DeliveryError(`git ${args[0]}: ${(error?.message ?? stderr).trim()}`);
  return stdout;
}

export interface BuildOptions {
  folder: string;
  project: Project;
  records: ImageRecords;
  builder: Builder;
  /** Images of pull requests get separate tags, so that they are never released. */
  kind: "tree" | "preview";
  /** Build arguments, the same for every app. */
  args: Readonly<Record<string, string>>;
  log: (text: string) => void;
}

/**
 * Builds and pushes every app of a project from the committed files only. Reuses an image of the same files: a second
 * build can differ from the tested one.
 * @throws DeliveryError if the builder is not installed.
 * @throws BuildError if a build fails.
 */
export async function build({
  folder,
  project,
  records,
  builder,
  kind,
  args,
  log,
}: BuildOptions): Promise<Checkout & { images: Image[] }> {
  const { commit, tree } = checkout(folder);
  const images: Image[] = [];
  const exportFolder = mkdtempSync(join(tmpdir(), "paasmas-build-"));
  try {
    let exported = false;
    for (const [app, { image, context = app, dockerfile }] of Object.entries(project.apps)) {
      let digest = await records.digest(app, tree, kind);
      if (digest === undefined) {
        if (!exported) exportTree(folder, tree, exportFolder);
        exported = true;
        const reference = `${image}:${kind}-${tree}`;
        log(`building ${reference}`);
        const path = join(exportFolder, context);
        const options = [...buildArgs(args), ...imageLabels(commit, project.repository)];
        run(builder, ["build", "--file", join(path, dockerfile), ...options, "--tag", reference, path]);
        const host = image.slice(0, image.indexOf("/"));
        const plainHttp = builder !== "docker" && withoutTls(host, project.plainHttp);
        run(builder, ["push", ...(plainHttp ? ["--tls-verify=false"] : []), reference]);
        digest = await records.digest(app, tree, kind);
        if (digest === undefined) throw new DeliveryError(`${reference} was pushed, but the registry does not have it`);
      } else log(`${app}: ${digest} is already built from these files`);
      images.push({ app, digest });
    }
  } finally {
    rmSync(exportFolder, { recursive: true, force: true });
  }
  return { commit, tree, images };
}

function buildArgs(args: Readonly<Record<string, string>>): string[] {
  return Object.entries(args).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
}

function imageLabels(commit: string, repository: string): string[] {
  const labels = { revision: commit, source: `https://github.com/${repository}` };
  return Object.entries(labels).flatMap(([key, value]) => ["--label", `org.opencontainers.image.${key}=${value}`]);
}

function exportTree(folder: string, tree: string, to: string): void {
  const archive = execFileSync("git", ["-C", folder, "archive", "--format=tar", tree], { maxBuffer: 1 << 30 });
  execFileSync("tar", ["-x", "-C", to], { input: archive });
}

/** Sends all output of a build to stderr, because stdout is for the result. */
function run(program: string, args: string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", 2, 2] });
  if (error !== undefined) {
    const absent = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new DeliveryError(
      `${program}: ${absent ? `is not installed; use one of ${builders.join(", ")}` : error.message}`,
    );
  }
  if (status !== 0) throw new BuildError(`${program} ${args[0]} exited with status ${status}`);
}

/** The build failed. Its output contains the cause. */
export class BuildError extends OperationError {
  override name = "BuildError";
}
