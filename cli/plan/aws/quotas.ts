import { type AccountRegion, type AwsResource, byAccount } from "./account.ts";
import table from "./quotas.json" with { type: "json" };

/** What a plan needs of one quota, in one account and region. */
export interface QuotaUse {
  /** Name in words: `vCPU of standard instances`. */
  name: string;
  needed: number;
  /** Default of AWS. */
  quota: number;
  /** The command that asks for more, if the plan needs more than the default. */
  command?: string;
}

export interface AccountQuotas extends AccountRegion {
  uses: QuotaUse[];
}

/** What a plan needs of AWS' quotas, and from when the defaults are. */
export interface Quotas {
  date: string;
  accounts: AccountQuotas[];
  /** Instance types whose number of vCPUs is not known; they are not counted. */
  unknownTypes: string[];
}

type Name = keyof typeof table.quotas;

/** What a plan needs of AWS' quotas, by account and region. Undefined without AWS resources. */
export function quotasOf(resources: readonly AwsResource[]): Quotas | undefined {
  const unknown = new Set<string>();
  const accounts = [...byAccount(resources)].map(([account, owned]): AccountQuotas => {
    const needed = neededBy(owned, unknown);
    const uses = (Object.keys(table.quotas) as Name[])
      .filter((name) => needed[name] > 0)
      .map((name) => quotaUse(name, needed[name], account));
    return { ...account, uses };
  });
  return accounts.length === 0 ? undefined : { date: table.date, accounts, unknownTypes: [...unknown].sort() };
}

function neededBy(resources: readonly AwsResource[], unknown: Set<string>): Record<Name, number> {
  const of = (type: string) => resources.filter((resource) => resource.type === type);
  const instances = of("aws:ec2/instance:Instance");
  const roots = instances.map(({ inputs }) => inputs.rootBlockDevice as Record<string, unknown> | undefined);
  const gib = [
    ...of("aws:ebs/volume:Volume").map(({ inputs }) => (inputs.type === "gp3" ? inputs.size : 0)),
    ...roots.map((root) => (root?.volumeType === "gp3" ? root.volumeSize : 0)),
  ];
  const balancers = of("aws:lb/loadBalancer:LoadBalancer");
  return {
    vcpus: sum(instances.map(({ inputs }) => standardVcpus(String(inputs.instanceType), unknown))),
    addresses: of("aws:ec2/eip:Eip").length,
    vpcs: of("aws:ec2/vpc:Vpc").length,
    natGateways: inOneZone(of("aws:ec2/natGateway:NatGateway"), of("aws:ec2/subnet:Subnet")),
    loadBalancers: balancers.filter(({ inputs }) => inputs.loadBalancerType === "network").length,
    volumeTiB: Math.ceil(sum(gib.map((size) => (typeof size === "number" ? size : 0))) / 102.4) / 10,
  };
}

/** The most gateways in one zone: AWS limits each zone. */
function inOneZone(gateways: readonly AwsResource[], subnets: readonly AwsResource[]): number {
  const zones = new Map(subnets.map(({ urn, inputs }) => [urn, inputs.availabilityZone]));
  const byZone = Map.groupBy(gateways, ({ propertyDependencies }) =>
    (propertyDependencies?.subnetId ?? []).map((urn) => zones.get(urn)).find((zone) => zone !== undefined),
  );
  return Math.max(0, ...[...byZone.values()].map((group) => group.length));
}

/**
 * vCPUs of an instance type, for the quota of standard instances; 0 for types with another quota. Sizes of a family
 * double: `large` has 2, `xlarge` 4, `2xlarge` 8. All T types up to `large` have 2. Families before the third
 * generation are not regular, except T2.
 */
function standardVcpus(type: string, unknown: Set<string>): number {
  const [, family = "", generation = "", size = ""] = /^([a-z]+)(\d+)[a-z0-9-]*\.([a-z0-9-]+)$/.exec(type) ?? [];
  if (!["a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"].includes(family)) return 0;
  const [, times] = /^(?:metal-)?(\d*)xl(?:arge)?$/.exec(size) ?? [];
  const small = ["nano", "micro", "small"].includes(size);
  if (family === "t" && generation === "2" && small) return 1;
  if (Number(generation) >= 3 || family === "t" || family === "a") {
    if (times !== undefined && type !== "c4.8xlarge") return 4 * Number(times || 1);
    if (size === "large" || (family === "t" && (small || size === "medium"))) return 2;
    if (size === "medium") return 1;
  }
  unknown.add(type);
  return 0;
}

function quotaUse(name: Name, needed: number, { region }: AccountRegion): QuotaUse {
  const { name: words, service, code, default: quota } = table.quotas[name];
  const desired = Math.ceil(needed);
  const command =
    `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} ` +
    `--desired-value ${desired}${region === undefined ? "" : ` --region ${region}`}`;
  return { name: words, needed, quota, ...(needed > quota && { command }) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
