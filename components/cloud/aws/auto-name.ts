import { ArgumentError } from "../../internal/argument-check.ts";

/** Characters that Pulumi adds to a name: a hyphen and seven hexadecimal digits. */
export const autoNameSuffix = 8;

/** Longest names that AWS allows, for types whose names Pulumi generates. */
export const nameLimits = {
  "aws:cloudwatch/logGroup:LogGroup": 512,
  "aws:ec2/placementGroup:PlacementGroup": 255,
  "aws:ec2/securityGroup:SecurityGroup": 255,
  "aws:iam/instanceProfile:InstanceProfile": 128,
  "aws:iam/role:Role": 64,
  "aws:iam/rolePolicy:RolePolicy": 128,
  "aws:iam/user:User": 64,
  "aws:iam/userPolicy:UserPolicy": 128,
  "aws:lambda/function:Function": 64,
  "aws:lb/loadBalancer:LoadBalancer": 32,
  "aws:lb/targetGroup:TargetGroup": 32,
  "aws:s3/bucket:Bucket": 63,
} as const;

/**
 * Checks that AWS accepts the generated names of an object's resources.
 * @param object Kind of the object, `a machine`.
 * @param parts Type and name suffix of its resources, without the suffix of Pulumi.
 * @throws ArgumentError with the longest allowed name.
 */
export function checkNameLength(
  object: string,
  name: string,
  parts: readonly (readonly [type: keyof typeof nameLimits, suffix: string])[],
): void {
  const longest = Math.min(...parts.map(([type, suffix]) => nameLimits[type] - autoNameSuffix - suffix.length));
  if (name.length <= longest) return;
  throw new ArgumentError([
    `${name}: the name of ${object} has ${name.length} characters; use at most ${longest} on AWS`,
  ]);
}
