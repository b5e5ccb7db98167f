import * as pulumi from "@pulumi/pulumi";
import type { Bucket } from "../../ignition/roles/role.ts";
import type { ArgumentCheck } from "./argument-check.ts";

/** A bucket with an S3 API, and who uses it: a user with keys, or the machine's own role. */
export interface BucketArgs {
  /** URL of the API, `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: pulumi.Input<string>;
  /** Name of the bucket; it has to be there. */
  name: pulumi.Input<string>;
  /**
   * Region that requests are signed for.
   * Default: `us-east-1`.
   */
  region?: pulumi.Input<string>;
  /**
   * Access key of a user who may read, write, list and delete in the bucket.
   * Default: none, the machine's role is used, which has to be given that permission.
   */
  accessKey?: pulumi.Input<string>;
  /**
   * The user's secret key; a secret.
   * Default: none.
   */
  secretKey?: pulumi.Input<string>;
}

/**
 * Notes what is wrong with a bucket, as far as it is known: one that is made in the same update has no name yet.
 * @param user Whether it takes a user with keys, or the machine's own role does as well.
 */
export function checkBucket(
  at: string,
  bucket: BucketArgs,
  check: ArgumentCheck,
  user: "required" | "optional" = "optional",
): void {
  const { endpoint, name, accessKey, secretKey } = bucket;
  check
    .require(endpoint !== undefined, `${at}.endpoint`, "is missing; give the URL of an S3 API")
    .require(
      typeof endpoint !== "string" || /^https?:\/\/[^/\s]+$/.test(endpoint),
      `${at}.endpoint`,
      `${JSON.stringify(endpoint)} is not the URL of an S3 API; use one like https://s3.eu-central-1.amazonaws.com, without a path`,
    )
    .require(name !== undefined, `${at}.name`, "is missing; give the name of a bucket")
    .require(
      typeof name !== "string" || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name),
      `${at}.name`,
      `${JSON.stringify(name)} cannot name a bucket; use 3 to 63 lower-case letters, digits and inner . and -`,
    );
  if (user === "required") {
    check
      .require(accessKey !== undefined, `${at}.accessKey`, "is missing; give a user of the bucket")
      .require(secretKey !== undefined, `${at}.secretKey`, "is missing; give the user's secret key");
  } else {
    check.require(
      (accessKey === undefined) === (secretKey === undefined),
      at,
      "has one key without the other; give accessKey and secretKey, or neither to use the machine's role",
    );
  }
}

/** A bucket as roles take it, with the default filled in; secret where its keys are. */
export function resolvedBucket(
  bucket: BucketArgs & Required<Pick<BucketArgs, "accessKey" | "secretKey">>,
): pulumi.Output<Required<Bucket>>;
export function resolvedBucket(bucket: BucketArgs): pulumi.Output<Bucket>;
export function resolvedBucket(bucket: BucketArgs): pulumi.Output<Bucket> {
  const kept = bucket.secretKey === undefined ? bucket : { ...bucket, secretKey: pulumi.secret(bucket.secretKey) };
  return pulumi.output(kept).apply(({ endpoint, name, region = "us-east-1", accessKey, secretKey }) => ({
    endpoint,
    name,
    region,
    ...(accessKey !== undefined && secretKey !== undefined && { keys: { accessKey, secretKey } }),
  }));
}
