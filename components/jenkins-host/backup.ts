import * as pulumi from "@pulumi/pulumi";
import type { JenkinsBackup } from "../../ignition/roles/jenkins/role.ts";
import type { ArgumentCheck } from "../internal/argument-check.ts";
import { type BucketArgs, checkBucket, resolvedBucket } from "../internal/bucket.ts";

export interface JenkinsBackupArgs {
  /** Bucket for the backups. */
  bucket: BucketArgs;
  /**
   * Password that encrypts the backups; a secret. Without it you cannot restore a backup.
   * Default: generated; it is in the stack's state, and in the output `backupPassword`.
   */
  password?: pulumi.Input<string>;
  /**
   * Time of the backups, in the format of systemd's `OnCalendar`.
   * Default: `*-*-* 03:17:00`, every night.
   */
  schedule?: string;
}

/** Checks the arguments of the backup. */
export function checkBackup({ bucket, schedule }: JenkinsBackupArgs, check: ArgumentCheck): void {
  checkBucket("backup.bucket", bucket, check);
  check.require(
    schedule === undefined || /^[A-Za-z0-9*:/., ~-]{1,80}$/.test(schedule),
    "backup.schedule",
    `${JSON.stringify(schedule)} is not in the format of systemd's OnCalendar; use a time like "*-*-* 03:17:00"`,
  );
}

/** Settings of the backup with the defaults filled in; a secret. */
export function jenkinsBackup(
  args: JenkinsBackupArgs,
  image: string,
  password: pulumi.Output<string>,
): pulumi.Output<JenkinsBackup> {
  const { bucket, schedule = "*-*-* 03:17:00" } = args;
  return pulumi
    .all([resolvedBucket(bucket), password])
    .apply(([resolved, secret]) => ({ image, bucket: resolved, password: secret, schedule }));
}
