import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DeliveryError } from "./decisions/problem.ts";
import type { Evidence, Image } from "./evidence.ts";
import type { Project } from "./project.ts";
import { withoutTls } from "./registry.ts";

/** What builds and pushes images: without a daemon and without root, or with Docker where somebody has nothing else. */
export const builders = ["podman", "buildah", "docker"] as const;
export type Builder = (typeof builders)[number];

/** The commit that is checked out, and its files. */
export interface Checkout {
  commit: string;
  /** Git's hash of the files, whatever their history. */
  tree: string;
}

/** @throws DeliveryError outside of a git repository. */
export function checkout(folder: string): Checkout {
  const [commit = "", tree = ""] = git(folder, ["rev-parse", "HEAD", "HEAD^{tree}"]).trim().split("\n");
  return { commit, tree };
}

/** The commits since another one, or the newest alone, with their times. */
export function commitsSince(folder: string, since: string | undefined): { sha: string; at: string }[] {
  const log = (...range: string[]) =>
    git(folder, ["log", "--format=%H %cI", ...range, "--"])
      .trim()
      .split("\n")
      .filter(Boolean);
  // A shallow clone does not reach as far; a release that is repeated brings nothing new.
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
 * The commit that was merged into a branch, when what is checked out is that merge and nothing else: CI builds pull requests
 * merged with their target branch, in a commit of its own that nobody has seen.
 * @param candidates Commits that it may be.
 * @param onBranch Whether a commit is part of the target branch.
 * @returns undefined when there is no such merge, or when its files are not what git makes of the two.
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
  evidence: Evidence;
  builder: Builder;
  /** Images of a pull request are kept apart: what is released was never built from one. */
  kind: "tree" | "preview";
  /** Build arguments, the same for every app. */
  args: Readonly<Record<string, string>>;
  say: (text: string) => void;
}

/**
 * Builds and pushes every app of a project from the committed files and nothing else. What was built from the same
 * files before is taken as it is: a second build could differ from the one that was tested.
 */
export async function build({
  folder,
  project,
  evidence,
  builder,
  kind,
  args,
  say,
}: BuildOptions): Promise<Checkout & { images: Image[] }> {
  const { commit, tree } = checkout(folder);
  const images: Image[] = [];
  const export_ = mkdtempSync(join(tmpdir(), "paasmas-build-"));
  try {
    let exported = false;
    for (const [app, { image, context = app, dockerfile }] of Object.entries(project.apps)) {
      let digest = await evidence.built(app, tree, kind);
      if (digest === undefined) {
        if (!exported) exportTree(folder, tree, export_);
        exported = true;
        const reference = `${image}:${kind}-${tree}`;
        say(`building ${reference}`);
        const from = join(export_, context);
        const buildArgs = Object.entries(args).flatMap(([key, value]) => ["--build-arg", `${key}=${value}`]);
        const labels = [
          "--label",
          `org.opencontainers.image.revision=${commit}`,
          "--label",
          `org.opencontainers.image.source=https://github.com/${project.repository}`,
        ];
        run(builder, ["build", "--file", join(from, dockerfile), ...buildArgs, ...labels, "--tag", reference, from]);
        run(builder, [
          "push",
          ...(builder !== "docker" && withoutTls(image.slice(0, image.indexOf("/")), project.plainHttp)
            ? ["--tls-verify=false"]
            : []),
          reference,
        ]);
        digest = await evidence.built(app, tree, kind);
        if (digest === undefined) throw new DeliveryError(`${reference} was pushed, and is not there`);
      } else say(`${app}: ${digest} was built from these files before`);
      images.push({ app, digest });
    }
  } finally {
    rmSync(export_, { recursive: true, force: true });
  }
  return { commit, tree, images };
}

function exportTree(folder: string, tree: string, to: string): void {
  const archive = execFileSync("git", ["-C", folder, "archive", "--format=tar", tree], { maxBuffer: 1 << 30 });
  execFileSync("tar", ["-x", "-C", to], { input: archive });
}

/** What a build prints belongs to the log, not to the result. */
function run(program: string, args: string[]): void {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", 2, 2] });
  if (error !== undefined)
    throw new DeliveryError(
      `${program}: ${(error as NodeJS.ErrnoException).code === "ENOENT" ? `is not installed; use one of ${builders.join(", ")}` : error.message}`,
    );
  if (status !== 0) throw new BuildError(`${program} ${args[0]} ended with ${status}`);
}

/** The build itself failed; what it printed says why. */
export class BuildError extends Error {
  override name = "BuildError";
}
