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
    given: "wildcards in a JSON document, in an object with one statement and in an inline policy, and NotAction",
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
    expected: [
      'admin: Statement[0] allows "*"; allowed: actions without *',
      'policy: Statement[0] allows "s3:*"; allowed: actions without *',
      "policy: statement All allows every action except NotAction; allowed: Action with a list of actions",
      'role: inline Statement[0] allows "ec2:Describe*"; allowed: actions without *',
    ],
  },
  {
    policy: "aws-iam-no-wildcard-actions",
    given: "named actions, and a denial of every action",
    resources: [
      rolePolicy([
        { Effect: "Allow", Action: "s3:GetObject", Resource: objectOfStore },
        { Effect: "Deny", Action: "*", Resource: "*" },
      ]),
      planned("aws:iam/policy:Policy", "broken", { policy: "{" }),
    ],
    expected: [],
  },
  {
    policy: "aws-iam-no-wildcard-actions",
    given: "a resource that the configuration names, with the reason",
    resources: [
      planned("aws:iam/policy:Policy", "admin", { policy: { Statement: { Effect: "Allow", Action: "s3:*" } } }),
    ],
    config: { "aws-iam-no-wildcard-actions": { exemptions: [{ resource: "adm*", reason: "break-glass account" }] } },
    expected: ['exempted (break-glass account): admin: Statement[0] allows "s3:*"; allowed: actions without *'],
  },
  {
    policy: "aws-iam-no-wildcard-resources",
    given: "statements without named resources",
    resources: [
      rolePolicy([
        { Effect: "Allow", Action: ["s3:GetObject", "ec2:DescribeInstances"], Resource: "*" },
        { Effect: "Allow", Action: "s3:GetObject", Resource: ["arn:aws:s3:::*", objectOfStore] },
        { Effect: "Allow", Action: "s3:GetObject", NotResource: objectOfStore },
      ]),
    ],
    expected: [
      'policy: Statement[0] allows "s3:GetObject" on "*"; allowed: ARNs of single resources',
      'policy: Statement[1] allows "s3:GetObject" on "arn:aws:s3:::*"; allowed: ARNs of single resources',
      'policy: Statement[2] allows "s3:GetObject" on "every resource except NotResource"; allowed: ARNs of single resources',
    ],
  },
  {
    policy: "aws-iam-no-wildcard-resources",
    given: "named resources, a condition, and actions without resource-level permissions",
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
    expected: [],
  },
  {
    policy: "aws-iam-no-administrator",
    given: "managed policies for all services or for one whole service",
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
    expected: [
      "admin: the managed policy arn:aws:iam::aws:policy/AdministratorAccess; allowed: policies without administrator or whole-service rights",
      "role: the managed policy arn:aws:iam::aws:policy/AmazonS3FullAccess; allowed: policies without administrator or whole-service rights",
    ],
  },
  {
    policy: "aws-iam-no-administrator",
    given: "a managed policy for one purpose, and a customer policy",
    resources: [
      planned("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "vpc", {
        policyArn: "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole",
      }),
      planned("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "own", {
        policyArn: "arn:aws:iam::1:policy/AdministratorAccess",
      }),
    ],
    expected: [],
  },
  {
    policy: "aws-iam-trust-named",
    given: "a role that every principal, or all except one, can assume without a condition",
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
    expected: [0, 1].map(
      (index) =>
        `role: assumeRolePolicy Statement[${index}] allows every principal to assume the role; allowed: named principals`,
    ),
  },
  {
    policy: "aws-iam-trust-named",
    given: "a role that a service can assume",
    resources: [
      role({
        assumeRolePolicy: JSON.stringify({
          Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
        }),
      }),
    ],
    expected: [],
  },
  {
    policy: "aws-lambda-in-vpc",
    given: "a function outside of a VPC, and one without a security group",
    resources: [lambda({}), lambda({ vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: [] } })],
    expected: [
      "gate: vpcConfig.subnetIds is not set; allowed: at least one id",
      "gate: vpcConfig.securityGroupIds is not set; allowed: at least one id",
      "gate: vpcConfig.securityGroupIds is []; allowed: at least one id",
    ],
  },
  {
    policy: "aws-lambda-in-vpc",
    given: "a function in subnets, with a security group",
    resources: [lambda({ vpcConfig: { subnetIds: ["subnet-1"], securityGroupIds: ["sg-1"] } })],
    expected: [],
  },
  {
    policy: "aws-lambda-no-environment-secrets",
    given: "a variable with a secret name or a secret value",
    resources: [
      lambda({
        environment: {
          variables: { DB_PASSWORD: "correct horse battery", ID: "AKIAIOSFODNN7EXAMPLE", MODE: "production" },
        },
      }),
    ],
    expected: [
      "gate: environment.variables.DB_PASSWORD holds a secret; allowed: references to secrets",
      "gate: environment.variables.ID holds a secret; allowed: references to secrets",
    ],
  },
  {
    policy: "aws-lambda-no-environment-secrets",
    given: "references to secrets",
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
    expected: [],
  },
  {
    policy: "aws-lambda-not-public",
    given: "a URL and a permission for every principal",
    resources: [
      planned("aws:lambda/functionUrl:FunctionUrl", "url", { authorizationType: "NONE" }),
      planned("aws:lambda/permission:Permission", "permission", { principal: "*" }),
    ],
    expected: [
      'url: authorizationType is "NONE"; allowed: "AWS_IAM"',
      'permission: principal is "*"; allowed: a named principal',
    ],
  },
  {
    policy: "aws-lambda-not-public",
    given: "named callers",
    resources: [
      planned("aws:lambda/functionUrl:FunctionUrl", "url", { authorizationType: "AWS_IAM" }),
      planned("aws:lambda/permission:Permission", "permission", { principal: "events.amazonaws.com" }),
      planned("aws:lambda/permission:Permission", "organization", { principal: "*", principalOrgId: "o-1" }),
    ],
    expected: [],
  },
];
