import * as pulumi from "@pulumi/pulumi";
import type { Bucket } from "../../ignition/roles/role.ts";
import type { ArgumentCheck } from "./argument-check.ts";

/** Bucket with an S3 API, and the credentials: keys of a user, or the role of the machine. */
export interface BucketArgs {
  /** URL of the API, `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: pulumi.Input<string>;
  /** Name of an existing bucket. */
  name: pulumi.Input<string>;
  /**
   * Region for the signature of requests.
   * Default: `us-east-1`.
   */
  region?: pulumi.Input<string>;
  /**
   * Access key of a user that may read, write, list and delete objects.
   * Default: none, the machine uses its role, which needs these permissions.
   */
  accessKey?: pulumi.Input<string>;
  /**
   * Secret key of the user; a secret.
   * Default: none.
   */
  secretKey?: pulumi.Input<string>;
}

/**
 * Checks the arguments of a bucket that are known: the name of a bucket from the same update is an output.
 * @param user Whether keys of a user are required, or the role of the machine is possible too.
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
      `${JSON.stringify(endpoint)} is not the URL of an S3 API; ` +
        "use one like https://s3.eu-central-1.amazonaws.com, without a path",
    )
    .require(name !== undefined, `${at}.name`, "is missing; give the name of a bucket")
    .require(
      typeof name !== "string" || /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name),
      `${at}.name`,
      `${JSON.stringify(name)} cannot name a bucket; use 3 to 63 lower-case letters, digits and inner . and -`,
    );
  if (user === "required") {
    check
      .require(accessKey !== undefined, `${at}.accessKey`, "is missing; give the access key of a user")
      .require(secretKey !== undefined, `${at}.secretKey`, "is missing; give the secret key of the user");
  } else {
    check.require(
      (accessKey === undefined) === (secretKey === undefined),
      at,
      "has only one key; give accessKey and secretKey, or remove both to use the role of the machine",
    );
  }
}

/** Returns a bucket for roles, with its default region; a secret if it has keys. */
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
