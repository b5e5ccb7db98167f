import { z } from "zod";
import { appName, appUrl, previewName, pullRequestNumber } from "./names.ts";
import { origin, trust } from "./trust.ts";

/** The stages there are, in the order in which a change goes through them. */
export const stages = ["tests", "commit", "preview", "acceptance", "capacity", "manual", "release", "remove"] as const;
export type Stage = (typeof stages)[number];

/** What happened in the repository. */
export const change = z.discriminatedUnion(
  "event",
  [
    z.object({
      event: z.literal("push"),
      branch: z.string().min(1),
      /** Whether it is the repository's default branch, which goes to production. */
      primary: z.boolean("is neither true nor false"),
      /** Both tests on staging are known to have passed for the same files. */
      passed: z.boolean().default(false),
    }),
    z.object({
      event: z.literal("pull-request"),
      number: pullRequestNumber,
      state: z.enum(["open", "closed"]),
      origin,
    }),
  ],
  'is not an event; use "push" or "pull-request"',
);
export type Change = z.infer<typeof change>;

/** What a project has settled. */
export const routeRules = z.object({
  apps: z.array(appName).min(1, "is empty; give one app at least"),
  /** The branch that goes to staging; null for none. */
  stagingBranch: z.string().min(1).nullable().default("development"),
  /** Whether somebody has to agree to a release. */
  manual: z.boolean().default(true),
  /** How pull requests get apps of their own; without it they get none. */
  previews: z.object({ domain: z.string().min(1), label: z.string().min(1).optional() }).optional(),
});
export type RouteRules = z.infer<typeof routeRules>;

export interface Route {
  /** What to do with the change, in this order. */
  stages: Stage[];
  /** Where the change ends up; null when nowhere. */
  environment: "preview" | "staging" | "production" | null;
  /** Whether any credential may be given to what is run. */
  credentials: boolean;
  /** The apps of a pull request, to be created, updated or removed. */
  previews: { app: string; name: string; url: string }[];
  /** Why, as a sentence. */
  because: string;
}

/** What is to be done with a change. */
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
      because: passed
        ? `${branch} goes to production; these files have passed on staging, and what passed is released`
        : `${branch} goes to production`,
    };
  }
  if (branch === stagingBranch) {
    return {
      ...nothing,
      stages: ["commit", "acceptance", "capacity"],
      environment: "staging",
      because: `${branch} goes to staging`,
    };
  }
  return {
    stages: ["tests"],
    environment: null,
    credentials: false,
    previews: [],
    because: `${branch} is ${stagingBranch === null ? "not the default branch" : `neither the default branch nor ${stagingBranch}`}`,
  };
}

function ofPullRequest(
  { number, state, origin }: Change & { event: "pull-request" },
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
      because: `pull request ${number} is closed`,
    };
  }
  if (previews === undefined) return { ...refused, because: "the project has no apps for pull requests" };
  const { trusted, because } = trust(origin, previews.label);
  const sentence = `pull request ${number}: ${because}`;
  return trusted
    ? { stages: ["commit", "preview"], environment: "preview", credentials: true, previews: named, because: sentence }
    : { ...refused, because: sentence };
}

function previewOf(number: number, app: string, domain: string) {
  const name = previewName(number, app);
  return { app, name, url: appUrl(name, domain) };
}
