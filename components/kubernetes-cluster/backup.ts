import * as pulumi from "@pulumi/pulumi";
import type { BackupTarget } from "../../ignition/roles/kubernetes/settings.ts";
import { type BucketArgs, resolvedBucket } from "../internal/bucket.ts";

/** Bucket with an S3 API. */
export interface KubernetesBackupArgs {
  /**
   * Bucket for the snapshots. Its user needs only the right to write. Without keys, the control planes use their role:
   * add the permission to `controlPlaneAccess`.
   */
  bucket: BucketArgs;
}

/** URL for uploads of snapshots, for example a temporary URL of a Swift folder. */
export interface KubernetesUploadArgs {
  /** URL; a secret. Its path ends with a slash; the name of a snapshot is inserted before the question mark. */
  uploadUrl: pulumi.Input<string>;
}

/** Returns the target of snapshots for the role; a secret if it has keys. */
export function backupTarget(backup: KubernetesBackupArgs | KubernetesUploadArgs): pulumi.Output<BackupTarget> {
  if ("uploadUrl" in backup) return pulumi.output({ uploadUrl: pulumi.secret(backup.uploadUrl) });
  return resolvedBucket(backup.bucket);
}
