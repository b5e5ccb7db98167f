import * as pulumi from "@pulumi/pulumi";
import type { MachineAccess, ObjectStore } from "../cloud.ts";
import type { AwsAccount } from "./account.ts";
import { AwsPermission } from "./permission.ts";

/**
 * Allows a machine to read, write, list and delete objects of a bucket. Pass the result in `access` of the machine.
 * The machine has no access to older versions: overwritten and deleted objects are kept there for the bucket's time
 * limit.
 * @param account Account of the machine and the bucket.
 */
export function bucketAccess(account: AwsAccount, store: ObjectStore): MachineAccess {
  const arn = pulumi.interpolate`arn:${account.partition}:s3:::${store.bucket}`;
  return {
    description: "read and write a bucket",
    permission: new AwsPermission({
      account,
      statements: [
        { sid: "ListBucket", actions: ["s3:ListBucket", "s3:GetBucketLocation"], resources: [arn] },
        {
          sid: "UseObjects",
          actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
          resources: [pulumi.interpolate`${arn}/*`],
        },
      ],
    }),
  };
}

/**
 * Allows a machine to write objects in a folder of a bucket, but not to read or delete. Pass the result in `access` of
 * the machine.
 * @param account Account of the machine and the bucket.
 * @param folder Path of the folder, `etcd/kube`.
 */
export function uploadAccess(account: AwsAccount, store: ObjectStore, folder: string): MachineAccess {
  return {
    description: "write into a bucket",
    permission: new AwsPermission({
      account,
      statements: [
        {
          sid: "WriteObjects",
          actions: ["s3:PutObject"],
          resources: [pulumi.interpolate`arn:${account.partition}:s3:::${store.bucket}/${folder}/*`],
        },
      ],
    }),
  };
}
