import { z } from "zod";
import { appName, appUrl, previewName, pullRequestNumber } from "./names.ts";
import { pullRequest, trust } from "./trust.ts";

/** All stages, in the order of the pipeline. */
export const stages = ["tests", "commit", "preview", "acceptance", "capacity", "manual", "release", "remove"] as const;
type Stage = (typeof stages)[number];

export const change = z.discriminatedUnion(
  "event",
  [
    z.object({
      event: z.literal("push"),
      branch: z.string().min(1),
      /** Whether it is the default branch, which goes to production. */
      primary: z.boolean("is not true or false"),
      /** Whether both tests on staging already passed for the same files. */
      passed: z.boolean().default(false),
    }),
    z.object({
      event: z.literal("pull-request"),
      number: pullRequestNumber,
      state: z.enum(["open", "closed"]),
      pullRequest,
    }),
  ],
  'is not an event; use "push" or "pull-request"',
);
export type Change = z.infer<typeof change>;

/** Settings of a project that decide on the route. */
export const routeRules = z.object({
  apps: z.array(appName).min(1, "is empty; add at least one app"),
  /** The branch that is deployed to staging; null for none. */
  stagingBranch: z.string().min(1).nullable().default("development"),
  /** Whether a release needs a manual approval. */
  manual: z.boolean().default(true),
  /** Settings of the preview apps. Without them, pull requests get no apps. */
  previews: z.object({ domain: z.string().min(1), label: z.string().min(1).optional() }).optional(),
});
export type RouteRules = z.infer<typeof routeRules>;

export interface Route {
  /** The stages of the change, in this order. */
  stages: Stage[];
  /** The environment that the change reaches; null for none. */
  environment: "preview" | "staging" | "production" | null;
  /** Whether the stages get credentials. */
  credentials: boolean;
  /** The preview apps to create, update or remove. */
  previews: { app: string; name: string; url: string }[];
  /** The reason, as a sentence. */
  reason: string;
}

export function route(change: Change, rules: RouteRules): Route {
  return change.event === "push" ? ofPush(change, rules) : ofPullRequest(change, rules);
}

function ofPush({ branch, primary, passed }: Change & { event: "push" }, { stagingBranch, manual }: RouteRules): Route {
  const nothing = { credentials: true, previews: [] };
  if (primary) {
    const tested: Stage[] = passed ? [] : ["commit", "acceptance", "capacity"];
    return {
      ...nothing,
      stages: [...tested, ...(manual ? (["manual"] as const) : []), "release"],
      environment: "production",
      reason: passed
        ? `${branch} goes to production; these files already passed on staging`
        : `${branch} goes to production`,
    };
  }
  if (branch === stagingBranch) {
    return {
      ...nothing,
      stages: ["commit", "acceptance", "capacity"],
      environment: "staging",
      reason: `${branch} goes to staging`,
    };
  }
  const kind = stagingBranch === null ? "not the default branch" : `neither the default branch nor ${stagingBranch}`;
  return { stages: ["tests"], environment: null, credentials: false, previews: [], reason: `${branch} is ${kind}` };
}

function ofPullRequest(
  { number, state, pullRequest }: Change & { event: "pull-request" },
  { apps, previews }: RouteRules,
): Route {
  const refused = { stages: ["tests"] as Stage[], environment: null, credentials: false, previews: [] };
  const named = previews === undefined ? [] : apps.map((app) => previewOf(number, app, previews.domain));
  if (state === "closed") {
    return {
      stages: named.length > 0 ? ["remove"] : [],
      environment: named.length > 0 ? "preview" : null,
      credentials: true,
      previews: named,
      reason: `pull request ${number} is closed`,
    };
  }
  if (previews === undefined) return { ...refused, reason: "the project has no preview environment" };
  const { trusted, reason } = trust(pullRequest, previews.label);
  const sentence = `pull request ${number}: ${reason}`;
  return trusted
    ? { stages: ["commit", "preview"], environment: "preview", credentials: true, previews: named, reason: sentence }
    : { ...refused, reason: sentence };
}

function previewOf(number: number, app: string, domain: string) {
  const name = previewName(number, app);
  return { app, name, url: appUrl(name, domain) };
}
