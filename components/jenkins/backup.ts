import * as pulumi from "@pulumi/pulumi";
import type { JenkinsBackup } from "../../ignition/roles/jenkins/role.ts";
import type { ArgumentCheck } from "../arguments.ts";

export interface JenkinsBackupArgs {
  /** Where the home is saved to. */
  bucket: JenkinsBucketArgs;
  /**
   * What backups are encrypted with; a secret. Without it they are worth nothing.
   * Default: generated; it is in the stack's state, and in the output `backupPassword`.
   */
  password?: pulumi.Input<string>;
  /**
   * When, in the form of systemd's `OnCalendar`.
   * Default: `*-*-* 03:17:00`, every night.
   */
  schedule?: string;
}

/** A bucket with an S3 API, and who uses it: a user with keys, or the machine's own role. */
export interface JenkinsBucketArgs {
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
   * Default: none, the machine's role is used; give it that permission with `access`.
   */
  accessKey?: pulumi.Input<string>;
  /**
   * The user's secret key; a secret.
   * Default: none.
   */
  secretKey?: pulumi.Input<string>;
}

/** Notes what is wrong with where backups go. */
export function checkBackup({ bucket, schedule }: JenkinsBackupArgs, check: ArgumentCheck): void {
  const { endpoint, name, accessKey, secretKey } = bucket;
  check
    .require(
      typeof endpoint !== "string" || /^https?:\/\/[^/\s]+$/.test(endpoint),
      "backup.bucket.endpoint",
      `${JSON.stringify(endpoint)} is not the URL of an S3 API; use one like https://s3.eu-central-1.amazonaws.com, without a path`,
    )
    .require(endpoint !== undefined, "backup.bucket.endpoint", "is missing; give the URL of an S3 API")
    .require(name !== undefined, "backup.bucket.name", "is missing; give the name of a bucket")
    .require(
      (accessKey === undefined) === (secretKey === undefined),
      "backup.bucket",
      "has one key without the other; give accessKey and secretKey, or neither to use the machine's role",
    )
    .require(
      schedule === undefined || /^[A-Za-z0-9*:\/., ~-]{1,80}$/.test(schedule),
      "backup.schedule",
      `${JSON.stringify(schedule)} is not a time in the form of systemd's OnCalendar; use one like "*-*-* 03:17:00"`,
    );
}

/** Where the home is saved to, with the defaults filled in; a secret. */
export function jenkinsBackup(
  args: JenkinsBackupArgs,
  image: string,
  password: pulumi.Output<string>,
): pulumi.Output<JenkinsBackup> {
  const { bucket, schedule = "*-*-* 03:17:00" } = args;
  return pulumi.all([pulumi.output(bucket), password]).apply(([{ endpoint, name, region, accessKey, secretKey }, secret]) => ({
    image,
    bucket: {
      endpoint,
      name,
      region: region ?? "us-east-1",
      ...(accessKey && secretKey && { keys: { accessKey, secretKey } }),
    },
    password: secret,
    schedule,
  }));
}
