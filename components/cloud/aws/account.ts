import { Provider } from "@pulumi/aws/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "../../internal/argument-check.ts";
import { type AwsAssumeRoleArgs, type AwsWebIdentityArgs, loginProblems, partitionOf, providerLogin } from "./login.ts";
import { loginArguments } from "./settings-schema.ts";

export interface AwsAccountArgs {
  /** Account id, 12 digits. */
  id: string;
  /** Region, `eu-central-1`. */
  region: string;
  /**
   * Profile of the shared AWS configuration with the credentials.
   * Default: the standard credential chain of AWS.
   */
  profile?: string;
  /**
   * Role that Pulumi assumes with its credentials: those of `profile`, or of the standard credential chain of AWS.
   * Default: none, the credentials are from the account itself.
   */
  assumeRole?: AwsAssumeRoleArgs | string;
  /**
   * Role that Pulumi assumes with the OIDC token of a CI system, without other credentials. It cannot be combined with
   * `profile` or `assumeRole`.
   * Default: none.
   */
  assumeRoleWithWebIdentity?: AwsWebIdentityArgs;
  /**
   * Tags of all resources in the account.
   * Default: none.
   */
  tags?: Record<string, string>;
}

/**
 * AWS account in one region, with a separate provider that rejects all other accounts. With wrong credentials, even a
 * preview fails before it reads a resource.
 */
export class AwsAccount {
  /** Account id, 12 digits. */
  readonly id: string;
  readonly region: string;
  /** Provider for clouds and resources in this account: pass it as `providers: [account.provider]`. */
  readonly provider: Provider;

  /** @throws ArgumentError with all invalid arguments. */
  constructor(name: string, args: AwsAccountArgs, opts?: pulumi.ResourceOptions) {
    const { id, region, profile, assumeRole, assumeRoleWithWebIdentity, tags } = args;
    const login = {
      profile,
      assumeRole: typeof assumeRole === "string" ? { roleArn: assumeRole } : assumeRole,
      assumeRoleWithWebIdentity,
    };
    new ArgumentCheck(name)
      .require(/^\d{12}$/.test(id), "id", `${JSON.stringify(id)} is not an account id; use its 12 digits, in quotes`)
      .require(
        /^[a-z]{2}(-[a-z]+)+-\d$/.test(region),
        "region",
        `${JSON.stringify(region)} is not a region; use one like eu-central-1`,
      )
      .schemas(loginArguments, login)
      .add(loginProblems(login, { id, region }))
      .throwIfInvalid();
    this.id = id;
    this.region = region;
    this.provider = new Provider(
      name,
      {
        region,
        allowedAccountIds: [id],
        ...providerLogin(login),
        ...(tags && { defaultTags: { tags } }),
      },
      opts,
    );
  }

  /** AWS partition of the region, the second part of an ARN. */
  get partition(): string {
    return partitionOf(this.region);
  }
}
