import * as pulumi from "@pulumi/pulumi";
import type { JenkinsBackup } from "../../ignition/roles/jenkins/role.ts";
import type { ArgumentCheck } from "../internal/argument-check.ts";
import { type BucketArgs, checkBucket, resolvedBucket } from "../internal/bucket.ts";

export interface JenkinsBackupArgs {
  /** Where the home is saved to. */
  bucket: BucketArgs;
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

/** Notes what is wrong with where backups go. */
export function checkBackup({ bucket, schedule }: JenkinsBackupArgs, check: ArgumentCheck): void {
  checkBucket("backup.bucket", bucket, check);
  check.require(
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
  return pulumi
    .all([resolvedBucket(bucket), password])
    .apply(([kept, secret]) => ({ image, bucket: kept, password: secret, schedule }));
}
