import * as pulumi from "@pulumi/pulumi";
import * as cloudwatch from "./sdk/cloudwatch.ts";
import * as ec2 from "./sdk/ec2.ts";
import * as iam from "./sdk/iam.ts";
import type { TagsOf } from "./tags.ts";

/** Retention of the log of rejected traffic, in days. */
const retentionInDays = 30;

/**
 * Logs the traffic that the security groups of a VPC reject, so that operators can find missing rules. It does not log
 * accepted traffic, because of its cost.
 */
export function flowLogs(name: string, vpc: ec2.Vpc, tags: TagsOf, opts: pulumi.CustomResourceOptions): void {
  const resource = `${name}-refused`;
  const named = { tags: tags("network", resource) };
  const group = new cloudwatch.LogGroup(resource, { retentionInDays, ...named }, opts);
  const role = new iam.Role(
    resource,
    {
      description: `Writes the log of refused traffic of ${name}`,
      assumeRolePolicy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "vpc-flow-logs.amazonaws.com" },
            Action: "sts:AssumeRole",
            Condition: { StringEquals: { "aws:SourceAccount": vpc.ownerId } },
          },
        ],
      }),
      ...named,
    },
    opts,
  );
  const policy = new iam.RolePolicy(
    resource,
    {
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogGroups", "logs:DescribeLogStreams"],
            Resource: pulumi.interpolate`${group.arn}:*`,
          },
        ],
      }),
    },
    opts,
  );
  new ec2.FlowLog(
    resource,
    {
      vpcId: vpc.id,
      trafficType: "REJECT",
      logDestinationType: "cloud-watch-logs",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      ...named,
    },
    { ...opts, dependsOn: [policy] },
  );
}
