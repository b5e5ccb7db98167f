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
    when: "tags can be moved, by default, by choice, or some of them",
    resources: [
      repository(),
      repository({ imageTagMutability: "MUTABLE" }, "b"),
      repository({ imageTagMutability: "IMMUTABLE_WITH_EXCLUSION" }, "c"),
    ],
    says: [
      'app: imageTagMutability is not set; allowed: "IMMUTABLE"',
      'b: imageTagMutability is "MUTABLE"; allowed: "IMMUTABLE"',
      'c: imageTagMutability is "IMMUTABLE_WITH_EXCLUSION"; allowed: "IMMUTABLE"',
    ],
  },
  {
    policy: "aws-ecr-immutable-tags",
    when: "tags stay, or it is not known yet",
    resources: [
      repository({ imageTagMutability: "IMMUTABLE" }),
      repository({ imageTagMutability: unknownString }, "b"),
    ],
    says: [],
  },
  {
    policy: "aws-ecr-encryption",
    when: "nothing is said, or S3's own keys are used",
    resources: [repository(), repository({ encryptionConfigurations: [{ encryptionType: "AES256" }] }, "b")],
    says: [
      'app: encryptionConfigurations[0].encryptionType is not set; allowed: "KMS", "KMS_DSSE"',
      'b: encryptionConfigurations[0].encryptionType is "AES256"; allowed: "KMS", "KMS_DSSE"',
    ],
  },
  {
    policy: "aws-ecr-encryption",
    when: "a KMS key is used, or it is not known yet",
    resources: [
      repository({ encryptionConfigurations: [{ encryptionType: "KMS" }] }),
      repository(
        { encryptionConfigurations: [{ encryptionType: "KMS_DSSE", kmsKey: "arn:aws:kms:eu-central-1:1:key/1" }] },
        "b",
      ),
      repository({ encryptionConfigurations: unknownString }, "c"),
    ],
    says: [],
  },
  {
    policy: "aws-ecr-scanned",
    when: "neither the repository nor the registry asks for it",
    resources: [
      repository({ name: "app" }),
      repository({ name: "shop/api", imageScanningConfiguration: { scanOnPush: false } }, "b"),
      scanning([
        { scanFrequency: "MANUAL", repositoryFilters: [{ filter: "*", filterType: "WILDCARD" }] },
        { scanFrequency: "SCAN_ON_PUSH", repositoryFilters: [{ filter: "shop", filterType: "WILDCARD" }] },
      ]),
    ],
    says: [`app: ${notScanned("not set")}`],
  },
  {
    policy: "aws-ecr-scanned",
    when: "the repository asks for it, or a rule of the registry matches its name",
    resources: [
      repository({ name: "app", imageScanningConfiguration: { scanOnPush: true } }),
      repository({ name: "shop/api" }, "b"),
      repository({ name: "unknown", imageScanningConfiguration: unknownString }, "c"),
      scanning([
        { scanFrequency: "CONTINUOUS_SCAN", repositoryFilters: [{ filter: "shop/*", filterType: "WILDCARD" }] },
      ]),
    ],
    says: [],
  },
  {
    policy: "aws-ecr-lifecycle",
    when: "there is none, or another repository's",
    resources: [
      repository({ name: "app" }),
      planned("aws:ecr/lifecyclePolicy:LifecyclePolicy", "other", { repository: "other", policy: "{}" }),
    ],
    says: ["app: the repository has no LifecyclePolicy; allowed: a LifecyclePolicy that removes old images"],
  },
  {
    policy: "aws-ecr-lifecycle",
    when: "one names the repository, or was made from it",
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
    says: [],
  },
  {
    policy: "aws-ecr-not-public",
    when: "everybody may pull, under a condition or not, or all but some",
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
    says: [
      "policy: policy Statement[0] allows every principal; allowed: named roles",
      "policy: policy statement Organisation allows every principal; allowed: named roles",
      "policy: policy statement AllBut allows every principal; allowed: named roles",
    ],
  },
  {
    policy: "aws-ecr-not-public",
    when: "roles are named, and everybody is denied",
    resources: [
      policy([
        { Effect: "Allow", Principal: { AWS: [role] }, Action: "ecr:BatchGetImage" },
        { Effect: "Deny", Principal: "*", Action: "ecr:*", Condition: { Bool: { "aws:SecureTransport": "false" } } },
      ]),
      planned("aws:ecr/repositoryPolicy:RepositoryPolicy", "unknown", { policy: unknownString }),
    ],
    says: [],
  },
  {
    policy: "aws-ecr-named-roles",
    when: "an account is let in, by its root or its number, or for everything",
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
    says: [
      "policy: policy statement Ci allows every principal of arn:aws:iam::222222222222:root, 333333333333; allowed: ARNs of roles",
      "policy: policy statement Ci allows ecr:*; allowed: actions without *",
      "single: policy Statement[0] allows every principal of arn:aws:iam::222222222222:root; allowed: ARNs of roles",
    ],
  },
  {
    policy: "aws-ecr-named-roles",
    when: "roles are let in for named actions, and anything may be denied",
    resources: [
      policy([
        { Effect: "Allow", Principal: { AWS: role }, Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"] },
        { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "ecr:BatchGetImage" },
        { Effect: "Deny", Principal: { AWS: "arn:aws:iam::222222222222:root" }, Action: "ecr:*" },
      ]),
    ],
    says: [],
  },
];
