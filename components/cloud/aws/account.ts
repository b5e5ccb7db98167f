import { Provider } from "@pulumi/aws/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "../../internal/argument-check.ts";

export interface AwsAccountArgs {
  /** Account id, 12 digits. */
  id: string;
  /** Region, `eu-central-1`. */
  region: string;
  /**
   * ARN of a role of this account that Pulumi assumes with its credentials.
   * Default: none, the credentials are from this account.
   */
  assumeRole?: string;
  /**
   * Profile of the shared AWS configuration with the credentials.
   * Default: the standard credential chain of AWS.
   */
  profile?: string;
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
    const { id, region, assumeRole, profile, tags } = args;
    const roleAccount = /^arn:aws[a-z-]*:iam::(\d{12}):role\/.+$/.exec(assumeRole ?? "")?.[1];
    new ArgumentCheck(name)
      .require(/^\d{12}$/.test(id), "id", `${JSON.stringify(id)} is not an account id; use its 12 digits, in quotes`)
      .require(
        /^[a-z]{2}(-[a-z]+)+-\d$/.test(region),
        "region",
        `${JSON.stringify(region)} is not a region; use one like eu-central-1`,
      )
      .require(
        assumeRole === undefined || roleAccount === id,
        "assumeRole",
        `${JSON.stringify(assumeRole)} is not a role of account ${id}; use arn:aws:iam::${id}:role/...`,
      )
      .throwIfInvalid();
    this.id = id;
    this.region = region;
    this.provider = new Provider(
      name,
      {
        region,
        allowedAccountIds: [id],
        ...(profile !== undefined && { profile }),
        ...(assumeRole !== undefined && { assumeRoles: [{ roleArn: assumeRole, sessionName: "pulumi" }] }),
        ...(tags && { defaultTags: { tags } }),
      },
      opts,
    );
  }

  /** AWS partition of the region, the second part of an ARN. */
  get partition(): string {
    if (this.region.startsWith("cn-")) return "aws-cn";
    return this.region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  }
}
