import { planned, urnOf } from "../planned.ts";
import { type Case, unknownString } from "./case.ts";

const type = "aws:ecr/repository:Repository";
const repository = (inputs: Record<string, unknown> = {}, name = "app") => planned(type, name, inputs);
const policy = (Statement: unknown, name = "policy") =>
  planned("aws:ecr/repositoryPolicy:RepositoryPolicy", name, {
    policy: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
const scanning = (rules: unknown) =>
  planned("aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", "scanning", { rules });
const role = "arn:aws:iam::222222222222:role/ci";
const notScanned = (given: string) =>
  `imageScanningConfiguration.scanOnPush is ${given}, and no registry rule scans the repository; allowed: true`;

export const cases: Case[] = [
  {
    policy: "aws-ecr-immutable-tags",
    given: "mutable tags, by default, as given, and for some tags",
    resources: [
      repository(),
      repository({ imageTagMutability: "MUTABLE" }, "b"),
      repository({ imageTagMutability: "IMMUTABLE_WITH_EXCLUSION" }, "c"),
    ],
    expected: [
      'app: imageTagMutability is not set; allowed: "IMMUTABLE"',
      'b: imageTagMutability is "MUTABLE"; allowed: "IMMUTABLE"',
      'c: imageTagMutability is "IMMUTABLE_WITH_EXCLUSION"; allowed: "IMMUTABLE"',
    ],
  },
  {
    policy: "aws-ecr-immutable-tags",
    given: "immutable tags, and an unknown value",
    resources: [
      repository({ imageTagMutability: "IMMUTABLE" }),
      repository({ imageTagMutability: unknownString }, "b"),
    ],
    expected: [],
  },
  {
    policy: "aws-ecr-encryption",
    given: "a repository without encryption settings, and one with S3 keys",
    resources: [repository(), repository({ encryptionConfigurations: [{ encryptionType: "AES256" }] }, "b")],
    expected: [
      'app: encryptionConfigurations[0].encryptionType is not set; allowed: "KMS", "KMS_DSSE"',
      'b: encryptionConfigurations[0].encryptionType is "AES256"; allowed: "KMS", "KMS_DSSE"',
    ],
  },
  {
    policy: "aws-ecr-encryption",
    given: "a KMS key, and an unknown value",
    resources: [
      repository({ encryptionConfigurations: [{ encryptionType: "KMS" }] }),
      repository(
        { encryptionConfigurations: [{ encryptionType: "KMS_DSSE", kmsKey: "arn:aws:kms:eu-central-1:1:key/1" }] },
        "b",
      ),
      repository({ encryptionConfigurations: unknownString }, "c"),
    ],
    expected: [],
  },
  {
    policy: "aws-ecr-scanned",
    given: "a repository without scans, of its own or of the registry",
    resources: [
      repository({ name: "app" }),
      repository({ name: "shop/api", imageScanningConfiguration: { scanOnPush: false } }, "b"),
      scanning([
        { scanFrequency: "MANUAL", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] },
        { scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [{ filter: "shop", filterType: "WILDCARD" }] },
      ]),
    ],
    expected: [`app: ${notScanned("not set")}`],
  },
  {
    policy: "aws-ecr-scanned",
    given: "a repository with scans, and one that a registry rule matches",
    resources: [
      repository({ name: "app", imageScanningConfiguration: { scanOnPush: true } }),
      repository({ name: "shop/api" }, "b"),
      repository({ name: "unknown", imageScanningConfiguration: unknownString }, "c"),
      scanning([
        { scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "shop/*", filterType: "WILDCARD" }] },
      ]),
    ],
    expected: [],
  },
  {
    policy: "aws-ecr-lifecycle",
    given: "a repository without a lifecycle policy, and one with the policy of another repository",
    resources: [
      repository({ name: "app" }),
      planned("aws:ecr/lifecyclePolicy:LifecyclePolicy", "other", { repository: "other", policy: "{}" }),
    ],
    expected: ["app: the repository has no LifecyclePolicy; allowed: a LifecyclePolicy that removes old images"],
  },
  {
    policy: "aws-ecr-lifecycle",
    given: "a lifecycle policy with the name of the repository, and one that depends on the repository",
    resources: [
      repository({ name: "app" }),
      repository({}, "b"),
      planned("aws:ecr/lifecyclePolicy:LifecyclePolicy", "app", { repository: "app", policy: "{}" }),
      planned(
        "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "b",
        { repository: unknownString, policy: "{}" },
        { propertyDependencies: { repository: [urnOf(type, "b")] } },
      ),
    ],
    expected: [],
  },
  {
    policy: "aws-ecr-not-public",
    given: "pulls by every principal, with or without a condition, and by all except one",
    resources: [
      policy([
        { Effect: "Allow", Principal: "*", Action: "ecr:BatchGetImage" },
        {
          Sid: "Organisation",
          Effect: "Allow",
          Principal: { AWS: "*" },
          Action: "ecr:BatchGetImage",
          Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
        },
        { Sid: "AllBut", Effect: "Allow", NotPrincipal: { AWS: role }, Action: "ecr:BatchGetImage" },
      ]),
    ],
    expected: [
      "policy: policy Statement[0] allows every principal; allowed: named roles",
      "policy: policy statement Organisation allows every principal; allowed: named roles",
      "policy: policy statement AllBut allows every principal; allowed: named roles",
    ],
  },
  {
    policy: "aws-ecr-not-public",
    given: "named roles, and a denial for every principal",
    resources: [
      policy([
        { Effect: "Allow", Principal: { AWS: [role] }, Action: "ecr:BatchGetImage" },
        { Effect: "Deny", Principal: "*", Action: "ecr:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ]),
      planned("aws:ecr/repositoryPolicy:RepositoryPolicy", "unknown", { policy: unknownString }),
    ],
    expected: [],
  },
  {
    policy: "aws-ecr-named-roles",
    given: "a whole account, by its root, by its number, and for all actions",
    resources: [
      policy([
        {
          Sid: "Ci",
          Effect: "Allow",
          Principal: { AWS: ["arn:aws:iam::222222222222:root", "333333333333", role] },
          Action: ["ecr:*"],
        },
      ]),
      policy(
        { Effect: "Allow", Principal: { AWS: "arn:aws:iam::222222222222:root" }, Action: "ecr:BatchGetImage" },
        "single",
      ),
    ],
    expected: [
      "policy: policy statement Ci allows every principal of arn:aws:iam::222222222222:root, 333333333333; allowed: ARNs of roles",
      "policy: policy statement Ci allows ecr:*; allowed: actions without *",
      "single: policy Statement[0] allows every principal of arn:aws:iam::222222222222:root; allowed: ARNs of roles",
    ],
  },
  {
    policy: "aws-ecr-named-roles",
    given: "named actions of roles, and any denial",
    resources: [
      policy([
        { Effect: "Allow", Principal: { AWS: role }, Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] },
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "ecr:BatchGetImage" },
        { Effect: "Deny", Principal: { AWS: "arn:aws:iam::222222222222:root" }, Action: "ecr:*" },
      ]),
    ],
    expected: [],
  },
];
