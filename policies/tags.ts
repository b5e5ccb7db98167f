import { hasUnknownTags, tagsOf } from "./exposure.ts";
import { resourcePolicy } from "./policy.ts";
import { fromJson, isUnknown, objects } from "./values.ts";

/** Types with tags whose resources cost money or need an owner. */
export const taggedTypes: readonly string[] = [
  "aws:cloudwatch/logGroup:LogGroup",
  "aws:cloudwatch/metricAlarm:MetricAlarm",
  "aws:dynamodb/table:Table",
  "aws:ebs/volume:Volume",
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/eip:Eip",
  "aws:ec2/flowLog:FlowLog",
  "aws:ec2/instance:Instance",
  "aws:ec2/internetGateway:InternetGateway",
  "aws:ec2/launchTemplate:LaunchTemplate",
  "aws:ec2/natGateway:NatGateway",
  "aws:ec2/networkInterface:NetworkInterface",
  "aws:ec2/placementGroup:PlacementGroup",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/vpc:Vpc",
  "aws:ec2/vpcEndpoint:VpcEndpoint",
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
  "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
  "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
  "aws:ecr/repository:Repository",
  "aws:efs/fileSystem:FileSystem",
  "aws:iam/instanceProfile:InstanceProfile",
  "aws:iam/policy:Policy",
  "aws:iam/role:Role",
  "aws:iam/user:User",
  "aws:kms/key:Key",
  "aws:lambda/function:Function",
  "aws:lb/listener:Listener",
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:lb/targetGroup:TargetGroup",
  "aws:rds/cluster:Cluster",
  "aws:rds/instance:Instance",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:secretsmanager/secret:Secret",
  "aws:ssm/parameter:Parameter",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  "docker:index/container:Container",
  "docker:index/network:Network",
  "docker:index/volume:Volume",
  "openstack:blockstorage/volume:Volume",
  "openstack:compute/instance:Instance",
  "openstack:loadbalancer/listener:Listener",
  "openstack:loadbalancer/loadBalancer:LoadBalancer",
  "openstack:networking/floatingIp:FloatingIp",
  "openstack:networking/network:Network",
  "openstack:networking/port:Port",
  "openstack:networking/router:Router",
  "openstack:networking/secGroup:SecGroup",
  "openstack:networking/subnet:Subnet",
  "openstack:objectstorage/container:Container",
];

export const tagsMandatory = resourcePolicy<Record<string, unknown>, { keys: string[] }>({
  name: "tags-mandatory",
  description:
    "Resources have the mandatory tags (metadata or labels), such as project, environment, role and manager.",
  severity: "low",
  remediation: "add the tags to the resource.",
  appliesTo: taggedTypes,
  parameters: {
    keys: {
      type: "array",
      description: "Mandatory tags",
      items: { type: "string", minLength: 1 },
      default: ["Project", "Environment", "Role", "ManagedBy"],
    },
  },
  check({ props, provider }, report, { keys }) {
    if (hasUnknownTags(props) || isUnknown(provider?.defaultTags)) return;
    const tags = tagsOf(props);
    for (const [key, value] of providerTags(provider)) tags.set(key, value);
    const missing = keys.filter((key) => isMissing(tags.get(key.toLowerCase())));
    if (missing.length > 0) report({ given: `missing: ${missing.join(", ")}`, allowed: keys.join(", ") });
  },
});

function isMissing(value: unknown): boolean {
  return value === undefined || value === null || value === "";
}

// In a provider configuration, values other than strings are JSON text.
function providerTags(provider: Record<string, unknown> | undefined): Map<string, unknown> {
  const { defaultTags } = provider ?? {};
  const [value] = objects(typeof defaultTags === "string" ? fromJson(defaultTags) : defaultTags);
  return tagsOf({ tags: value?.tags });
}
