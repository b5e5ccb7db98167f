import { planned } from "../planned.ts";
import { type Case, unknownBoolean, unknownString } from "./case.ts";

const rules = {
  deletion: true,
  nonFastForward: true,
  pullRequest: { requiredApprovingReviewCount: 1 },
  requiredStatusChecks: { requiredChecks: [{ context: "ci" }] },
};
const ruleset = (inputs: Record<string, unknown>) =>
  planned("github:index/repositoryRuleset:RepositoryRuleset", "shop", {
    target: "branch",
    enforcement: "active",
    bypassActors: [],
    rules,
    ...inputs,
  });
const protection = (inputs: Record<string, unknown>) =>
  planned("github:index/branchProtection:BranchProtection", "main", {
    enforceAdmins: true,
    requiredPullRequestReviews: [{ requiredApprovingReviewCount: 1 }],
    requiredStatusChecks: [{ contexts: ["ci"] }],
    ...inputs,
  });
const webhook = (configuration: unknown, events: unknown = ["push"]) =>
  planned("github:index/repositoryWebhook:RepositoryWebhook", "hook", { configuration, events });
const good = { url: "https://ci.example.com/", secret: "01234567890123456789", insecureSsl: false };

export const cases: Case[] = [
  {
    policy: "github-branches-protected",
    given: "a ruleset without rules",
    resources: [ruleset({ enforcement: "evaluate", rules: {}, bypassActors: [{ actorType: "OrganizationAdmin" }] })],
    expected: [
      'shop: enforcement is "evaluate"; allowed: "active"',
      "shop: rules.nonFastForward is not set; allowed: true",
      "shop: rules.deletion is not set; allowed: true",
      "shop: rules.pullRequest is not set; allowed: changes only by pull requests",
      "shop: rules.requiredStatusChecks is not set; allowed: at least one check",
      'shop: bypassActors has "OrganizationAdmin"; allowed: no actors',
    ],
  },
  {
    policy: "github-branches-protected",
    given: "a classic protection that exempts administrators and allows force pushes",
    resources: [
      protection({
        enforceAdmins: false,
        allowsForcePushes: true,
        allowsDeletions: true,
        requiredPullRequestReviews: [],
        requiredStatusChecks: undefined,
      }),
    ],
    expected: [
      "main: allowsForcePushes is true; allowed: false",
      "main: allowsDeletions is true; allowed: false",
      "main: enforceAdmins is false; allowed: true",
      "main: requiredPullRequestReviews is not set; allowed: at least one approval",
      "main: requiredStatusChecks is not set; allowed: at least one check",
    ],
  },
  {
    policy: "github-branches-protected",
    given: "rules without a required approval",
    resources: [
      ruleset({ rules: { ...rules, pullRequest: { requiredApprovingReviewCount: 0 } } }),
      ruleset({ rules: { ...rules, pullRequest: {} } }),
      protection({ requiredPullRequestReviews: [{ requiredApprovingReviewCount: 0 }] }),
    ],
    expected: [
      "shop: rules.pullRequest.requiredApprovingReviewCount is 0; allowed: 1 or more",
      "shop: rules.pullRequest.requiredApprovingReviewCount is not set; allowed: 1 or more",
      "main: requiredPullRequestReviews.requiredApprovingReviewCount is 0; allowed: 1 or more",
    ],
  },
  {
    policy: "github-branches-protected",
    given: "complete rules, rules for tags, and unknown values",
    resources: [
      ruleset({}),
      protection({}),
      ruleset({ target: "tag", rules: {} }),
      ruleset({ enforcement: unknownString, rules: { ...rules, deletion: unknownBoolean } }),
    ],
    expected: [],
  },
  {
    policy: "github-webhooks-signed",
    given: "a webhook without TLS, without a secret, and for all events",
    resources: [webhook({ url: "http://ci.example.com/" }, ["*"]), webhook({ ...good, insecureSsl: true })],
    expected: [
      "hook: configuration.url does not use TLS; allowed: an https:// URL",
      "hook: configuration.secret is not set; allowed: a secret",
      'hook: events has "*"; allowed: the required events',
      "hook: configuration.insecureSsl is true; allowed: false",
    ],
  },
  {
    policy: "github-webhooks-signed",
    given: "a webhook with TLS and a secret, and unknown values",
    resources: [webhook(good), webhook({ url: unknownString, secret: unknownString }), webhook(unknownString)],
    expected: [],
  },
];
