import type { ProviderArgs } from "@pulumi/aws/provider.js";
import type { Problem } from "../../internal/settings-check.ts";

/** ARN of a role, in the partitions that {@link partitionOf} returns. */
export const roleArnPattern = /^arn:aws(-cn|-us-gov)?:iam::\d{12}:role\/[\w+=,.@/-]+$/;

/** How Pulumi gets credentials for an account. */
export interface AwsLogin {
  /**
   * Profile of the shared AWS configuration with the credentials.
   * Default: the standard credential chain of AWS.
   */
  profile?: string;
  /**
   * Role that Pulumi assumes with its credentials: those of `profile`, or of the standard credential chain of AWS.
   * Default: none, the credentials are from the account itself.
   */
  assumeRole?: AwsAssumeRoleArgs;
  /**
   * Role that Pulumi assumes with the OIDC token of a CI system, without other credentials. It cannot be combined with
   * `profile` or `assumeRole`.
   * Default: none.
   */
  assumeRoleWithWebIdentity?: AwsWebIdentityArgs;
}

/** Role that Pulumi assumes with other credentials. */
export interface AwsAssumeRoleArgs {
  /**
   * ARN of the role. It must be a role of the account, in the partition of the region.
   */
  roleArn: string;
  /**
   * External id that the role's trust policy requires.
   * Default: none.
   */
  externalId?: string;
  /**
   * Name of the session in CloudTrail.
   * Default: `pulumi`.
   */
  sessionName?: string;
  /**
   * Duration of a session, in seconds. The provider renews it in time. The role's maximum must allow it. AWS allows at
   * most 3600 if the first credentials are from a role, too.
   * Allowed: a whole number from 900 to 43200 seconds.
   * Default: 3600.
   */
  durationSeconds?: number;
}

/** Role that Pulumi assumes with an OIDC token. */
export interface AwsWebIdentityArgs {
  /**
   * ARN of the role. It must be a role of the account, in the partition of the region.
   */
  roleArn: string;
  /**
   * Path of the file with the OIDC token that the CI system issues. `up` reads it on its machine.
   */
  tokenFile: string;
  /**
   * Name of the session in CloudTrail.
   * Default: `pulumi`.
   */
  sessionName?: string;
  /**
   * Duration of a session, in seconds. The provider renews it in time. The role's maximum must allow it. AWS allows at
   * most 3600 if the first credentials are from a role, too.
   * Allowed: a whole number from 900 to 43200 seconds.
   * Default: 3600.
   */
  durationSeconds?: number;
}

/** AWS partition of a region, the second part of an ARN. */
export function partitionOf(region: string): string {
  if (region.startsWith("cn-")) return "aws-cn";
  return region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
}

/** True if the login names credentials or a role; false for the standard credential chain. */
export function isExplicit(login: AwsLogin = {}): boolean {
  return Object.values(login).some((value) => value !== undefined);
}

/** Problems of a login whose values are valid one by one. */
export function loginProblems(login: AwsLogin, account: { id: string; region: string }): Problem[] {
  const { profile, assumeRole, assumeRoleWithWebIdentity } = login;
  const problems: Problem[] = [];
  if (assumeRoleWithWebIdentity !== undefined) {
    const together = "cannot be combined with assumeRoleWithWebIdentity";
    if (profile !== undefined) problems.push({ path: "profile", message: `${together}; remove one of them` });
    if (assumeRole !== undefined) {
      const chain = "or set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the environment and keep assumeRole";
      problems.push({ path: "assumeRole", message: `${together}; remove one of them, ${chain}` });
    }
  }
  const start = `arn:${partitionOf(account.region)}:iam::${account.id}:role/`;
  for (const [key, role] of Object.entries({ assumeRole, assumeRoleWithWebIdentity })) {
    // The schema reports other texts.
    if (role === undefined || !roleArnPattern.test(role.roleArn) || role.roleArn.startsWith(start)) continue;
    const wrong = `${JSON.stringify(role.roleArn)} is not a role of account ${account.id} in ${account.region}`;
    problems.push({ path: `${key}.roleArn`, message: `${wrong}; use ${start}...` });
  }
  return problems;
}

/** Arguments of the provider for a login. */
export function providerLogin({ profile, assumeRole, assumeRoleWithWebIdentity }: AwsLogin): ProviderArgs {
  return {
    ...(profile !== undefined && { profile }),
    ...(assumeRole && { assumeRoles: [{ ...session(assumeRole), externalId: assumeRole.externalId }] }),
    ...(assumeRoleWithWebIdentity && {
      assumeRoleWithWebIdentity: {
        ...session(assumeRoleWithWebIdentity),
        webIdentityTokenFile: assumeRoleWithWebIdentity.tokenFile,
      },
    }),
  };
}

function session({ roleArn, sessionName = "pulumi", durationSeconds = 3600 }: AwsAssumeRoleArgs) {
  return { roleArn, sessionName, duration: `${durationSeconds}s` };
}
