import { type AccountRegion, type AwsResource, byAccount } from "./account.ts";
import prices from "./prices.json" with { type: "json" };

/** One post of the monthly bill. */
export interface Post {
  /** `m6i.large` */
  what: string;
  quantity: number;
  /** `GiB`; absent for things to count. */
  unit?: string;
  monthlyUsd: number;
}

/** Fixed cost of the AWS resources of a plan. */
export interface Cost {
  /** Date of the table of prices. */
  date: string;
  /** Region of the prices. */
  region: string;
  monthlyUsd: number;
  accounts: (AccountRegion & { monthlyUsd: number })[];
  /** The most expensive first. */
  posts: Post[];
  /** Resources whose price is not in the table: `aws:rds/instance:Instance`, or `db.m5.large of ...`. */
  withoutPrice: { what: string; names: string[] }[];
  /** What AWS bills by use, in words. */
  notIncluded: string[];
}

type Inputs = Readonly<Record<string, unknown>>;
/** Posts of one resource, and the part of it that is not in the table. */
interface Priced {
  posts: Post[];
  missing?: string;
}

const { hoursPerMonth, gp3 } = prices;

/** Types with a price. */
const priced: Readonly<Record<string, (inputs: Inputs) => Priced>> = {
  "aws:ebs/volume:Volume": ({ type, size, iops, throughput }) => volume(type ?? "gp2", size, iops, throughput),
  "aws:ec2/eip:Eip": () => of(hourly("public IPv4 address", prices.publicAddressHour)),
  "aws:ec2/instance:Instance": instance,
  "aws:ec2/natGateway:NatGateway": () => of(hourly("NAT gateway", prices.natGatewayHour)),
  "aws:ec2/vpcEndpoint:VpcEndpoint": endpoint,
  "aws:kms/key:Key": () => of({ what: "KMS key", quantity: 1, monthlyUsd: prices.keyMonth }),
  "aws:lb/loadBalancer:LoadBalancer": loadBalancer,
  "aws:route53/zone:Zone": () => of({ what: "zone of Route 53", quantity: 1, monthlyUsd: prices.zoneMonth }),
};

/** Types that cost only what is stored, sent or called, with the words for it. */
const byUse: Readonly<Record<string, string>> = {
  "aws:cloudwatch/logGroup:LogGroup": "logs of CloudWatch",
  "aws:ecr/repository:Repository": "images in ECR",
  "aws:lambda/function:Function": "calls of Lambda",
  "aws:s3/bucket:Bucket": "objects and requests in S3",
};

/** Types that AWS does not bill. Traffic through them is in {@link traffic}. */
export const freeTypes: ReadonlySet<string> = new Set([
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  "aws:ec2/flowLog:FlowLog",
  "aws:ec2/internetGateway:InternetGateway",
  "aws:ec2/networkInterface:NetworkInterface",
  "aws:ec2/placementGroup:PlacementGroup",
  "aws:ec2/route:Route",
  "aws:ec2/routeTable:RouteTable",
  "aws:ec2/routeTableAssociation:RouteTableAssociation",
  "aws:ec2/securityGroup:SecurityGroup",
  "aws:ec2/subnet:Subnet",
  "aws:ec2/volumeAttachment:VolumeAttachment",
  "aws:ec2/vpc:Vpc",
  "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
  "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
  "aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint",
  "aws:ecr/lifecyclePolicy:LifecyclePolicy",
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration",
  "aws:ecr/repositoryPolicy:RepositoryPolicy",
  "aws:iam/accessKey:AccessKey",
  "aws:iam/instanceProfile:InstanceProfile",
  "aws:iam/role:Role",
  "aws:iam/rolePolicy:RolePolicy",
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/user:User",
  "aws:iam/userPolicy:UserPolicy",
  "aws:lambda/invocation:Invocation",
  "aws:lb/listener:Listener",
  "aws:lb/targetGroup:TargetGroup",
  "aws:lb/targetGroupAttachment:TargetGroupAttachment",
  "aws:route53/record:Record",
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
  "aws:s3/bucketObjectv2:BucketObjectv2",
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
  "aws:s3/bucketPolicy:BucketPolicy",
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  "aws:s3/bucketVersioning:BucketVersioning",
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
]);

/** Always billed by use, in every network. */
const traffic = ["data transfer", "traffic through NAT gateways and load balancers", "CPU credits of T types", "tax"];

/**
 * The cost of a plan for one month, if everything runs all the time at list prices. Undefined without AWS resources.
 * A resource without a price is named, so that no sum looks complete if it is not.
 */
export function costOf(resources: readonly AwsResource[]): Cost | undefined {
  const accounts: Cost["accounts"] = [];
  const posts = new Map<string, Post>();
  const withoutPrice = new Map<string, string[]>();
  const used = new Set<string>();
  for (const [account, owned] of byAccount(resources)) {
    let sum = 0;
    for (const { type, name, inputs } of owned) {
      if (byUse[type] !== undefined) used.add(byUse[type]);
      if (byUse[type] !== undefined || freeTypes.has(type)) continue;
      const { posts: own, missing } = priced[type]?.(inputs) ?? without(type);
      if (missing !== undefined) withoutPrice.set(missing, [...(withoutPrice.get(missing) ?? []), name]);
      for (const post of own) {
        sum += post.monthlyUsd;
        posts.set(post.what, added(posts.get(post.what), post));
      }
    }
    accounts.push({ ...account, monthlyUsd: cents(sum) });
  }
  if (accounts.length === 0) return undefined;
  return {
    date: prices.date,
    region: prices.region,
    monthlyUsd: cents(accounts.reduce((sum, { monthlyUsd }) => sum + monthlyUsd, 0)),
    accounts,
    posts: [...posts.values()]
      .map((post) => ({ ...post, monthlyUsd: cents(post.monthlyUsd) }))
      .sort((a, b) => b.monthlyUsd - a.monthlyUsd || (a.what < b.what ? -1 : 1)),
    withoutPrice: [...withoutPrice].map(([what, names]) => ({ what, names })),
    notIncluded: [...traffic.slice(0, -1), ...[...used].sort(), ...traffic.slice(-1)],
  };
}

function instance({ instanceType, rootBlockDevice, associatePublicIpAddress }: Inputs): Priced {
  const hour = (prices.instanceHour as Record<string, number>)[String(instanceType)];
  const root = (rootBlockDevice ?? {}) as Inputs;
  const disk = volume(root.volumeType ?? "gp2", root.volumeSize, root.iops, root.throughput);
  const address = associatePublicIpAddress === true ? [hourly("public IPv4 address", prices.publicAddressHour)] : [];
  const machine =
    hour === undefined ? without(`instance type ${instanceType}`) : of(hourly(String(instanceType), hour));
  const missing = [machine.missing, disk.missing && `root ${disk.missing}`].filter((part) => part !== undefined);
  return {
    posts: [...machine.posts, ...disk.posts, ...address],
    ...(missing.length > 0 && { missing: missing.join(" with ") }),
  };
}

function volume(type: unknown, size: unknown, iops: unknown, throughput: unknown): Priced {
  if (type !== "gp3") return without(`volume of the type ${type}`);
  if (typeof size !== "number") return without("volume without a size");
  const extraIops = above(iops, gp3.includedIops);
  const extraMibPerSecond = above(throughput, gp3.includedMibPerSecond);
  return of(
    { what: "gp3 storage", quantity: size, unit: "GiB", monthlyUsd: size * gp3.gibMonth },
    ...amount("gp3 IOPS in addition to 3,000", extraIops, "IOPS", gp3.iopsMonth),
    ...amount("gp3 throughput in addition to 125 MiB/s", extraMibPerSecond, "MiB/s", gp3.mibPerSecondMonth),
  );
}

/** A gateway endpoint is free. An interface endpoint costs by the hour in each zone. */
function endpoint({ vpcEndpointType = "Gateway", subnetIds }: Inputs): Priced {
  if (vpcEndpointType === "Gateway") return of();
  if (vpcEndpointType !== "Interface") return without(`endpoint of the type ${vpcEndpointType}`);
  const zones = Array.isArray(subnetIds) ? Math.max(1, subnetIds.length) : 1;
  return of(...times(zones, hourly("interface endpoint in a zone", prices.interfaceEndpointHour)));
}

/** A public load balancer also has an address in each zone. */
function loadBalancer({ loadBalancerType = "application", internal, subnetMappings, subnets }: Inputs): Priced {
  if (loadBalancerType === "gateway") return without("load balancer of the type gateway");
  const placed = [subnetMappings, subnets].find((list) => Array.isArray(list) && list.length > 0) as unknown[];
  const addresses = internal === true ? 0 : (placed?.length ?? 1);
  return of(
    hourly(`${loadBalancerType} load balancer`, prices.loadBalancerHour),
    ...times(addresses, hourly("public IPv4 address", prices.publicAddressHour)),
  );
}

function of(...posts: Post[]): Priced {
  return { posts };
}

function without(missing: string): Priced {
  return { posts: [], missing };
}

function hourly(what: string, usd: number): Post {
  return { what, quantity: 1, monthlyUsd: usd * hoursPerMonth };
}

function times(quantity: number, { what, monthlyUsd }: Post): Post[] {
  return quantity === 0 ? [] : [{ what, quantity, monthlyUsd: quantity * monthlyUsd }];
}

function amount(what: string, quantity: number, unit: string, usd: number): Post[] {
  return quantity === 0 ? [] : [{ what, quantity, unit, monthlyUsd: quantity * usd }];
}

function above(given: unknown, included: number): number {
  return typeof given === "number" ? Math.max(0, given - included) : 0;
}

function added(sum: Post | undefined, post: Post): Post {
  if (sum === undefined) return post;
  return { ...sum, quantity: sum.quantity + post.quantity, monthlyUsd: sum.monthlyUsd + post.monthlyUsd };
}

function cents(usd: number): number {
  return Math.round(usd * 100) / 100;
}
