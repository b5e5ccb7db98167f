import { z } from "zod";
import { checkout, mergedInto } from "../build.ts";
import { pullRequestNumber } from "../decisions/names.ts";
import { checked } from "../decisions/problem.ts";
import { promote } from "../decisions/promote.ts";
import { change, type RouteRules, route, routeRules } from "../decisions/route.ts";
import { Evidence } from "../evidence.ts";
import type { Github, PullRequestFacts } from "../github.ts";
import { type Project, projectFile, projectOf, readProject } from "../project.ts";
import { type Common, githubOf, input, type Outcome } from "./shared.ts";

export interface DecideOptions extends Common {
  lookUp?: boolean;
  repository?: string;
}

const asked = z.discriminatedUnion(
  "event",
  [
    z.object({ event: z.literal("push"), branch: z.string().min(1), primary: z.boolean("is neither true nor false") }),
    z.object({
      event: z.literal("pull-request"),
      number: pullRequestNumber,
      /** What is checked out. The pull request may have moved on, or back, since. */
      commit: z
        .string()
        .regex(/^[0-9a-f]{40}$/, "is not a commit; use the 40 hexadecimal digits of what is checked out"),
    }),
  ],
  'is not an event; use "push" or "pull-request"',
);

/**
 * What becomes of a change. With `--look-up`, GitHub says whom a pull request is from, and the rules are those of the
 * branch it is to be merged into: what a stranger sends decides nothing about itself. An approval counts for what is
 * checked out, wherever the pull request points by now.
 */
export async function decide(options: DecideOptions): Promise<Outcome> {
  const given = input(options);
  if (options.lookUp !== true) return routed(checked(change, given, "--input"), rulesOf(readProject(options.project)));
  const what = checked(asked, given, "--input");
  if (what.event === "pull-request") {
    const github = githubOf(options.repository);
    const facts = await github.pullRequest(what.number);
    const project = projectOf(await github.file(projectFile, facts.base), `${projectFile} of ${facts.base}`);
    return routed(
      {
        event: "pull-request",
        number: facts.number,
        state: facts.state,
        origin: { ...facts.origin, head: await headOf(what.commit, facts, github) },
      },
      rulesOf(project),
    );
  }
  const project = readProject(options.project);
  return routed({ ...what, passed: what.primary && (await hasPassed(project)) }, rulesOf(project));
}

/** The pull request's own commit of what is checked out: that itself, or what was merged into the target branch for it. */
async function headOf(commit: string, { origin, base }: PullRequestFacts, github: Github): Promise<string> {
  const approved = new Set(origin.approvals.map((one) => one.commit));
  if (approved.size === 0 || approved.has(commit)) return commit;
  return (await mergedInto(".", commit, approved, (other) => github.isOn(base, other))) ?? commit;
}

function routed(...[given, rules]: Parameters<typeof route>): Outcome {
  const result = route(given, rules);
  const apps = result.previews.map(({ name, url }) => `  ${name} ${url}\n`).join("");
  return { result, text: `${result.because}\nstages: ${result.stages.join(", ") || "none"}\n${apps}` };
}

/** Every app has an image of these files that passed both tests. */
async function hasPassed(project: Project): Promise<boolean> {
  const { tree } = checkout(".");
  const evidence = new Evidence(project);
  const passed = await evidence.of(tree);
  const images = [];
  for (const app of Object.keys(project.apps)) {
    const digest = await evidence.built(app, tree);
    if (digest === undefined) return false;
    images.push({ app, digest });
  }
  return promote({ tree, images, apps: Object.keys(project.apps), evidence: passed }).allowed;
}

function rulesOf({ apps, environments: { preview }, branches, release }: Project): RouteRules {
  const previews = preview && { domain: preview.domain, ...(preview.label !== undefined && { label: preview.label }) };
  return checked(
    routeRules,
    { apps: Object.keys(apps), stagingBranch: branches.staging, manual: release.manual, previews },
    projectFile,
  );
}
