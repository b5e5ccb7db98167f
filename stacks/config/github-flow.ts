import type { z } from "zod";
import { bounds } from "../../components/internal/bounds.ts";
import { isBranch, ownerPattern, repositoryPattern } from "../../components/github-flow/name-patterns.ts";
import { type Problem, show } from "./error.ts";
import { checkedText, flag, group, list, secret, text, whole } from "../../components/internal/settings-schema.ts";
import type { AnySettings } from "./settings.ts";

const branchRule = "its name, without refs/heads/ and wildcards";

/** `githubFlow` of prod. */
export const githubFlowSettings = group({
  owner: text(ownerPattern, "the name of a user or an organization on GitHub")
    .meta({ description: "Owner of the repositories.", default: "`jenkins.github.organization`" })
    .optional(),
  token: secret(/^[\x21-\x7e]{20,}$/, "a token of GitHub's, at least 20 printable ASCII characters without spaces")
    .meta({
      description:
        "Token that can administer the repositories and their webhooks; a secret. A plan does not need it. " +
        "`up` uses `GITHUB_TOKEN` instead if the setting is missing.",
      default: "none; `up` requires it or `GITHUB_TOKEN`",
    })
    .optional(),
  repositories: list(text(repositoryPattern, "the name of a repository, without its owner's")),
  branches: list(
    checkedText((given) => (isBranch(given) ? undefined : `${show(given)} is not a branch; use ${branchRule}`), {
      kind: "a branch",
      allowed: branchRule,
      pattern: /^(?!refs\/)(?!.*(\.\.|\/\/|\/$|\.lock$))[A-Za-z0-9][A-Za-z0-9._/-]*$/,
    }),
  ).optional(),
  requiredChecks: list(text(/\S/, "the name of a check as GitHub shows it")).optional(),
  approvals: whole(bounds.githubFlow.approvals).optional(),
  codeOwners: flag().optional(),
  webhook: flag()
    .meta({
      description:
        "Whether the repositories notify Jenkins of pushes and pull requests, signed with a generated secret. " +
        "Use false if the GitHub App has such a webhook.",
      default: "true with `jenkins.publicEndpoint` and a certificate that GitHub trusts; it needs both",
    })
    .optional(),
  closeToken: secret(/^[A-Za-z0-9_-]{20,128}$/, "20 to 128 letters, digits, _ and -")
    .meta({
      description:
        "The `closeToken` of a job that removes the apps of pull requests; a secret. The job then runs as soon as a " +
        "pull request is closed. Needs `jenkins.publicEndpoint`.",
      default: "none, the job runs every hour",
    })
    .optional(),
}).meta({
  description:
    "Rules of the repositories from which releases are made, and their webhooks to Jenkins, " +
    "see [GithubFlow](components/github-flow.md).",
  default: "none",
});

export type GithubFlowSettings = z.output<typeof githubFlowSettings>;

/** What does not go together. */
export function githubFlowProblems({ githubFlow, ...others }: AnySettings): Problem[] {
  if (githubFlow === undefined) return [];
  const problems: Problem[] = [];
  const refuse = (field: string, message: string) => problems.push({ path: `githubFlow.${field}`, message });
  const { owner, repositories, requiredChecks, webhook, closeToken } = githubFlow;
  if (repositories.length === 0)
    refuse("repositories", "[] is no repository; name those whose branches are protected, or leave githubFlow out");
  repositories.forEach((name, index) => {
    if (repositories.indexOf(name) !== index)
      refuse(`repositories[${index}]`, `${show(name)} is there already; use each once`);
  });
  if (requiredChecks?.length === 0)
    refuse("requiredChecks", "[] lets everything be merged; name one at least, or leave it out");
  // What is wrong with Jenkins by itself is said already.
  if (!("jenkins" in others)) return problems;
  if (owner === undefined && others.jenkins === undefined)
    refuse(
      "owner",
      "is missing, and there is no jenkins.github.organization to take it from; give the owner of the repositories",
    );
  const { publicEndpoint } = others.jenkins ?? {};
  if (publicEndpoint === undefined) {
    const way = "needs a way in for GitHub's calls; give jenkins.publicEndpoint, or leave it out";
    if (webhook === true) refuse("webhook", `true ${way}`);
    if (closeToken !== undefined) refuse("closeToken", way);
  } else if (publicEndpoint.certificate === undefined) {
    const trust =
      "calls jenkins.publicEndpoint, whose certificate GitHub does not know; give jenkins.publicEndpoint.certificate";
    if (webhook !== false) refuse("webhook", `${trust}, or use false here`);
    if (closeToken !== undefined) refuse("closeToken", `${trust}, or leave it out`);
  }
  return problems;
}
