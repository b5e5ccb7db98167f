import type * as pulumi from "@pulumi/pulumi";

export interface GithubFlowArgs {
  /** Names of the repositories, without the owner. The provider sets the owner. The repositories must exist. */
  repositories: string[];
  /**
   * Names of the branches that change only by pull request. The default branch is always one of them.
   * Default: `development`.
   */
  branches?: string[];
  /**
   * Checks that must pass before a merge, with the names that GitHub shows. At least one.
   * Default: `continuous-integration/jenkins/pr-merge`, which Jenkins' GitHub branch source reports.
   */
  requiredChecks?: string[];
  /**
   * Approving reviews that a pull request needs. The last push needs the approval of another user. Each later push
   * needs a new approval.
   * Allowed: a whole number from 0 to 6.
   * Default: 1.
   */
  approvals?: number;
  /**
   * Whether the owners of the changed code, listed in the file `CODEOWNERS`, must approve.
   * Default: false.
   */
  codeOwners?: boolean;
  /**
   * Webhooks that GitHub calls for events of the repositories.
   * Default: none.
   * A GitHub App has its own webhook and needs none here.
   */
  webhooks?: GithubWebhookArgs[];
}

export interface GithubWebhookArgs {
  /** Name of the webhook, unique in the component: up to 24 lower-case letters, digits and inner hyphens. */
  name: string;
  /** URL that GitHub calls, with `https://`. Make it a secret if it contains a token. */
  url: pulumi.Input<string>;
  /** GitHub's names of the events that it sends, for example `pull_request`. At least one. */
  events: string[];
  /**
   * Key that signs the calls, at least 20 characters; a secret.
   * Default: generated; in the output `webhookSecrets`.
   */
  secret?: pulumi.Input<string>;
}
