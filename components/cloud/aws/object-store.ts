import * as pulumi from "@pulumi/pulumi";
import type { BucketKeys, ObjectStore } from "../cloud.ts";
import { factTypes, type ObjectStoreFacts } from "../facts.ts";
import { checkNameLength } from "./auto-name.ts";
import * as s3 from "./sdk/s3.ts";
import type { TagsOf } from "./tags.ts";
import { programUser } from "./user.ts";

export interface AwsObjectStoreArgs {
  description: string;
  purpose: ObjectStoreFacts["purpose"];
  /** Days for which an overwritten or deleted version is kept. */
  noncurrentDays: number;
  /** Days for which an object is kept. Default: until it is deleted. */
  expireDays?: number;
  /**
   * Whether the bucket is protected, and kept when the stack is destroyed. Without it, a destroy deletes all objects.
   */
  protect: boolean;
  tags: TagsOf;
}

/** Private, versioned S3 bucket. It is encrypted with the keys of S3 and requires TLS. */
export class AwsObjectStore extends pulumi.ComponentResource implements ObjectStore {
  readonly bucket: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly endpoint: pulumi.Output<string>;
  /** Resources that must exist before an object is stored: versioning, encryption and the policy. */
  readonly safeguards: pulumi.Resource[];
  readonly #tags: TagsOf;

  constructor(name: string, args: AwsObjectStoreArgs, opts?: pulumi.ComponentResourceOptions) {
    checkNameLength("an object store", name, [["aws:s3/bucket:Bucket", "-bucket"]]);
    const { description, purpose, protect } = args;
    super(factTypes.objectStore, name, { description, purpose } satisfies ObjectStoreFacts, opts);
    const own = { parent: this };
    this.#tags = args.tags;

    const bucket = new s3.Bucket(
      `${name}-bucket`,
      { forceDestroy: !protect, tags: { ...args.tags("object-store", name), Purpose: purpose } },
      { ...own, protect, retainOnDelete: protect },
    );
    this.bucket = bucket.bucket;
    this.arn = bucket.arn;
    // The domain is <bucket>.<endpoint> in all partitions.
    this.endpoint = pulumi
      .all([bucket.bucket, bucket.bucketRegionalDomainName])
      .apply(([id, domain]) => `https://${domain.slice(id.length + 1)}`);

    const access = new s3.BucketPublicAccessBlock(
      `${name}-private`,
      {
        bucket: bucket.bucket,
        blockPublicAcls: true,
        blockPublicPolicy: true,
        ignorePublicAcls: true,
        restrictPublicBuckets: true,
      },
      own,
    );
    const ownership = new s3.BucketOwnershipControls(
      `${name}-ownership`,
      { bucket: bucket.bucket, rule: { objectOwnership: "BucketOwnerEnforced" } },
      own,
    );
    const versions = new s3.BucketVersioning(
      `${name}-versions`,
      { bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
      own,
    );
    const encryption = new s3.BucketServerSideEncryptionConfiguration(
      `${name}-encryption`,
      { bucket: bucket.bucket, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
      own,
    );
    new s3.BucketLifecycleConfiguration(
      `${name}-lifecycle`,
      {
        bucket: bucket.bucket,
        rules: [
          {
            id: "expire-noncurrent",
            status: "Enabled",
            filter: {},
            ...(args.expireDays !== undefined && { expiration: { days: args.expireDays } }),
            noncurrentVersionExpiration: { noncurrentDays: args.noncurrentDays },
            abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          },
        ],
      },
      { ...own, dependsOn: [versions] },
    );
    const policy = new s3.BucketPolicy(
      `${name}-tls-only`,
      { bucket: bucket.bucket, policy: tlsOnlyPolicy(bucket.arn) },
      // S3 rejects simultaneous changes of the access of a bucket.
      { ...own, dependsOn: [access, ownership] },
    );
    this.safeguards = [versions, encryption, policy];
    this.registerOutputs({ bucket: this.bucket, endpoint: this.endpoint });
  }

  /** Creates a user that has only these permissions for the bucket. */
  keys(name: string): BucketKeys {
    const statements = [
      {
        sid: "ListBucket",
        actions: ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
        resources: [this.arn],
      },
      {
        sid: "UseObjects",
        actions: [
          "s3:GetObject",
          "s3:PutObject",
          "s3:DeleteObject",
          "s3:ListMultipartUploadParts",
          "s3:AbortMultipartUpload",
        ],
        resources: [pulumi.interpolate`${this.arn}/*`],
      },
    ];
    const keys = programUser(name, statements, this.#tags("object-store", name), { parent: this });
    return { endpoint: this.endpoint, bucket: this.bucket, ...keys };
  }
}

function tlsOnlyPolicy(arn: pulumi.Output<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, pulumi.interpolate`${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}
