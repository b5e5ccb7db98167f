import { cisAws } from "./ids.ts";
import { allowsEveryPrincipal, everyPrincipal, matchesAction, type Statement, statementsOf } from "./documents.ts";
import { resourcePolicy, type StackChecked, stackPolicy } from "./policy.ts";
import { refersTo } from "./references.ts";
import { at, containsUnknown, first, isNot, isUnknown, objects, shown, text } from "./values.ts";

interface BlockDevices {
  encrypted?: unknown;
  launchTemplate?: unknown;
  rootBlockDevice?: { encrypted?: unknown };
  ebsBlockDevices?: unknown;
  blockDeviceMappings?: unknown;
}

const volume = "aws:ebs/volume:Volume";
const launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate";

export const awsEncryptedVolumes = resourcePolicy<BlockDevices>({
  name: "aws-encrypted-volumes",
  description: "EBS volumes are encrypted: root volumes, other volumes of an instance, and separate volumes.",
  severity: "high",
  ids: [...cisAws("2.2.1", "5.1.1"), "CKV_AWS_3", "CKV_AWS_8"],
  remediation: "set encrypted to true on the volume and on rootBlockDevice.",
  appliesTo: [
    volume,
    launchTemplate,
    "aws:ec2/instance:Instance",
    "aws:ec2/spotInstanceRequest:SpotInstanceRequest",
    "aws:ec2/launchConfiguration:LaunchConfiguration",
  ],
  check({ type, props }, report) {
    const judge = (path: string, encrypted: unknown) => {
      // Launch templates take booleans as strings.
      if (isNot(`${encrypted}`, "true") && !isUnknown(encrypted)) {
        report({ given: `${path} is ${shown(encrypted)}`, allowed: "true" });
      }
    };
    if (type === volume) return judge("encrypted", props.encrypted);
    if (type !== launchTemplate && !(props.launchTemplate && !props.rootBlockDevice)) {
      judge("rootBlockDevice.encrypted", at(props.rootBlockDevice, "encrypted"));
    }
    for (const [index, device] of objects(props.ebsBlockDevices).entries()) {
      judge(`ebsBlockDevices[${index}].encrypted`, device.encrypted);
    }
    for (const [index, mapping] of objects(props.blockDeviceMappings).entries()) {
      if (mapping.ebs) judge(`blockDeviceMappings[${index}].ebs.encrypted`, at(mapping.ebs, "encrypted"));
    }
  },
});

const bucketTypes = ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"];
const blocks = ["aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"];
const blockSettings = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const awsBucketPublicAccessBlock = stackPolicy({
  name: "aws-bucket-public-access-block",
  description: "Every bucket has a public access block with all four settings.",
  severity: "high",
  ids: [...cisAws("2.1.4", "2.1.4"), "CKV2_AWS_6", "CKV_AWS_53", "CKV_AWS_54", "CKV_AWS_55", "CKV_AWS_56"],
  remediation: `add a BucketPublicAccessBlock for the bucket with ${blockSettings.join(", ")} set to true.`,
  appliesTo: bucketTypes,
  check(resources, report) {
    for (const { bucket, companions } of bucketsWith(resources, blocks)) {
      const [block] = companions;
      if (!block) {
        report(bucket, {
          given: "the bucket has no BucketPublicAccessBlock",
          allowed: "all four settings true",
        });
        continue;
      }
      const open = blockSettings.filter((setting) => isNot(block.props[setting], true));
      if (open.length > 0) report(block, { given: `not true: ${open.join(", ")}`, allowed: "all four settings true" });
    }
  },
});

export const awsBucketVersioning = stackPolicy({
  name: "aws-bucket-versioning",
  description: "Every bucket has versioning enabled.",
  severity: "medium",
  ids: ["CKV_AWS_21"],
  remediation: 'add a BucketVersioning for the bucket with versioningConfiguration.status "Enabled".',
  appliesTo: bucketTypes,
  check(resources, report) {
    const versioning = ["aws:s3/bucketVersioning:BucketVersioning", "aws:s3/bucketVersioningV2:BucketVersioningV2"];
    for (const { bucket, companions } of bucketsWith(resources, versioning)) {
      const [companion] = companions;
      const inline = at(first(bucket.props.versioning), "enabled");
      const status = at(first(companion?.props.versioningConfiguration), "status");
      if (inline === true || isUnknown(inline) || !isNot(status, "Enabled")) continue;
      const given = companion
        ? `versioningConfiguration.status is ${shown(status)}`
        : "the bucket has no BucketVersioning";
      report(companion ?? bucket, { given, allowed: '"Enabled"' });
    }
  },
});

export const awsBucketEncryption = stackPolicy({
  name: "aws-bucket-encryption",
  description: "Every bucket has a server-side encryption configuration.",
  severity: "medium",
  ids: ["CKV_AWS_19"],
  remediation: "add a BucketServerSideEncryptionConfiguration for the bucket.",
  appliesTo: bucketTypes,
  check(resources, report) {
    const encryption = [
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
    ];
    const algorithms = ["AES256", "aws:kms", "aws:kms:dsse"];
    for (const { bucket, companions } of bucketsWith(resources, encryption)) {
      const [companion] = companions;
      const rules = companion?.props.rules ?? at(first(bucket.props.serverSideEncryptionConfiguration), "rule");
      if (isUnknown(rules)) continue;
      const used = [rules]
        .flat()
        .map((rule) => at(first(at(rule, "applyServerSideEncryptionByDefault")), "sseAlgorithm"));
      if (used.some((algorithm) => isUnknown(algorithm) || algorithms.includes(algorithm as string))) continue;
      const given = companion
        ? `sseAlgorithm is ${shown(used[0])}`
        : "the bucket has no BucketServerSideEncryptionConfiguration";
      report(companion ?? bucket, { given, allowed: algorithms.map((algorithm) => `"${algorithm}"`).join(", ") });
    }
  },
});

const bucketPolicies = ["aws:s3/bucketPolicy:BucketPolicy"];

export const awsBucketTlsOnly = stackPolicy({
  name: "aws-bucket-tls-only",
  description: "Every bucket's policy denies requests without TLS.",
  severity: "medium",
  ids: [...cisAws("2.1.1", "2.1.1"), "CKV_AWS_379"],
  remediation:
    'add a BucketPolicy with a statement {Effect: "Deny", Principal: "*", Action: "s3:*", ' +
    'Resource: [arn, arn + "/*"], Condition: {Bool: {"aws:SecureTransport": "false"}}}.',
  appliesTo: bucketTypes,
  check(resources, report) {
    for (const { bucket, companions } of bucketsWith(resources, bucketPolicies)) {
      const documents = [...companions.map((companion) => companion.props.policy), bucket.props.policy];
      if (documents.some(containsUnknown)) continue;
      const denials = documents.flatMap(statementsOf).filter(deniesPlainHttp);
      const open = uncoveredParts(denials);
      if (open.length === 0) continue;
      const given =
        companions.length === 0
          ? "the bucket has no BucketPolicy"
          : `the bucket's policy allows requests without TLS${denials.length > 0 ? `, for ${open.join(" and ")}` : ""}`;
      report(companions[0] ?? bucket, {
        given,
        allowed: "a policy that denies aws:SecureTransport false for all principals",
      });
    }
  },
});

export const awsBucketNotPublic = resourcePolicy<{ acl?: unknown; policy?: unknown }>({
  name: "aws-bucket-not-public",
  description: "No ACL or policy gives every principal access to a bucket or object.",
  severity: "critical",
  ids: ["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_70"],
  remediation: "name the principals with read access, or serve the objects through a CDN with its own identity.",
  appliesTo: [
    ...bucketTypes,
    ...bucketPolicies,
    "aws:s3/bucketAcl:BucketAcl",
    "aws:s3/bucketAclV2:BucketAclV2",
    "aws:s3/bucketObject:BucketObject",
    "aws:s3/bucketObjectv2:BucketObjectv2",
  ],
  check({ props }, report) {
    if (["public-read", "public-read-write", "authenticated-read"].includes(text(props.acl) ?? "")) {
      report({ given: `acl is ${shown(props.acl)}`, allowed: '"private"' });
    }
    for (const statement of statementsOf(props.policy)) {
      if (allowsEveryPrincipal(statement)) {
        report({ given: "the policy allows every principal, without a condition", allowed: "named principals" });
      }
    }
  },
});

// Only one condition: a denial with two conditions does not apply to requests that meet only one of them.
function deniesPlainHttp({ Condition, ...statement }: Statement): boolean {
  const conditions = Object.entries(Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys ?? {}).map(([key, value]) => [operator, key, value] as const),
  );
  const [operator, key, value] = conditions[0] ?? [];
  return (
    statement.Effect === "Deny" &&
    everyPrincipal(statement) &&
    matchesAction(statement, "s3:*") &&
    conditions.length === 1 &&
    operator === "Bool" &&
    key === "aws:SecureTransport" &&
    `${Array.isArray(value) ? value[0] : value}` === "false"
  );
}

/** Parts of a bucket that the denials do not cover. S3 rejects ARNs of other buckets, so only their form is checked. */
function uncoveredParts(denials: readonly Statement[]): string[] {
  const resources = denials.flatMap(({ Resource = [] }) => Resource);
  if (resources.some(isUnknown)) return [];
  const covered = (form: RegExp) => resources.some((resource) => resource === "*" || form.test(resource));
  return [
    ...(covered(/^arn:[^:]*:s3:::[^/]+$/) ? [] : ["the bucket (its ARN)"]),
    ...(covered(/^arn:[^:]*:s3:::([^/]+\/\*|[^/]*\*)$/) ? [] : ["its objects (its ARN and /*)"]),
  ];
}

// A companion belongs to a bucket if its `bucket` depends on the bucket, or has its name. Without the buckets that get
// their companions from values that are not known yet.
function bucketsWith(resources: readonly StackChecked[], types: readonly string[]) {
  const candidates = resources.filter((resource) => types.includes(resource.type));
  return resources
    .filter((resource) => bucketTypes.includes(resource.type))
    .flatMap((bucket) => {
      const names = [bucket.props.bucket, bucket.props.id];
      const matches = candidates.map((companion) => refersTo(companion, "bucket", bucket, names));
      const companions = candidates.filter((_, index) => matches[index]);
      return companions.length === 0 && matches.includes(undefined) ? [] : [{ bucket, companions }];
    });
}
