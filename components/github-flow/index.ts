import { RepositoryRuleset } from "@pulumi/github/repositoryRuleset.js";
import { RepositoryWebhook } from "@pulumi/github/repositoryWebhook.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { isBranch, repositoryPattern } from "./name-patterns.ts";

export interface GithubFlowArgs {
  /** Names of the repositories, without the owner's: that is the provider's. They have to be there. */
  repositories: string[];
  /**
   * Branches that take nothing but pull requests, by name; the default branch is always among them.
   * Default: `development`.
   */
  branches?: string[];
  /**
   * Checks that have to pass before a pull request is merged, as GitHub shows them.
   * Default: `continuous-integration/jenkins/pr-merge`, which Jenkins' GitHub branch source reports.
   */
  requiredChecks?: string[];
  /**
   * Approving reviews that a pull request needs: 0 to 6.
   * Default: 1.
   * The last push has to be approved by somebody who has not pushed it; what is pushed later has to be approved again.
   */
  approvals?: number;
  /**
   * Whether owners of the code that is changed, in the file `CODEOWNERS`, have to approve.
   * Default: false.
   */
  codeOwners?: boolean;
  /**
   * Who is told of what happens in the repositories.
   * Default: nobody. A GitHub App has a webhook of its own, and needs none.
   */
  webhooks?: GithubWebhookArgs[];
}

export interface GithubWebhookArgs {
  /** Name of the webhook among those of the component: lower-case letters, digits and inner hyphens. */
  name: string;
  /** Who is called, with https; a secret where a token is part of it. */
  url: pulumi.Input<string>;
  /** What it is told: GitHub's names of events, `pull_request`. */
  events: string[];
  /**
   * What calls are signed with, at least 20 characters; a secret.
   * Default: generated; in the output `webhookSecrets`.
   */
  secret?: pulumi.Input<string>;
}

/**
 * GitHub flow for repositories that are there: the branches that lead to staging and production change by reviewed and
 * tested pull requests alone, and those who have to know are told. Needs a token that may administer the repositories.
 */
export class GithubFlow extends pulumi.ComponentResource {
  /** What each webhook's calls are signed with, by its name; secrets. */
  readonly webhookSecrets: Readonly<Record<string, pulumi.Output<string>>>;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: GithubFlowArgs, opts?: pulumi.ComponentResourceOptions) {
    const { repositories = [], branches = ["development"], webhooks = [] } = args;
    const { requiredChecks = ["continuous-integration/jenkins/pr-merge"], approvals = 1, codeOwners = false } = args;
    const check = new ArgumentCheck(name, args)
      .require(repositories.length > 0, "repositories", "is missing; give the names of the repositories")
      .integer("approvals", approvals, bounds.githubFlow.approvals)
      .require(requiredChecks.length > 0, "requiredChecks", "is empty; nothing would have to pass before a merge");
    repositories.forEach((repository, index) => {
      check.require(
        repositoryPattern.test(repository),
        `repositories[${index}]`,
        `${JSON.stringify(repository)} is not a repository; use its name without the owner's`,
      );
      check.require(
        repositories.indexOf(repository) === index,
        `repositories[${index}]`,
        `${JSON.stringify(repository)} is there already; use each once`,
      );
    });
    branches.forEach((branch, index) =>
      check.require(
        isBranch(branch),
        `branches[${index}]`,
        `${JSON.stringify(branch)} is not a branch; use its name, without refs/heads/ and wildcards`,
      ),
    );
    requiredChecks.forEach((one, index) =>
      check.require(one.trim() !== "", `requiredChecks[${index}]`, "is empty; use the check's name as GitHub shows it"),
    );
    webhooks.forEach((webhook, index) => {
      const path = `webhooks[${index}]`;
      check
        .require(
          /^[a-z]([a-z0-9-]{0,22}[a-z0-9])?$/.test(webhook.name),
          `${path}.name`,
          `${JSON.stringify(webhook.name)} is not allowed; use up to 24 lower-case letters, digits and inner hyphens`,
        )
        .require(
          webhooks.findIndex((one) => one.name === webhook.name) === index,
          `${path}.name`,
          `${JSON.stringify(webhook.name)} is there already; use each once`,
        )
        .require(
          typeof webhook.url !== "string" || urlProblem(webhook.url) === undefined,
          `${path}.url`,
          `is not allowed; use an address with https://`,
        )
        .require(
          webhook.events?.length > 0,
          `${path}.events`,
          "is missing; give GitHub's names of events, such as pull_request",
        )
        .require(
          typeof webhook.secret !== "string" || webhook.secret.length >= 20,
          `${path}.secret`,
          "the given secret is not allowed; use at least 20 characters",
        );
      webhook.events?.forEach((event, place) =>
        check.require(
          /^[a-z_]+$/.test(event),
          `${path}.events[${place}]`,
          `${JSON.stringify(event)} is not an event; use GitHub's names, such as pull_request`,
        ),
      );
    });
    check.throwIfInvalid();
    super(
      "paasmas:index:GithubFlow",
      name,
      { repositories, branches, requiredChecks, approvals, webhooks: webhooks.map((webhook) => webhook.name) },
      opts,
    );

    for (const repository of repositories) {
      new RepositoryRuleset(
        `${name}-${repository}`,
        {
          repository,
          name: "reviewed and tested",
          target: "branch",
          enforcement: "active",
          // Nobody may pass it by: who has to, changes this first, and that is seen.
          bypassActors: [],
          conditions: {
            refName: {
              includes: ["~DEFAULT_BRANCH", ...branches.map((branch) => `refs/heads/${branch}`)],
              excludes: [],
            },
          },
          rules: {
            deletion: true,
            nonFastForward: true,
            pullRequest: {
              requiredApprovingReviewCount: approvals,
              dismissStaleReviewsOnPush: true,
              requireLastPushApproval: approvals > 0,
              requireCodeOwnerReview: codeOwners,
              requiredReviewThreadResolution: true,
            },
            requiredStatusChecks: {
              requiredChecks: requiredChecks.map((context) => ({ context })),
              // What is merged was tested together with what is there: the tree that passes is the tree that is released.
              strictRequiredStatusChecksPolicy: true,
            },
          },
        },
        { parent: this },
      );
    }

    const secrets: Record<string, pulumi.Output<string>> = {};
    for (const { name: hook, url, events, secret } of webhooks) {
      const signed =
        secret === undefined
          ? new RandomPassword(`${name}-${hook}-secret`, { length: 40, special: false }, { parent: this }).result
          : pulumi.secret(pulumi.output(secret).apply((given) => longEnough(given, `${name}.webhooks.${hook}.secret`)));
      secrets[hook] = signed;
      const address = pulumi.secret(
        pulumi.output(url).apply((given) => withTls(given, `${name}.webhooks.${hook}.url`)),
      );
      for (const repository of repositories) {
        new RepositoryWebhook(
          `${name}-${repository}-${hook}`,
          {
            repository,
            active: true,
            events,
            configuration: { url: address, contentType: "json", insecureSsl: false, secret: signed },
          },
          { parent: this },
        );
      }
    }
    this.webhookSecrets = secrets;

    this.registerOutputs({ webhookSecrets: secrets });
  }
}

function urlProblem(url: string): string | undefined {
  return URL.canParse(url) && new URL(url).protocol === "https:" ? undefined : "has to be an address with https://";
}

// What is only known once it is made is checked when it is.
function withTls(url: string, path: string): string {
  const problem = urlProblem(url);
  if (problem !== undefined) throw new pulumi.RunError(`${path}: ${problem}`);
  return url;
}

function longEnough(secret: string, path: string): string {
  if (secret.length < 20)
    throw new pulumi.RunError(`${path}: the given secret is not allowed; use at least 20 characters`);
  return secret;
}
