import type { z } from "zod";
import { githubFlowArguments } from "../../components/github-flow/settings-schema.ts";
import { isBranch, ownerPattern, repositoryPattern } from "../../components/github-flow/name-patterns.ts";
import { formatValue } from "../../components/internal/format-value.ts";
import { checkedText, flag, group, list, secret, text } from "../../components/internal/settings-schema.ts";

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
    checkedText((given) => (isBranch(given) ? undefined : `${formatValue(given)} is not a branch; use ${branchRule}`), {
      kind: "a branch",
      allowed: branchRule,
      pattern: /^(?!refs\/)(?!.*(\.\.|\/\/|\/$|\.lock$))[A-Za-z0-9][A-Za-z0-9._/-]*$/,
    }),
  ).optional(),
  requiredChecks: list(text(/\S/, "the name of a check as GitHub shows it")).optional(),
  ...githubFlowArguments,
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
