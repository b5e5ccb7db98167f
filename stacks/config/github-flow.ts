import type { z } from "zod";
import { bounds } from "../../components/internal/bounds.ts";
import { isBranch, ownerPattern, repositoryPattern } from "../../components/github-flow/name-patterns.ts";
import { type Problem, show } from "./error.ts";
import { flag, group, list, secret, text, value, whole } from "./schema.ts";
import type { AnySettings } from "./settings.ts";

/** `githubFlow` of prod. */
export const githubFlowSettings = group({
  owner: text(ownerPattern, "the name of a user or an organization on GitHub").optional(),
  token: secret(
    /^[\x21-\x7e]{20,}$/,
    "a token of GitHub's, at least 20 printable ASCII characters without spaces",
  ).optional(),
  repositories: list(text(repositoryPattern, "the name of a repository, without its owner's")),
  branches: list(
    value<string>(
      (given) => typeof given === "string" && isBranch(given),
      "is not a branch",
      "use its name, without refs/heads/ and wildcards",
    ),
  ).optional(),
  requiredChecks: list(text(/\S/, "the name of a check as GitHub shows it")).optional(),
  approvals: whole(bounds.githubFlow.approvals).optional(),
  codeOwners: flag().optional(),
  webhook: flag().optional(),
  closeToken: secret(/^[A-Za-z0-9_-]{20,128}$/, "20 to 128 letters, digits, _ and -").optional(),
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
