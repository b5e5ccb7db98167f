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
    when: "nothing says that volumes are encrypted",
    resources: [
      planned("aws:ebs/volume:Volume", "data", { size: 10 }),
      planned("aws:ec2/instance:Instance", "web", { ebsBlockDevices: [{ encrypted: true }, { encrypted: false }] }),
      planned("aws:ec2/launchTemplate:LaunchTemplate", "group", {
        blockDeviceMappings: [{ ebs: { encrypted: "false" } }],
      }),
    ],
    says: [
      "data: encrypted is not set; allowed: true",
      'group: blockDeviceMappings[0].ebs.encrypted is "false"; allowed: true',
      "web: rootBlockDevice.encrypted is not set; allowed: true",
      "web: ebsBlockDevices[1].encrypted is false; allowed: true",
    ],
  },
  {
    policy: "aws-encrypted-volumes",
    when: "all are encrypted, or a template decides",
    resources: [
      planned("aws:ebs/volume:Volume", "data", { encrypted: true }),
      planned("aws:ec2/instance:Instance", "web", { rootBlockDevice: { encrypted: true } }),
      planned("aws:ec2/instance:Instance", "grouped", { launchTemplate: { id: "lt-1" } }),
      planned("aws:ec2/launchTemplate:LaunchTemplate", "group", {
        blockDeviceMappings: [{ ebs: { encrypted: "true" } }, { deviceName: "/dev/sdb", noDevice: "" }],
      }),
    ],
    says: [],
  },
  {
    policy: "aws-bucket-public-access-block",
    when: "there is none, or another bucket's",
    resources: [
      bucket(),
      planned("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "other", { bucket: "other", ...allBlocked }),
    ],
    says: ["store: the bucket has no BucketPublicAccessBlock; allowed: all four settings true"],
  },
  {
    policy: "aws-bucket-public-access-block",
    when: "it lets something through",
    resources: [bucket(), block({ ...allBlocked, blockPublicAcls: false, restrictPublicBuckets: undefined })],
    says: ["block: not true: blockPublicAcls, restrictPublicBuckets; allowed: all four settings true"],
  },
  {
    policy: "aws-bucket-public-access-block",
    when: "all four are set, on a bucket known by what it came from or by name",
    resources: [
      bucket(),
      block(allBlocked),
      planned(bucketType, "named", { bucket: "named-bucket" }),
      planned("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "named", {
        bucket: "named-bucket",
        ...allBlocked,
      }),
    ],
    says: [],
  },
  {
    policy: "aws-bucket-versioning",
    when: "there is none, or it is suspended",
    resources: [bucket()],
    says: ['store: the bucket has no BucketVersioning; allowed: "Enabled"'],
  },
  {
    policy: "aws-bucket-versioning",
    when: "it is suspended",
    resources: [
      bucket(),
      planned(
        "aws:s3/bucketVersioning:BucketVersioning",
        "versions",
        { versioningConfiguration: { status: "Suspended" } },
        ofBucket,
      ),
    ],
    says: ['versions: versioningConfiguration.status is "Suspended"; allowed: "Enabled"'],
  },
  {
    policy: "aws-bucket-versioning",
    when: "it is enabled, beside the bucket or in it",
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
    says: [],
  },
  {
    policy: "aws-bucket-encryption",
    when: "nothing says how",
    resources: [bucket()],
    says: [
      'store: the bucket has no BucketServerSideEncryptionConfiguration; allowed: "AES256", "aws:kms", "aws:kms:dsse"',
    ],
  },
  {
    policy: "aws-bucket-encryption",
    when: "an algorithm is named",
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
    says: [],
  },
  {
    policy: "aws-bucket-tls-only",
    when: "there is no policy",
    resources: [bucket()],
    says: [`store: the bucket has no BucketPolicy; ${noPlainHttp}`],
  },
  {
    policy: "aws-bucket-tls-only",
    when: "the policy denies something else, or denies TLS to one principal only",
    resources: [
      bucket(),
      policy({
        Statement: [
          { ...tlsOnly, Condition: { Bool: { "aws:SecureTransport": "true" } } },
          { ...tlsOnly, Principal: { AWS: "arn:aws:iam::1:root" } },
        ],
      }),
    ],
    says: [`policy: the bucket's policy allows requests without TLS; ${noPlainHttp}`],
  },
  {
    policy: "aws-bucket-tls-only",
    when: "the bucket is meant and not its objects, some of its objects, or all of them and not the bucket",
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
    says: [
      `policy: the bucket's policy allows requests without TLS, for its objects (its ARN and /*); ${noPlainHttp}`,
      `folder: the bucket's policy allows requests without TLS, for its objects (its ARN and /*); ${noPlainHttp}`,
      `listed: the bucket's policy allows requests without TLS, for the bucket (its ARN); ${noPlainHttp}`,
    ],
  },
  {
    policy: "aws-bucket-tls-only",
    when: "it is denied to those alone who meet another condition as well",
    resources: [
      bucket(),
      policy({
        Statement: { ...tlsOnly, Condition: { ...tlsOnly.Condition, IpAddress: { "aws:SourceIp": "10.0.0.0/8" } } },
      }),
    ],
    says: [`policy: the bucket's policy allows requests without TLS; ${noPlainHttp}`],
  },
  {
    policy: "aws-bucket-tls-only",
    when: "bucket and objects are denied apart, by a pattern over both, in another partition, or not known yet",
    resources: [
      bucket(),
      policy({
        Statement: ["arn:aws:s3:::store", "arn:aws:s3:::store/*"].map((Resource) => ({ ...tlsOnly, Resource })),
      }),
      planned(bucketType, "pattern", { policy: { Statement: { ...tlsOnly, Resource: "arn:aws-cn:s3:::pattern*" } } }),
      planned(bucketType, "all", { policy: { Statement: { ...tlsOnly, Resource: "*" } } }),
      planned(bucketType, "later", { policy: { Statement: { ...tlsOnly, Resource: [unknownString] } } }),
    ],
    says: [],
  },
  {
    policy: "aws-bucket-tls-only",
    when: "the statement is there: as JSON text, as a list, as a single object, or not known yet",
    resources: [
      bucket(),
      policy(JSON.stringify({ Statement: tlsOnly })),
      planned(bucketType, "inline", { policy: { Statement: [{ ...tlsOnly, Principal: { AWS: ["*"] } }] } }),
      planned(bucketType, "unknown", { bucket: "unknown" }),
      planned("aws:s3/bucketPolicy:BucketPolicy", "unknown", { bucket: "unknown", policy: unknownString }),
    ],
    says: [],
  },
  {
    policy: "aws-bucket-not-public",
    when: "everybody may read",
    resources: [
      bucket({ acl: "public-read" }),
      policy({
        Statement: { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::store/*" },
      }),
      planned("aws:s3/bucketObject:BucketObject", "page", { acl: "public-read" }),
    ],
    says: [
      'store: acl is "public-read"; allowed: "private"',
      "policy: the policy allows every principal, without a condition; allowed: named principals",
      'page: acl is "public-read"; allowed: "private"',
    ],
  },
  {
    policy: "aws-bucket-not-public",
    when: "everybody is denied, or a condition says who is meant",
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
    says: [],
  },
];
