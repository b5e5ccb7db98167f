import { allowedSecretReference, secretNamed } from "./secrets.ts";
import { resourcePolicy } from "./policy.ts";
import { isUnknown, shown, text } from "./values.ts";

interface FunctionProps {
  vpcConfig?: { subnetIds?: unknown; securityGroupIds?: unknown };
  environment?: { variables?: Record<string, unknown> };
}

export const awsLambdaInVpc = resourcePolicy<FunctionProps>({
  name: "aws-lambda-in-vpc",
  description: "Functions run in a VPC, with a security group.",
  severity: "medium",
  ids: ["CKV_AWS_117"],
  remediation: "set vpcConfig.subnetIds and vpcConfig.securityGroupIds.",
  appliesTo: ["aws:lambda/function:Function"],
  check({ props }, report) {
    const { vpcConfig } = props;
    if (isUnknown(vpcConfig)) return;
    for (const key of ["subnetIds", "securityGroupIds"] as const) {
      const ids = vpcConfig?.[key];
      if (isUnknown(ids) || (Array.isArray(ids) && ids.length > 0)) continue;
      report({ given: `vpcConfig.${key} is ${shown(ids)}`, allowed: "at least one id" });
    }
  },
});

export const awsLambdaNoEnvironmentSecrets = resourcePolicy<FunctionProps>({
  name: "aws-lambda-no-environment-secrets",
  description: "Function environments hold references to secrets, not secrets: all users with read access see them.",
  severity: "high",
  ids: ["CKV_AWS_45"],
  remediation: "pass the ARN of a Secrets Manager secret or an SSM parameter, and read the secret in the function.",
  appliesTo: ["aws:lambda/function:Function"],
  check({ props }, report) {
    for (const [name, value] of Object.entries(props.environment?.variables ?? {})) {
      const content = text(value);
      if (content === undefined || allowedSecretReference(content) || !secretNamed(name, content)) continue;
      report({ given: `environment.variables.${name} holds a secret`, allowed: "references to secrets" });
    }
  },
});

interface AccessProps {
  authorizationType?: unknown;
  principal?: unknown;
  sourceArn?: unknown;
  sourceAccount?: unknown;
  principalOrgId?: unknown;
}

export const awsLambdaNotPublic = resourcePolicy<AccessProps>({
  name: "aws-lambda-not-public",
  description: "Only named principals can invoke functions.",
  severity: "high",
  ids: ["CKV_AWS_258", "CKV_AWS_301"],
  remediation: 'use authorizationType "AWS_IAM", and name the principal or its organization.',
  appliesTo: ["aws:lambda/functionUrl:FunctionUrl", "aws:lambda/permission:Permission"],
  check({ props }, report) {
    if (props.authorizationType === "NONE") report({ given: 'authorizationType is "NONE"', allowed: '"AWS_IAM"' });
    const narrowed = [props.sourceArn, props.sourceAccount, props.principalOrgId].some(
      (condition) => isUnknown(condition) || text(condition) !== undefined,
    );
    if (props.principal === "*" && !narrowed) report({ given: 'principal is "*"', allowed: "a named principal" });
  },
});
