import { describe, expect, test } from "vitest";
import { AwsAccount, type AwsAccountArgs } from "../../../components/cloud/aws/account.ts";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { plan } from "./aws-plan.ts";

const id = "111111111111";
const region = "eu-central-1";
const roleArn = `arn:aws:iam::${id}:role/ci/deploy`;
const tokenFile = "/run/ci/token";

async function provider(args: Partial<AwsAccountArgs>): Promise<Record<string, unknown>> {
  const planned = await plan(() => {
    new AwsAccount("prod", { id, region, ...args });
  });
  return planned.inputs("pulumi:providers:aws", "prod");
}

describe("the provider of an account", () => {
  test.each<[name: string, args: Partial<AwsAccountArgs>, inputs: Record<string, unknown>]>([
    ["the standard credential chain", {}, {}],
    ["a profile", { profile: "prod" }, { profile: "prod" }],
    [
      "a role by its ARN",
      { assumeRole: roleArn },
      { assumeRoles: [{ roleArn, sessionName: "pulumi", duration: "3600s" }] },
    ],
    [
      "a role with all options, from a profile",
      {
        profile: "deploy",
        assumeRole: { roleArn, externalId: "paasmas:1", sessionName: "alice@example.com", durationSeconds: 900 },
      },
      {
        profile: "deploy",
        assumeRoles: [{ roleArn, externalId: "paasmas:1", sessionName: "alice@example.com", duration: "900s" }],
      },
    ],
    [
      "the token of a CI system",
      { assumeRoleWithWebIdentity: { roleArn, tokenFile } },
      {
        assumeRoleWithWebIdentity: {
          roleArn,
          sessionName: "pulumi",
          duration: "3600s",
          webIdentityTokenFile: tokenFile,
        },
      },
    ],
    [
      "the token of a CI system, for twelve hours",
      { assumeRoleWithWebIdentity: { roleArn, tokenFile, sessionName: "ci", durationSeconds: 43200 } },
      {
        assumeRoleWithWebIdentity: {
          roleArn,
          sessionName: "ci",
          duration: "43200s",
          webIdentityTokenFile: tokenFile,
        },
      },
    ],
  ])("logs in with %s", async (_, args, inputs) => {
    const given = await provider(args);
    expect([given.region, given.allowedAccountIds]).toEqual([region, JSON.stringify([id])]);
    const decoded = (["profile", "assumeRoles", "assumeRoleWithWebIdentity"] as const)
      .filter((key) => key in given)
      .map((key) => [key, key === "profile" ? given[key] : JSON.parse(given[key] as string)]);
    expect(Object.fromEntries(decoded)).toEqual(inputs);
  });

  test.each([
    ["cn-north-1", "arn:aws-cn:iam::"],
    ["us-gov-west-1", "arn:aws-us-gov:iam::"],
    ["us-east-1", "arn:aws:iam::"],
  ])("accepts in %s only roles of its partition", async (own, start) => {
    for (const other of ["arn:aws-cn:iam::", "arn:aws-us-gov:iam::", "arn:aws:iam::"]) {
      const made = provider({ region: own, assumeRole: `${other}${id}:role/deploy` });
      if (other === start) await expect(made).resolves.toHaveProperty("assumeRoles");
      else await expect(made).rejects.toThrow(`use ${start}${id}:role/...`);
    }
  });

  test.each<[name: string, args: Partial<AwsAccountArgs>, problems: string[]]>([
    [
      "a role of another account",
      { assumeRole: "arn:aws:iam::222222222222:role/deploy" },
      [
        `prod.assumeRole.roleArn: "arn:aws:iam::222222222222:role/deploy" is not a role of account ${id} in ${region}; use arn:aws:iam::${id}:role/...`,
      ],
    ],
    [
      "a user",
      { assumeRole: { roleArn: `arn:aws:iam::${id}:user/alice` } },
      [
        `prod.assumeRole.roleArn: "arn:aws:iam::${id}:user/alice" is not allowed; use the ARN of a role, such as arn:aws:iam::123456789012:role/deploy`,
      ],
    ],
    [
      "a token with a role of another account, a profile and a role",
      {
        profile: "prod",
        assumeRole: { roleArn },
        assumeRoleWithWebIdentity: { roleArn: "arn:aws:iam::222222222222:role/deploy", tokenFile },
      },
      [
        "prod.profile: cannot be combined with assumeRoleWithWebIdentity; remove one of them",
        "prod.assumeRole: cannot be combined with assumeRoleWithWebIdentity; remove one of them, or set AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE in the environment and keep assumeRole",
        `prod.assumeRoleWithWebIdentity.roleArn: "arn:aws:iam::222222222222:role/deploy" is not a role of account ${id} in ${region}; use arn:aws:iam::${id}:role/...`,
      ],
    ],
    [
      "a session that is too short and a token without an absolute path",
      { assumeRoleWithWebIdentity: { roleArn, tokenFile: "token", durationSeconds: 60 } },
      [
        'prod.assumeRoleWithWebIdentity.tokenFile: "token" is not allowed; use an absolute path',
        "prod.assumeRoleWithWebIdentity.durationSeconds: 60 is not allowed; use a whole number from 900 to 43200 seconds",
      ],
    ],
  ])("rejects %s", async (_, args, problems) => {
    await expect(provider(args)).rejects.toThrow(new ArgumentError(problems));
  });
});
