import { Provider } from "@pulumi/aws/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import { ArgumentCheck } from "../../internal/argument-check.ts";

export interface AwsAccountArgs {
  /** The 12 digits of the account. */
  id: string;
  /** Region, `eu-central-1`. */
  region: string;
  /**
   * Role of this account to work as, from whoever runs the update.
   * Default: none, the credentials are the account's own.
   */
  assumeRole?: string;
  /**
   * Profile of the shared AWS configuration with this account's credentials.
   * Default: the usual search for credentials.
   */
  profile?: string;
  /**
   * Tags of everything in it.
   * Default: none.
   */
  tags?: Record<string, string>;
}

/**
 * An AWS account in one region, reached through a provider of its own that refuses every other account: with the
 * wrong credentials even a preview ends before anything is looked at.
 */
export class AwsAccount {
  /** The 12 digits. */
  readonly id: string;
  readonly region: string;
  /** To be handed to clouds and resources in this account, as `providers: [account.provider]`. */
  readonly provider: Provider;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: AwsAccountArgs, opts?: pulumi.ResourceOptions) {
    const { id, region, assumeRole, profile, tags } = args;
    const roleAccount = /^arn:aws[a-z-]*:iam::(\d{12}):role\/.+$/.exec(assumeRole ?? "")?.[1];
    new ArgumentCheck(name)
      .require(/^\d{12}$/.test(id), "id", `${JSON.stringify(id)} is not an account; use its 12 digits, in quotes`)
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

  /** The part of AWS that the region is in, as ARNs begin with it. */
  get partition(): string {
    if (this.region.startsWith("cn-")) return "aws-cn";
    return this.region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  }
}
