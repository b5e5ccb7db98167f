import { type Problem, resourcePolicy } from "./policy.ts";
import { hasUnknown, isNot, isUnknown, objects, shown, strings } from "./values.ts";

const ruleset = "github:index/repositoryRuleset:RepositoryRuleset";
const protection = "github:index/branchProtection:BranchProtection";
const webhooks = [
  "github:index/repositoryWebhook:RepositoryWebhook",
  "github:index/organizationWebhook:OrganizationWebhook",
];

interface RulesetProps {
  enforcement?: unknown;
  target?: unknown;
  bypassActors?: unknown;
  rules?: { nonFastForward?: unknown; deletion?: unknown; pullRequest?: unknown; requiredStatusChecks?: unknown };
}

interface ProtectionProps {
  allowsForcePushes?: unknown;
  allowsDeletions?: unknown;
  enforceAdmins?: unknown;
  requiredPullRequestReviews?: unknown;
  requiredStatusChecks?: unknown;
}

export const githubBranchesProtected = resourcePolicy<RulesetProps & ProtectionProps>({
  name: "github-branches-protected",
  description:
    "Branches with rules accept only reviewed and tested pull requests, and cannot be rewritten, deleted or bypassed.",
  severity: "high",
  remediation: "use GithubFlow, or set the same rules.",
  appliesTo: [ruleset, protection],
  check({ type, props }, report) {
    if (type === protection) checkProtection(props, report);
    else checkRuleset(props, report);
  },
});

type Report = (problem: Problem) => void;

function checkProtection(props: ProtectionProps, report: Report): void {
  if (props.allowsForcePushes === true) report({ given: "allowsForcePushes is true", allowed: "false" });
  if (props.allowsDeletions === true) report({ given: "allowsDeletions is true", allowed: "false" });
  if (isNot(props.enforceAdmins, true))
    report({ given: `enforceAdmins is ${shown(props.enforceAdmins)}`, allowed: "true" });
  if (objects(props.requiredPullRequestReviews).length === 0 && !hasUnknown(props.requiredPullRequestReviews))
    report({ given: "requiredPullRequestReviews is not set", allowed: "at least one approval" });
  for (const review of objects(props.requiredPullRequestReviews))
    checkApprovals(review, "requiredPullRequestReviews", report);
  if (objects(props.requiredStatusChecks).length === 0 && !hasUnknown(props.requiredStatusChecks))
    report({ given: "requiredStatusChecks is not set", allowed: "at least one check" });
}

function checkRuleset(props: RulesetProps, report: Report): void {
  if (props.target !== "branch" || isUnknown(props.rules)) return;
  const rules = props.rules ?? {};
  if (isNot(props.enforcement, "active"))
    report({ given: `enforcement is ${shown(props.enforcement)}`, allowed: '"active"' });
  if (isNot(rules.nonFastForward, true))
    report({ given: `rules.nonFastForward is ${shown(rules.nonFastForward)}`, allowed: "true" });
  if (isNot(rules.deletion, true)) report({ given: `rules.deletion is ${shown(rules.deletion)}`, allowed: "true" });
  if (rules.pullRequest === undefined)
    report({ given: "rules.pullRequest is not set", allowed: "changes only by pull requests" });
  for (const review of objects(rules.pullRequest)) checkApprovals(review, "rules.pullRequest", report);
  if (rules.requiredStatusChecks === undefined)
    report({ given: "rules.requiredStatusChecks is not set", allowed: "at least one check" });
  for (const { actorType } of objects(props.bypassActors))
    report({ given: `bypassActors has ${shown(actorType)}`, allowed: "no actors" });
}

function checkApprovals(
  { requiredApprovingReviewCount: count }: Record<string, unknown>,
  path: string,
  report: Report,
): void {
  if (isUnknown(count) || (typeof count === "number" && count >= 1)) return;
  report({ given: `${path}.requiredApprovingReviewCount is ${shown(count)}`, allowed: "1 or more" });
}

interface WebhookProps {
  configuration?: { url?: unknown; secret?: unknown; insecureSsl?: unknown };
  events?: unknown;
}

export const githubWebhooksSigned = resourcePolicy<WebhookProps>({
  name: "github-webhooks-signed",
  description: "Webhooks use verified TLS, and sign their payloads.",
  severity: "high",
  ids: ["CKV_GIT_2"],
  remediation: "set an https:// URL and a secret.",
  appliesTo: webhooks,
  check({ props }, report) {
    const { configuration } = props;
    if (isUnknown(configuration)) return;
    const { url, secret, insecureSsl } = configuration ?? {};
    if (!isUnknown(url) && !/^https:\/\//.test(String(url)))
      report({ given: "configuration.url does not use TLS", allowed: "an https:// URL" });
    if (insecureSsl === true) report({ given: "configuration.insecureSsl is true", allowed: "false" });
    if (!isUnknown(secret) && (secret === undefined || secret === ""))
      report({ given: "configuration.secret is not set", allowed: "a secret" });
    if (strings(props.events).includes("*")) report({ given: 'events has "*"', allowed: "the required events" });
  },
});
