import { RepositoryRuleset } from "@pulumi/github/repositoryRuleset.js";
import { RepositoryWebhook } from "@pulumi/github/repositoryWebhook.js";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { GithubFlowArgs, GithubWebhookArgs } from "./args.ts";
import { githubFlowSettings, secureUrl, signatureKey } from "./settings.ts";

export type { GithubFlowArgs, GithubWebhookArgs } from "./args.ts";

/**
 * GitHub flow for existing repositories. The branches that lead to staging and production change only by reviewed and
 * tested pull requests. Webhooks report events to other services. Needs a token with administration access to the
 * repositories.
 */
export class GithubFlow extends pulumi.ComponentResource {
  /** Keys that sign the calls of the webhooks, by the name of the webhook; secrets. */
  readonly webhookSecrets: Readonly<Record<string, pulumi.Output<string>>>;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: GithubFlowArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = githubFlowSettings(name, args);
    const { repositories, branches, requiredChecks, approvals, webhooks } = settings;
    super(
      "paasmas:index:GithubFlow",
      name,
      { repositories, branches, requiredChecks, approvals, webhooks: webhooks.map((webhook) => webhook.name) },
      opts,
    );

    for (const repository of repositories) this.#protect(`${name}-${repository}`, repository, settings);

    const secrets: Record<string, pulumi.Output<string>> = {};
    for (const webhook of webhooks) secrets[webhook.name] = this.#report(name, repositories, webhook);
    this.webhookSecrets = secrets;

    this.registerOutputs({ webhookSecrets: secrets });
  }

  /** Creates the ruleset of a repository. */
  #protect(
    name: string,
    repository: string,
    { branches, requiredChecks, approvals, codeOwners }: ReturnType<typeof githubFlowSettings>,
  ): void {
    new RepositoryRuleset(
      name,
      {
        repository,
        name: "reviewed and tested",
        target: "branch",
        enforcement: "active",
        // No user can bypass the ruleset. An administrator must change it first, which GitHub logs.
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
            // A branch must be up to date before the merge, so that the tested tree is the released tree.
            strictRequiredStatusChecksPolicy: true,
          },
        },
      },
      { parent: this },
    );
  }

  /** Creates a webhook in each repository. Returns the key that signs its calls; a secret. */
  #report(
    name: string,
    repositories: readonly string[],
    { name: hook, url, events, secret: given }: GithubWebhookArgs,
  ): pulumi.Output<string> {
    const path = `${name}.webhooks.${hook}`;
    const secret =
      given === undefined
        ? new RandomPassword(`${name}-${hook}-secret`, { length: 40, special: false }, { parent: this }).result
        : signatureKey(given, `${path}.secret`);
    const address = secureUrl(url, `${path}.url`);
    for (const repository of repositories) {
      new RepositoryWebhook(
        `${name}-${repository}-${hook}`,
        {
          repository,
          active: true,
          events,
          configuration: { url: address, contentType: "json", insecureSsl: false, secret },
        },
        { parent: this },
      );
    }
    return secret;
  }
}
