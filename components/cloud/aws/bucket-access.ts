import * as pulumi from "@pulumi/pulumi";
import type { MachineAccess, ObjectStore } from "../cloud.ts";
import type { AwsAccount } from "./account.ts";
import { AwsPermission } from "./permission.ts";

/**
 * Lets a machine read, write, list and delete objects of a bucket, and nothing else of it: to be given to it as `access`.
 * What it overwrites or deletes stays as an older version for as long as the bucket keeps those, out of its reach.
 * @param account The account that the machine and the bucket are in.
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
 * Lets a machine write objects below a folder of a bucket, and neither read nor delete any: to be given to it as `access`.
 * @param account The account that the machine and the bucket are in.
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
