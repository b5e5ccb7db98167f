import * as pulumi from "@pulumi/pulumi";
import type { AddressPlan } from "./address-plan.ts";
import { flowLogs } from "./flow-logs.ts";
import * as ec2 from "./sdk/ec2.ts";
import type { TagsOf } from "./tags.ts";

export interface NetworkArgs {
  cidr: string;
  plan: AddressPlan;
  /** `nat`: NAT gateways; `none`: no access to the internet. */
  egress: "nat" | "none";
  /** `zonal`: one in each zone, so that zones are independent; `single`: one in the first zone. */
  natGateways: "zonal" | "single";
  /** Whether rejected traffic is logged. */
  flowLogs: boolean;
  tags: TagsOf;
}

/** Public subnets. */
export interface PublicSubnets {
  /** In the order of the zones. */
  subnetIds: pulumi.Output<string>[];
  /** Resources that must exist before traffic from the internet arrives. */
  routes: pulumi.Resource[];
}

/**
 * VPC with three subnets in each zone: for machines and for services, both without public addresses, and a public
 * subnet for the NAT gateway and the load balancers. Traffic to S3 uses a gateway endpoint: it is free, and configs and
 * backups do not use the internet.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /** In the order of the zones. */
  readonly machineSubnetIds: pulumi.Output<string>[];
  /** In the order of the zones. */
  readonly serviceSubnetIds: pulumi.Output<string>[];
  /** Route tables of the machine subnets, in the order of the zones. */
  readonly machineRouteTableIds: pulumi.Output<string>[];
  /** Prefix list with the addresses of S3, for outgoing rules. */
  readonly s3PrefixListId: pulumi.Output<string>;
  /** Resources that must exist before the first boot of a machine, for its downloads. */
  readonly routes: pulumi.Resource[];
  /** Subnets that the internet can reach. Absent if `egress` is `none`. */
  readonly publicSubnets?: PublicSubnets;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cidr, plan, egress, tags } = args;
    super("paasmas:aws:Network", name, { cidr, zones: plan.zones, egress }, opts);
    const own = { parent: this };
    const named = (suffix: string) => ({ tags: tags("network", `${name}-${suffix}`) });

    const vpc = new ec2.Vpc(
      `${name}-vpc`,
      { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, ...named("vpc") },
      own,
    );
    this.vpcId = vpc.id;
    // AWS creates a default group that allows traffic between its members. This removes its rules.
    new ec2.DefaultSecurityGroup(
      `${name}-default`,
      { vpcId: vpc.id, ingress: [], egress: [], ...named("default-unused") },
      own,
    );
    if (args.flowLogs) flowLogs(name, vpc, tags, own);

    const subnets = (use: string, cidrs: readonly string[]) =>
      cidrs.map((cidrBlock, i) => {
        const zone = plan.zones[i]!;
        return new ec2.Subnet(
          `${name}-${use}-${zone}`,
          { vpcId: vpc.id, availabilityZone: zone, cidrBlock, mapPublicIpOnLaunch: false, ...named(`${use}-${zone}`) },
          own,
        );
      });
    const machineSubnets = subnets("machines", plan.machineSubnets);
    // These use the main route table of the VPC, which has no route out of the VPC.
    const serviceSubnets = subnets("services", plan.serviceSubnets);
    this.machineSubnetIds = machineSubnets.map((subnet) => subnet.id);
    this.serviceSubnetIds = serviceSubnets.map((subnet) => subnet.id);

    const tables = machineSubnets.map((subnet, i) => {
      const zone = plan.zones[i]!;
      const table = new ec2.RouteTable(
        `${name}-machines-${zone}`,
        { vpcId: vpc.id, ...named(`machines-${zone}`) },
        own,
      );
      const association = new ec2.RouteTableAssociation(
        `${name}-machines-${zone}`,
        { routeTableId: table.id, subnetId: subnet.id },
        own,
      );
      return { table, association };
    });
    this.machineRouteTableIds = tables.map(({ table }) => table.id);
    const s3 = new ec2.VpcEndpoint(
      `${name}-s3`,
      {
        vpcId: vpc.id,
        vpcEndpointType: "Gateway",
        serviceName: `com.amazonaws.${plan.region}.s3`,
        routeTableIds: this.machineRouteTableIds,
        ...named("s3"),
      },
      own,
    );
    this.s3PrefixListId = s3.prefixListId;

    const outside = egress === "nat" ? this.#natGateways(name, vpc, subnets("nat", plan.natSubnets), args) : undefined;
    if (outside) this.publicSubnets = outside.publicSubnets;
    const defaults = (outside?.gateways ?? []).map(
      (gateway, i) =>
        new ec2.Route(
          `${name}-out-${plan.zones[i]}`,
          { routeTableId: tables[i]!.table.id, destinationCidrBlock: "0.0.0.0/0", natGatewayId: gateway.id },
          own,
        ),
    );
    this.routes = [...tables.map(({ association }) => association), s3, ...defaults];
    this.registerOutputs({ vpcId: this.vpcId });
  }

  /** Returns the public subnets, and for each zone the gateway that it uses. */
  #natGateways(name: string, vpc: ec2.Vpc, subnets: ec2.Subnet[], { plan, natGateways, tags }: NetworkArgs) {
    const own = { parent: this };
    const named = (suffix: string) => ({ tags: tags("network", `${name}-${suffix}`) });
    const internet = new ec2.InternetGateway(`${name}-internet`, { vpcId: vpc.id, ...named("internet") }, own);
    const table = new ec2.RouteTable(`${name}-public`, { vpcId: vpc.id, ...named("public") }, own);
    const route = new ec2.Route(
      `${name}-public`,
      { routeTableId: table.id, destinationCidrBlock: "0.0.0.0/0", gatewayId: internet.id },
      own,
    );
    const zonal = subnets.map((subnet, i) => {
      const suffix = `nat-${plan.zones[i]}`;
      const association = new ec2.RouteTableAssociation(
        `${name}-${suffix}`,
        { routeTableId: table.id, subnetId: subnet.id },
        own,
      );
      if (natGateways === "single" && i > 0) return { association };
      const address = new ec2.Eip(
        `${name}-${suffix}`,
        { domain: "vpc", ...named(suffix) },
        { ...own, dependsOn: [internet] },
      );
      const gateway = new ec2.NatGateway(
        `${name}-${suffix}`,
        { subnetId: subnet.id, allocationId: address.id, ...named(suffix) },
        { ...own, dependsOn: [route, association] },
      );
      return { association, gateway };
    });
    const publicSubnets: PublicSubnets = {
      subnetIds: subnets.map((subnet) => subnet.id),
      routes: [route, ...zonal.map(({ association }) => association)],
    };
    return { gateways: zonal.map(({ gateway }) => gateway ?? zonal[0]!.gateway!), publicSubnets };
  }
}
