import * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "../internal/argument-check.ts";
import type { GithubFlowArgs, GithubWebhookArgs } from "./args.ts";
import { isBranch, repositoryPattern } from "./name-patterns.ts";
import { githubFlowDefaults, githubFlowArguments } from "./settings-schema.ts";

/** @throws ArgumentError listing the arguments that cannot be used. */
export function githubFlowSettings(name: string, args: GithubFlowArgs) {
  const { repositories = [], branches = ["development"], webhooks = [] } = args;
  const {
    requiredChecks = ["continuous-integration/jenkins/pr-merge"],
    approvals = githubFlowDefaults.approvals,
    codeOwners = githubFlowDefaults.codeOwners,
  } = args;
  const check = new ArgumentCheck(name, args)
    .require(repositories.length > 0, "repositories", "is missing; give the names of the repositories")
    .schemas(githubFlowArguments, args)
    .require(requiredChecks.length > 0, "requiredChecks", "is empty; name at least one check");
  checkRepositories(repositories, check);
  for (const [index, branch] of branches.entries()) {
    check.require(
      isBranch(branch),
      `branches[${index}]`,
      `${JSON.stringify(branch)} is not a branch; use its name, without refs/heads/ and wildcards`,
    );
  }
  for (const [index, one] of requiredChecks.entries()) {
    check.require(one.trim() !== "", `requiredChecks[${index}]`, "is empty; use the check's name as GitHub shows it");
  }
  for (const index of webhooks.keys()) checkWebhook(index, webhooks, check);
  check.throwIfInvalid();
  return { repositories, branches, requiredChecks, approvals, codeOwners, webhooks };
}

/** The URL of a webhook. Checks a URL that is known only during the update. */
export function secureUrl(given: pulumi.Input<string>, path: string): pulumi.Output<string> {
  return pulumi.secret(
    pulumi.output(given).apply((url) => {
      if (!isSecureUrl(url)) throw new pulumi.RunError(`${path}: is not allowed; use a URL with https://`);
      return url;
    }),
  );
}

/** The key of a webhook. Checks a key that is known only during the update. */
export function signatureKey(given: pulumi.Input<string>, path: string): pulumi.Output<string> {
  return pulumi.secret(
    pulumi.output(given).apply((secret) => {
      if (!isLongEnough(secret)) throw new pulumi.RunError(`${path}: ${shortSecret}`);
      return secret;
    }),
  );
}

const shortSecret = "the given secret is not allowed; use at least 20 characters";

function checkRepositories(repositories: readonly string[], check: ArgumentCheck): void {
  for (const [index, repository] of repositories.entries()) {
    const path = `repositories[${index}]`;
    check
      .require(
        repositoryPattern.test(repository),
        path,
        `${JSON.stringify(repository)} is not a repository; use its name, without the owner`,
      )
      .require(
        repositories.indexOf(repository) === index,
        path,
        `${JSON.stringify(repository)} is listed twice; use each repository once`,
      );
  }
}

function checkWebhook(index: number, webhooks: readonly GithubWebhookArgs[], check: ArgumentCheck): void {
  const { name, url, events, secret } = webhooks[index]!;
  const path = `webhooks[${index}]`;
  check
    .require(
      /^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/.test(name),
      `${path}.name`,
      `${JSON.stringify(name)} is not allowed; use up to 24 lower-case letters, digits and inner hyphens`,
    )
    .require(
      webhooks.findIndex((one) => one.name === name) === index,
      `${path}.name`,
      `${JSON.stringify(name)} is used twice; use each name once`,
    )
    .require(typeof url !== "string" || isSecureUrl(url), `${path}.url`, "is not allowed; use a URL with https://")
    .require(events?.length > 0, `${path}.events`, "is missing; give GitHub's names of events, such as pull_request")
    .require(typeof secret !== "string" || isLongEnough(secret), `${path}.secret`, shortSecret);
  for (const [place, event] of events?.entries() ?? []) {
    check.require(
      /^[a-z_]+$/.test(event),
      `${path}.events[${place}]`,
      `${JSON.stringify(event)} is not an event; use GitHub's names, such as pull_request`,
    );
  }
}

function isSecureUrl(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === "https:";
}

function isLongEnough(secret: string): boolean {
  return secret.length >= 20;
}
