import type * as pulumi from "@pulumi/pulumi";
import type { ForkTrust } from "../../ignition/roles/jenkins/settings.ts";
import type { ArgumentCheck } from "../internal/argument-check.ts";
import { ownerPattern } from "../github-flow/name-patterns.ts";

export interface JenkinsGithubArgs {
  /** GitHub organization. Jenkins builds its repositories that have a `Jenkinsfile`. */
  organization: string;
  /** Id of the GitHub App that Jenkins uses, a number in quotes. */
  appId: string;
  /** Private key of the GitHub App (PEM, as downloaded from GitHub); a secret. */
  privateKey: pulumi.Input<string>;
  /**
   * The `Jenkinsfile` for pull requests from forks. With `nobody` it is the file of the target branch. With `write` it
   * is the file of the pull request, if its author has write access to the repository.
   * Default: `nobody`.
   */
  forkTrust?: ForkTrust;
}

export interface JenkinsGithubLoginArgs {
  /** Client id of the GitHub OAuth app (callback: `https://jenkins.<domain>/securityRealm/finishLogin`). */
  clientId: string;
  /** Client secret of the OAuth app; a secret. */
  clientSecret: pulumi.Input<string>;
  /** GitHub users with administration rights. All other members of the organization can view and start builds. */
  admins: string[];
}

/** Checks the GitHub App. */
export function checkGithub(given: JenkinsGithubArgs | undefined, check: ArgumentCheck): void {
  if (given === undefined) {
    check.require(false, "github", "is missing; give an organization, the id of a GitHub App and its private key");
    return;
  }
  const { organization, appId, privateKey, forkTrust = "nobody" } = given;
  check
    .require(
      ownerPattern.test(organization ?? ""),
      "github.organization",
      `${JSON.stringify(organization)} is not the name of an organization; ` +
        'use the name from its URL: "example" in github.com/example',
    )
    .require(
      /^[0-9]+$/.test(appId ?? ""),
      "github.appId",
      `${JSON.stringify(appId)} is not the id of a GitHub App; use its number, in quotes`,
    )
    .require(privateKey !== undefined, "github.privateKey", "is missing; give a private key of the app, as a secret")
    .require(
      ["nobody", "write"].includes(forkTrust),
      "github.forkTrust",
      `${JSON.stringify(forkTrust)} is not allowed; use "nobody" or "write"`,
    );
}

/** Checks the login with GitHub. */
export function checkLogin({ clientId, clientSecret, admins }: JenkinsGithubLoginArgs, check: ArgumentCheck): void {
  check
    .require(
      /^[A-Za-z0-9.]+$/.test(clientId ?? ""),
      "login.clientId",
      `${JSON.stringify(clientId)} is not the client id of an OAuth app`,
    )
    .require(clientSecret !== undefined, "login.clientSecret", "is missing; give the client secret of the OAuth app")
    .require(
      Array.isArray(admins) && admins.length > 0,
      "login.admins",
      "is empty; name at least one GitHub user to administer Jenkins",
    );
  for (const [index, admin] of admins?.entries() ?? []) {
    check.require(
      ownerPattern.test(admin),
      `login.admins[${index}]`,
      `${JSON.stringify(admin)} is not the name of a GitHub user`,
    );
  }
}
