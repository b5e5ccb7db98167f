import { z } from "zod";
import { checkout, mergedInto } from "../build.ts";
import { pullRequestNumber } from "../rules/names.ts";
import { checked } from "../rules/validate.ts";
import { promote } from "../rules/promote.ts";
import { change, type RouteRules, route, routeRules } from "../rules/route.ts";
import { ImageRecords } from "../image-records.ts";
import type { Github, PullRequestFacts } from "../github.ts";
import { type Project, projectFile, projectOf, readProject } from "../project.ts";
import { type Common, githubOf, input, type Outcome } from "./common.ts";

export interface DecideOptions extends Common {
  lookUp?: boolean;
  repository?: string;
}

const lookUp = z.discriminatedUnion(
  "event",
  [
    z.object({ event: z.literal("push"), branch: z.string().min(1), primary: z.boolean("is not true or false") }),
    z.object({
      event: z.literal("pull-request"),
      number: pullRequestNumber,
      /** The checked-out commit. The pull request can point to another commit by now. */
      commit: z
        .string()
        .regex(/^[0-9a-f]{40}$/, "is not a commit; use the 40 hexadecimal digits of the checked-out commit"),
    }),
  ],
  'is not an event; use "push" or "pull-request"',
);

/**
 * Prints the stages of a change. With `--look-up`, reads the author and the approvals from GitHub, and the rules from
 * the target branch: a pull request cannot change the rules that apply to it. An approval counts for the checked-out
 * commit, even if the pull request points to another commit by now.
 */
export async function decide(options: DecideOptions): Promise<Outcome> {
  const given = input(options);
  if (options.lookUp !== true) return routed(checked(change, given, "--input"), rulesOf(readProject(options.project)));
  const asked = checked(lookUp, given, "--input");
  if (asked.event === "pull-request") {
    const github = githubOf(options.repository);
    const facts = await github.pullRequest(asked.number);
    const project = projectOf(await github.file(projectFile, facts.base), `${projectFile} of ${facts.base}`);
    return routed(
      {
        event: "pull-request",
        number: facts.number,
        state: facts.state,
        pullRequest: { ...facts.pullRequest, head: await headOf(asked.commit, facts, github) },
      },
      rulesOf(project),
    );
  }
  const project = readProject(options.project);
  return routed({ ...asked, passed: asked.primary && (await hasPassed(project)) }, rulesOf(project));
}

/** The commit of the pull request in the checkout: the checkout itself, or the merged parent of a merge by the CI. */
async function headOf(commit: string, { pullRequest, base }: PullRequestFacts, github: Github): Promise<string> {
  const approved = new Set(pullRequest.approvals.map((one) => one.commit));
  if (approved.size === 0 || approved.has(commit)) return commit;
  return (await mergedInto(".", commit, approved, (other) => github.isOn(base, other))) ?? commit;
}

function routed(...[given, rules]: Parameters<typeof route>): Outcome {
  const result = route(given, rules);
  const apps = result.previews.map(({ name, url }) => `  ${name} ${url}\n`).join("");
  return { result, text: `${result.reason}\nstages: ${result.stages.join(", ") || "none"}\n${apps}` };
}

/** Whether each app has an image of these files that passed both tests. */
async function hasPassed(project: Project): Promise<boolean> {
  const { tree } = checkout(".");
  const records = new ImageRecords(project);
  const passed = await records.testResults(tree);
  const images = [];
  for (const app of Object.keys(project.apps)) {
    const digest = await records.digest(app, tree);
    if (digest === undefined) return false;
    images.push({ app, digest });
  }
  return promote({ tree, images, apps: Object.keys(project.apps), testResults: passed }).allowed;
}

function rulesOf({ apps, environments: { preview }, branches, release }: Project): RouteRules {
  const previews = preview && { domain: preview.domain, ...(preview.label !== undefined && { label: preview.label }) };
  return checked(
    routeRules,
    { apps: Object.keys(apps), stagingBranch: branches.staging, manual: release.manual, previews },
    projectFile,
  );
}
