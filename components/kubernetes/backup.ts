import * as pulumi from "@pulumi/pulumi";
import type { BackupTarget } from "../../ignition/roles/kubernetes/settings.ts";
import { resolvedBucket } from "../bucket.ts";

/** A bucket with an S3 API, and a user of it who may write to it. */
export interface KubernetesBackupArgs {
  /** URL of the API, `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: pulumi.Input<string>;
  /** Name of the bucket; it has to be there. */
  bucket: pulumi.Input<string>;
  /**
   * Region that requests are signed for.
   * Default: `us-east-1`, which is Swift's default as well.
   */
  region?: pulumi.Input<string>;
  /**
   * Access key of the user.
   * Default: none, on AWS the machine's own role (`controlPlaneAccess`).
   */
  accessKey?: pulumi.Input<string>;
  /**
   * Its secret key; a secret.
   * Default: none.
   */
  secretKey?: pulumi.Input<string>;
}

/** A URL that snapshots may be written with, such as one of Swift's for a folder. */
export interface KubernetesUploadArgs {
  /** The URL, a secret; a snapshot's name goes between its path, which ends with a slash, and the question mark. */
  uploadUrl: pulumi.Input<string>;
}

/** Where snapshots go, as the role takes it; a secret where it has keys. */
export function backupTarget(backup: KubernetesBackupArgs | KubernetesUploadArgs): pulumi.Output<BackupTarget> {
  if ("uploadUrl" in backup) return pulumi.output({ uploadUrl: pulumi.secret(backup.uploadUrl) });
  const { bucket: name, secretKey, ...rest } = backup;
  return resolvedBucket({ ...rest, name, ...(secretKey !== undefined && { secretKey: pulumi.secret(secretKey) }) });
}
