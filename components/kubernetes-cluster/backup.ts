import * as pulumi from "@pulumi/pulumi";
import type { BackupTarget } from "../../ignition/roles/kubernetes/settings.ts";
import { type BucketArgs, resolvedBucket } from "../internal/bucket.ts";

/** A bucket with an S3 API. */
export interface KubernetesBackupArgs {
  /**
   * Where snapshots go; its user has to write, nothing else. Without keys, it is the control planes' role: give that the
   * permission with `controlPlaneAccess`.
   */
  bucket: BucketArgs;
}

/** A URL that snapshots may be written with, such as one of Swift's for a folder. */
export interface KubernetesUploadArgs {
  /** The URL, a secret; a snapshot's name goes between its path, which ends with a slash, and the question mark. */
  uploadUrl: pulumi.Input<string>;
}

/** Where snapshots go, as the role takes it; a secret where it has keys. */
export function backupTarget(backup: KubernetesBackupArgs | KubernetesUploadArgs): pulumi.Output<BackupTarget> {
  if ("uploadUrl" in backup) return pulumi.output({ uploadUrl: pulumi.secret(backup.uploadUrl) });
  return resolvedBucket(backup.bucket);
}
