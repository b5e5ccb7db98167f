import { planned } from "../planned.ts";
import type { Case } from "./case.ts";

const role = (inputs: Record<string, unknown>) => planned("aws:iam/role:Role", "role", inputs);
const rolePolicy = (Statement: unknown) =>
  planned("aws:iam/rolePolicy:RolePolicy", "policy", { policy: JSON.stringify({ Version: "2012-10-17", Statement }) });
const objectOfStore = "arn:aws:s3:::store/galera-0.ign";
const lambda = (inputs: Record<string, unknown>) => planned("aws:lambda/function:Function", "gate", inputs);

export const cases: Case[] = [
  {
    policy: "aws-iam-no-wildcard-actions",
    when: "a document as text, an object with a single statement, an inline policy, NotAction",
    resources: [
      rolePolicy([
        { Effect: "Allow", Action: ["s3:GetObject", "s3:*"], Resource: objectOfStore },
        { Sid: "All", Effect: "Allow", NotAction: "iam:*", Resource: objectOfStore },
      ]),
      planned("aws:iam/policy:Policy", "admin", {
        policy: { Statement: { Effect: "Allow", Action: "*", Resource: "*" } },
      }),
      role({
        inlinePolicies: [
          { name: "inline", policy: JSON.stringify({ Statement: [{ Effect: "Allow", Action: "ec2:Describe*" }] }) },
        ],
      }),
    ],
    says: [
      'admin: Statement[0] allows "*"; allowed: actions without *',
      'policy: Statement[0] allows "s3:*"; allowed: actions without *',
      "policy: statement All allows every action except NotAction; allowed: Action with a list of actions",
      'role: inline Statement[0] allows "ec2:Describe*"; allowed: actions without *',
    ],
  },
  {
    policy: "aws-iam-no-wildcard-actions",
    when: "actions are named, and everything may be denied",
    resources: [
      rolePolicy([
        { Effect: "Allow", Action: "s3:GetObject", Resource: objectOfStore },
        { Effect: "Deny", Action: "*", Resource: "*" },
      ]),
      planned("aws:iam/policy:Policy", "broken", { policy: "{" }),
    ],
    says: [],
  },
  {
    policy: "aws-iam-no-wildcard-actions",
    when: "an exemption names the resource and the reason",
    resources: [
      planned("aws:iam/policy:Policy", "admin", { policy: { Statement: { Effect: "Allow", Action: "s3:*" } } }),
    ],
    config: { "aws-iam-no-wildcard-actions": { exemptions: [{ resource: "adm*", reason: "break-glass account" }] } },
    says: ['exempted (break-glass account): admin: Statement[0] allows "s3:*"; allowed: actions without *'],
  },
  {
    policy: "aws-iam-no-wildcard-resources",
    when: "nothing is named",
    resources: [
      rolePolicy([
        { Effect: "Allow", Action: ["s3:GetObject", "ec2:DescribeInstances"], Resource: "*" },
        { Effect: "Allow", Action: "s3:GetObject", Resource: ["arn:aws:s3:::*", objectOfStore] },
        { Effect: "Allow", Action: "s3:GetObject", NotResource: objectOfStore },
      ]),
    ],
    says: [
      'policy: Statement[0] allows "s3:GetObject" on "*"; allowed: ARNs of single resources',
      'policy: Statement[1] allows "s3:GetObject" on "arn:aws:s3:::*"; allowed: ARNs of single resources',
      'policy: Statement[2] allows "s3:GetObject" on "every resource except NotResource"; allowed: ARNs of single resources',
    ],
  },
  {
    policy: "aws-iam-no-wildcard-resources",
    when: "resources are named, narrowed by a condition, or unknown to the action",
    resources: [
      rolePolicy([
        { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::store/*" },
        { Effect: "Allow", Action: "logs:PutLogEvents", Resource: "arn:aws:logs:eu-central-1:1:log-group:gate:*" },
        { Effect: "Allow", Action: ["ec2:DescribeNetworkInterfaces", "ecr:GetAuthorizationToken"], Resource: "*" },
        {
          Effect: "Allow",
          Action: "ec2:StopInstances",
          Resource: "*",
          Condition: { StringEquals: { "aws:ResourceTag/Project": "paasmas" } },
        },
      ]),
    ],
    says: [],
  },
  {
    policy: "aws-iam-no-administrator",
    when: "managed policies for everything, or for all of a service",
    resources: [
      planned("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "admin", {
        policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
      }),
      role({
        managedPolicyArns: [
          "arn:aws:iam::aws:policy/AmazonS3FullAccess",
          "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
        ],
      }),
    ],
    says: [
      "admin: the managed policy arn:aws:iam::aws:policy/AdministratorAccess; allowed: policies without administrator or whole-service rights",
      "role: the managed policy arn:aws:iam::aws:policy/AmazonS3FullAccess; allowed: policies without administrator or whole-service rights",
    ],
  },
  {
    policy: "aws-iam-no-administrator",
    when: "a managed policy for one purpose, or one of our own",
    resources: [
      planned("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "vpc", {
        policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
      }),
      planned("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "own", {
        policyArn: "arn:aws:iam::1:policy/AdministratorAccess",
      }),
    ],
    says: [],
  },
  {
    policy: "aws-iam-trust-named",
    when: "everybody may assume the role, or everybody but one, under no condition",
    resources: [
      role({
        assumeRolePolicy: {
          Statement: [
            { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole", Condition: {} },
            { Effect: "Allow", NotPrincipal: { AWS: "arn:aws:iam::1:root" }, Action: "sts:AssumeRole" },
          ],
        },
      }),
    ],
    says: [0, 1].map(
      (index) =>
        `role: assumeRolePolicy Statement[${index}] allows every principal to assume the role; allowed: named principals`,
    ),
  },
  {
    policy: "aws-iam-trust-named",
    when: "a service may",
    resources: [
      role({
        assumeRolePolicy: JSON.stringify({
          Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      }),
    ],
    says: [],
  },
  {
    policy: "aws-lambda-in-vpc",
    when: "it runs outside, or without a security group",
    resources: [lambda({}), lambda({ vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: [] } })],
    says: [
      "gate: vpcConfig.subnetIds is not set; allowed: at least one id",
      "gate: vpcConfig.securityGroupIds is not set; allowed: at least one id",
      "gate: vpcConfig.securityGroupIds is []; allowed: at least one id",
    ],
  },
  {
    policy: "aws-lambda-in-vpc",
    when: "it runs in subnets behind a security group",
    resources: [lambda({ vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } })],
    says: [],
  },
  {
    policy: "aws-lambda-no-environment-secrets",
    when: "the name or the value gives it away",
    resources: [
      lambda({
        environment: {
          variables: { DB_PASSWORD: "correct horse battery", ID: "AKIAIOSFODNN7EXAMPLE", MODE: "production" },
        },
      }),
    ],
    says: [
      "gate: environment.variables.DB_PASSWORD holds a secret; allowed: references to secrets",
      "gate: environment.variables.ID holds a secret; allowed: references to secrets",
    ],
  },
  {
    policy: "aws-lambda-no-environment-secrets",
    when: "secrets are referred to",
    resources: [
      lambda({
        environment: {
          variables: {
            DB_PASSWORD_ARN: "arn:aws:secretsmanager:eu-central-1:1:secret:db",
            TOKEN: "/paasmas/token",
            PASSWORD_FILE: "/run/db",
            NAME: "gate",
          },
        },
      }),
      lambda({}),
    ],
    says: [],
  },
  {
    policy: "aws-lambda-not-public",
    when: "a URL or a permission for everybody",
    resources: [
      planned("aws:lambda/functionUrl:FunctionUrl", "url", { authorizationType: "NONE" }),
      planned("aws:lambda/permission:Permission", "permission", { principal: "*" }),
    ],
    says: [
      'url: authorizationType is "NONE"; allowed: "AWS_IAM"',
      'permission: principal is "*"; allowed: a named principal',
    ],
  },
  {
    policy: "aws-lambda-not-public",
    when: "callers are named",
    resources: [
      planned("aws:lambda/functionUrl:FunctionUrl", "url", { authorizationType: "AWS_IAM" }),
      planned("aws:lambda/permission:Permission", "permission", { principal: "events.amazonaws.com" }),
      planned("aws:lambda/permission:Permission", "organization", { principal: "*", principalOrgId: "o-1" }),
    ],
    says: [],
  },
];
