import { type Problem, formatValue } from "./error.ts";
import type { AnySettings } from "./settings.ts";

/** Settings of `githubFlow` that contradict each other or `jenkins`. */
export function githubFlowProblems({ githubFlow, ...others }: AnySettings): Problem[] {
  if (githubFlow === undefined) return [];
  const problems: Problem[] = [];
  const refuse = (field: string, message: string) => problems.push({ path: `githubFlow.${field}`, message });
  const { owner, repositories, requiredChecks, webhook, closeToken } = githubFlow;
  if (repositories.length === 0)
    refuse("repositories", "[] is no repository; name those whose branches are protected, or leave githubFlow out");
  repositories.forEach((name, index) => {
    if (repositories.indexOf(name) !== index)
      refuse(`repositories[${index}]`, `${formatValue(name)} is listed twice; use it once`);
  });
  if (requiredChecks?.length === 0)
    refuse("requiredChecks", "[] lets everything be merged; name one at least, or leave it out");
  // Invalid Jenkins settings are already reported.
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
