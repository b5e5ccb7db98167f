import { cisAws } from "./ids.ts";
import {
  allows,
  allowsEveryPrincipal,
  isConditional,
  listOf,
  type Statement,
  statementName,
  statementsOf,
} from "./documents.ts";
import { resourcePolicy } from "./policy.ts";
import { objects, strings, text } from "./values.ts";

interface PolicyProps {
  policy?: unknown;
  inlinePolicies?: unknown;
}

const documentTypes = [
  "aws:iam/policy:Policy",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/userPolicy:UserPolicy",
  "aws:iam/groupPolicy:GroupPolicy",
  "aws:iam/role:Role",
];

/**
 * Actions without resource-level permissions, for which `Resource: "*"` is required. Source: Service Authorization
 * Reference, actions with an empty column "Resource types".
 */
const withoutResource = [
  /^(ec2|autoscaling|elasticloadbalancing|ecs|cloudwatch):Describe/,
  /^(ecr|ecr-public):GetAuthorizationToken$/,
  /^sts:GetCallerIdentity$/,
  /^s3:ListAllMyBuckets$/,
  /^cloudwatch:(PutMetricData|ListMetrics)$/,
  /^logs:DescribeLogGroups$/,
  /^xray:(PutTraceSegments|PutTelemetryRecords)$/,
  /^kms:(ListAliases|ListKeys)$/,
];

export const awsIamNoWildcardActions = resourcePolicy<PolicyProps>({
  name: "aws-iam-no-wildcard-actions",
  description: "IAM policies list each action that they allow.",
  severity: "high",
  ids: [...cisAws("1.16", "1.15"), "CKV_AWS_62", "CKV_AWS_63"],
  remediation: "list each action.",
  appliesTo: documentTypes,
  check({ props }, report) {
    for (const { path, statement } of allowed(props)) {
      const wild = listOf(statement.Action).filter((action) => action.includes("*"));
      if (wild.length > 0) report({ given: `${path} allows ${quoted(wild)}`, allowed: "actions without *" });
      if (statement.NotAction !== undefined) {
        report({ given: `${path} allows every action except NotAction`, allowed: "Action with a list of actions" });
      }
    }
  },
});

export const awsIamNoWildcardResources = resourcePolicy<PolicyProps>({
  name: "aws-iam-no-wildcard-resources",
  description: "IAM policies name the resources of the actions that they allow.",
  severity: "high",
  ids: ["CKV_AWS_355"],
  remediation: "name the ARNs, or narrow the statement with a Condition.",
  appliesTo: documentTypes,
  check({ props }, report) {
    for (const { path, statement } of allowed(props)) {
      if (isConditional(statement)) continue;
      const wild = listOf(statement.Resource).filter(isEveryResource);
      if (statement.NotResource !== undefined) wild.push("every resource except NotResource");
      const restrictable = listOf(statement.Action).filter(
        (action) => !withoutResource.some((known) => known.test(action)),
      );
      if (wild.length > 0 && restrictable.length > 0) {
        report({
          given: `${path} allows ${quoted(restrictable)} on ${quoted(wild)}`,
          allowed: "ARNs of single resources",
        });
      }
    }
  },
});

interface AttachmentProps {
  policyArn?: unknown;
  managedPolicyArns?: unknown;
}

export const awsIamNoAdministrator = resourcePolicy<AttachmentProps>({
  name: "aws-iam-no-administrator",
  description: "No principal has an AWS managed policy for administrators, power users or whole services.",
  severity: "critical",
  ids: [...cisAws("1.16", "1.15"), "CKV_AWS_274"],
  remediation: "attach a policy with only the required actions.",
  appliesTo: [
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    "aws:iam/role:Role",
  ],
  check({ props }, report) {
    for (const arn of [...strings([props.policyArn]), ...strings(props.managedPolicyArns)]) {
      if (
        /^arn:aws[a-z-]*:iam::aws:policy\/(.*\/)?(AdministratorAccess|PowerUserAccess|[A-Za-z0-9-]*FullAccess)/.test(
          arn,
        )
      ) {
        report({
          given: `the managed policy ${arn}`,
          allowed: "policies without administrator or whole-service rights",
        });
      }
    }
  },
});

export const awsIamTrustNamed = resourcePolicy<{ assumeRolePolicy?: unknown }>({
  name: "aws-iam-trust-named",
  description: "The trust policy of every role names the principals that can assume the role.",
  severity: "critical",
  ids: ["CKV_AWS_60"],
  remediation: "name the service, account or role in Principal.",
  appliesTo: ["aws:iam/role:Role"],
  check({ props }, report) {
    for (const [index, statement] of statementsOf(props.assumeRolePolicy).entries()) {
      if (!allowsEveryPrincipal(statement)) continue;
      report({
        given: `assumeRolePolicy ${statementName(statement, index)} allows every principal to assume the role`,
        allowed: "named principals",
      });
    }
  },
});

function allowed(props: PolicyProps): { path: string; statement: Statement }[] {
  const inline = objects(props.inlinePolicies).map((policy) => ({
    prefix: `${text(policy.name)} `,
    document: policy.policy,
  }));
  return [{ prefix: "", document: props.policy }, ...inline].flatMap(({ prefix, document }) =>
    statementsOf(document)
      .map((statement, index) => ({ path: `${prefix}${statementName(statement, index)}`, statement }))
      .filter(({ statement }) => allows(statement)),
  );
}

// "*", "arn:aws:s3:::*" and "arn:aws:ec2:*:*:*" name no resource; "arn:aws:s3:::bucket/*" names a bucket.
function isEveryResource(resource: string): boolean {
  return resource.startsWith("arn:")
    ? /^\*+(\/\*+)?$/.test(resource.split(":").slice(5).join(":"))
    : /^\*+$/.test(resource);
}

function quoted(items: readonly string[]): string {
  return items.map((item) => `"${item}"`).join(", ");
}
