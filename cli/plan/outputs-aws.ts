import { createHash } from "node:crypto";

type Values = Record<string, unknown>;

/** The account of AWS's documentation and a region that does not exist, so that planned ARNs do not look real. */
const account = "123456789012";
const region = "planned-region-1";

/** Properties that AWS computes and that other resources use as inputs. */
export const awsOutputs: Record<string, (name: string, inputs: Values) => Values> = {
  "aws:ec2/vpc:Vpc": () => ({ ownerId: account }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": (name) => ({ prefixListId: `pl-${hex(name, 8)}` }),
  "aws:ec2/placementGroup:PlacementGroup": (name) => ({ name: unique(name) }),
  "aws:s3/bucket:Bucket": (name, inputs) => {
    const bucket = String(inputs.bucket ?? unique(name));
    return { bucket, arn: `arn:aws:s3:::${bucket}`, bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com` };
  },
  "aws:s3/bucketObjectv2:BucketObjectv2": (name) => ({ versionId: hex(name, 32) }),
  "aws:ecr/repository:Repository": (name, inputs) => {
    const repository = String(inputs.name ?? unique(name));
    return {
      name: repository,
      arn: arn("ecr", `repository/${repository}`),
      registryId: account,
      repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/${repository}`,
    };
  },
  "aws:iam/role:Role": (name) => ({ name: unique(name), arn: `arn:aws:iam::${account}:role/${unique(name)}` }),
  "aws:iam/user:User": (name) => ({ name: unique(name), arn: `arn:aws:iam::${account}:user/${unique(name)}` }),
  "aws:iam/accessKey:AccessKey": (name) => ({ secret: hex(`${name} secret`, 40) }),
  "aws:iam/instanceProfile:InstanceProfile": (name) => ({ name: unique(name) }),
  "aws:cloudwatch/logGroup:LogGroup": (name) => ({ name: unique(name), arn: arn("logs", `log-group:${unique(name)}`) }),
  "aws:lambda/function:Function": (name) => ({ name: unique(name), arn: arn("lambda", `function:${unique(name)}`) }),
  "aws:lb/loadBalancer:LoadBalancer": (name) => ({
    arn: arn("elasticloadbalancing", `loadbalancer/net/${unique(name)}/${hex(name, 16)}`),
    dnsName: `${unique(name)}-${hex(name, 16)}.elb.${region}.amazonaws.com`,
    zoneId: `Z${hex(region, 20).toUpperCase()}`,
  }),
  "aws:lb/targetGroup:TargetGroup": (name) => ({
    arn: arn("elasticloadbalancing", `targetgroup/${unique(name)}/${hex(name, 16)}`),
  }),
};

function arn(service: string, resource: string): string {
  return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/** A name in Pulumi's form: the resource's name and seven hexadecimal digits. */
function unique(name: string): string {
  return `${name}-${hex(name, 7)}`;
}

function hex(seed: string, length: number): string {
  return createHash("sha256").update(`planned ${seed}`).digest("hex").slice(0, length);
}
