import { planned, urnOf } from "../planned.ts";
import { type Case, unknownString } from "./case.ts";

const bucketType = "aws:s3/bucket:Bucket";
const bucket = (inputs: Record<string, unknown> = {}) => planned(bucketType, "store", inputs);
const ofBucket = { propertyDependencies: { bucket: [urnOf(bucketType, "store")] } };
const block = (settings: Record<string, unknown>) =>
  planned("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "block", settings, ofBucket);
const allBlocked = {
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
};
const policy = (document: unknown, options = ofBucket) =>
  planned("aws:s3/bucketPolicy:BucketPolicy", "policy", { policy: document }, options);
const tlsOnly = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::store", "arn:aws:s3:::store/*"],
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const noPlainHttp = "allowed: a policy that denies aws:SecureTransport false for all principals";

export const cases: Case[] = [
  {
    policy: "aws-encrypted-volumes",
    given: "volumes without encryption",
    resources: [
      planned("aws:ebs/volume:Volume", "data", { size: 10 }),
      planned("aws:ec2/instance:Instance", "web", { ebsBlockDevices: [{ encrypted: true }, { encrypted: false }] }),
      planned("aws:ec2/launchTemplate:LaunchTemplate", "group", {
        blockDeviceMappings: [{ ebs: { encrypted: "false" } }],
      }),
    ],
    expected: [
      "data: encrypted is not set; allowed: true",
      'group: blockDeviceMappings[0].ebs.encrypted is "false"; allowed: true',
      "web: rootBlockDevice.encrypted is not set; allowed: true",
      "web: ebsBlockDevices[1].encrypted is false; allowed: true",
    ],
  },
  {
    policy: "aws-encrypted-volumes",
    given: "encrypted volumes, and settings in a launch template",
    resources: [
      planned("aws:ebs/volume:Volume", "data", { encrypted: true }),
      planned("aws:ec2/instance:Instance", "web", { rootBlockDevice: { encrypted: true } }),
      planned("aws:ec2/instance:Instance", "grouped", { launchTemplate: { id: "lt-1" } }),
      planned("aws:ec2/launchTemplate:LaunchTemplate", "group", {
        blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { deviceName: "/dev/sdb", noDevice: "" }],
      }),
    ],
    expected: [],
  },
  {
    policy: "aws-bucket-public-access-block",
    given: "a bucket without a block, and one with the block of another bucket",
    resources: [
      bucket(),
      planned("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "other", { bucket: "other", ...allBlocked }),
    ],
    expected: ["store: the bucket has no BucketPublicAccessBlock; allowed: all four settings true"],
  },
  {
    policy: "aws-bucket-public-access-block",
    given: "a block with a disabled setting",
    resources: [bucket(), block({ ...allBlocked, blockPublicAcls: false, restrictPublicBuckets: undefined })],
    expected: ["block: not true: blockPublicAcls, restrictPublicBuckets; allowed: all four settings true"],
  },
  {
    policy: "aws-bucket-public-access-block",
    given: "all four settings, on a bucket found by dependency or by name",
    resources: [
      bucket(),
      block(allBlocked),
      planned(bucketType, "named", { bucket: "named-bucket" }),
      planned("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "named", {
        bucket: "named-bucket",
        ...allBlocked,
      }),
    ],
    expected: [],
  },
  {
    policy: "aws-bucket-versioning",
    given: "a bucket without versioning, and one with suspended versioning",
    resources: [bucket()],
    expected: ['store: the bucket has no BucketVersioning; allowed: "Enabled"'],
  },
  {
    policy: "aws-bucket-versioning",
    given: "suspended versioning",
    resources: [
      bucket(),
      planned(
        "aws:s3/bucketVersioning:BucketVersioning",
        "versions",
        { versioningConfiguration: { status: "Suspended" } },
        ofBucket,
      ),
    ],
    expected: ['versions: versioningConfiguration.status is "Suspended"; allowed: "Enabled"'],
  },
  {
    policy: "aws-bucket-versioning",
    given: "enabled versioning, in a separate resource or in the bucket",
    resources: [
      bucket(),
      planned(
        "aws:s3/bucketVersioning:BucketVersioning",
        "versions",
        { versioningConfiguration: { status: "Enabled" } },
        ofBucket,
      ),
      planned(bucketType, "old", { versioning: { enabled: true } }),
    ],
    expected: [],
  },
  {
    policy: "aws-bucket-encryption",
    given: "a bucket without encryption settings",
    resources: [bucket()],
    expected: [
      'store: the bucket has no BucketServerSideEncryptionConfiguration; allowed: "AES256", "aws:kms", "aws:kms:dsse"',
    ],
  },
  {
    policy: "aws-bucket-encryption",
    given: "a bucket with an encryption algorithm",
    resources: [
      bucket(),
      planned(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "encryption",
        { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
        ofBucket,
      ),
      planned(bucketType, "old", {
        serverSideEncryptionConfiguration: {
          rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } },
        },
      }),
    ],
    expected: [],
  },
  {
    policy: "aws-bucket-tls-only",
    given: "a bucket without a policy",
    resources: [bucket()],
    expected: [`store: the bucket has no BucketPolicy; ${noPlainHttp}`],
  },
  {
    policy: "aws-bucket-tls-only",
    given: "a policy that denies another action, and one that denies a single principal",
    resources: [
      bucket(),
      policy({
        Statement: [
          { ...tlsOnly, Condition: { Bool: { "aws:SecureTransport": "true" } } },
          { ...tlsOnly, Principal: { AWS: "arn:aws:iam::1:root" } },
        ],
      }),
    ],
    expected: [`policy: the bucket's policy allows requests without TLS; ${noPlainHttp}`],
  },
  {
    policy: "aws-bucket-tls-only",
    given:
      "a denial for the bucket without its objects, for some of its objects, and for all objects without the bucket",
    resources: [
      bucket(),
      policy({ Statement: { ...tlsOnly, Resource: "arn:aws:s3:::store" } }),
      planned(bucketType, "folder", { bucket: "folder" }),
      planned("aws:s3/bucketPolicy:BucketPolicy", "folder", {
        bucket: "folder",
        policy: { Statement: { ...tlsOnly, Resource: ["arn:aws:s3:::folder", "arn:aws:s3:::folder/public/*"] } },
      }),
      planned(bucketType, "listed", { bucket: "listed" }),
      planned("aws:s3/bucketPolicy:BucketPolicy", "listed", {
        bucket: "listed",
        policy: { Statement: { ...tlsOnly, Resource: "arn:aws:s3:::listed/*" } },
      }),
    ],
    expected: [
      `policy: the bucket's policy allows requests without TLS, for its objects (its ARN and /*); ${noPlainHttp}`,
      `folder: the bucket's policy allows requests without TLS, for its objects (its ARN and /*); ${noPlainHttp}`,
      `listed: the bucket's policy allows requests without TLS, for the bucket (its ARN); ${noPlainHttp}`,
    ],
  },
  {
    policy: "aws-bucket-tls-only",
    given: "a denial with a second condition",
    resources: [
      bucket(),
      policy({
        Statement: { ...tlsOnly, Condition: { ...tlsOnly.Condition, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
      }),
    ],
    expected: [`policy: the bucket's policy allows requests without TLS; ${noPlainHttp}`],
  },
  {
    policy: "aws-bucket-tls-only",
    given: "separate denials for bucket and objects, a pattern for both, another partition, and an unknown value",
    resources: [
      bucket(),
      policy({
        Statement: ["arn:aws:s3:::store", "arn:aws:s3:::store/*"].map((Resource) => ({ ...tlsOnly, Resource })),
      }),
      planned(bucketType, "pattern", { policy: { Statement: { ...tlsOnly, Resource: "arn:aws-cn:s3:::pattern*" } } }),
      planned(bucketType, "all", { policy: { Statement: { ...tlsOnly, Resource: "*" } } }),
      planned(bucketType, "later", { policy: { Statement: { ...tlsOnly, Resource: [unknownString] } } }),
    ],
    expected: [],
  },
  {
    policy: "aws-bucket-tls-only",
    given: "a denial as JSON text, in a list, as a single object, and an unknown policy",
    resources: [
      bucket(),
      policy(JSON.stringify({ Statement: tlsOnly })),
      planned(bucketType, "inline", { policy: { Statement: [{ ...tlsOnly, Principal: { AWS: ["*"] } }] } }),
      planned(bucketType, "unknown", { bucket: "unknown" }),
      planned("aws:s3/bucketPolicy:BucketPolicy", "unknown", { bucket: "unknown", policy: unknownString }),
    ],
    expected: [],
  },
  {
    policy: "aws-bucket-not-public",
    given: "read access for every principal",
    resources: [
      bucket({ acl: "public-read" }),
      policy({
        Statement: { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::store/*" },
      }),
      planned("aws:s3/bucketObject:BucketObject", "page", { acl: "public-read" }),
    ],
    expected: [
      'store: acl is "public-read"; allowed: "private"',
      "policy: the policy allows every principal, without a condition; allowed: named principals",
      'page: acl is "public-read"; allowed: "private"',
    ],
  },
  {
    policy: "aws-bucket-not-public",
    given: "a denial for every principal, and a condition on the principals",
    resources: [
      bucket({ acl: "private" }),
      policy({
        Statement: [
          tlsOnly,
          {
            Effect: "Allow",
            Principal: "*",
            Action: "s3:GetObject",
            Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
          },
        ],
      }),
    ],
    expected: [],
  },
];
