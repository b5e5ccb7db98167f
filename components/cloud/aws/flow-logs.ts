import * as pulumi from "@pulumi/pulumi";
import * as cloudwatch from "./sdk/cloudwatch.ts";
import * as ec2 from "./sdk/ec2.ts";
import * as iam from "./sdk/iam.ts";
import type { TagsOf } from "./tags.ts";

/** How long refused traffic can be looked up, in days. */
const retentionInDays = 30;

/**
 * Logs what a VPC's security groups refuse: a closed firewall that nobody can look into is closed to its
 * operators as well. Refusals only, since these are few; accepted traffic would cost more than it tells.
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
