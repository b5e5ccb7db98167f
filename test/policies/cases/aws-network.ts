import { planned, urnOf } from "../planned.ts";
import { type Case, unknownNumber, unknownString } from "./case.ts";

const allowedFrom = "allowed: a security group or a range that is not the whole internet";
const group = (ingress: unknown[], more = {}) =>
  planned("aws:ec2/securityGroup:SecurityGroup", "sg", { description: "web", ingress, ...more });
const rule = (inputs: Record<string, unknown>) =>
  planned("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "rule", inputs);
const oldRule = (inputs: Record<string, unknown>) =>
  planned("aws:ec2/securityGroupRule:SecurityGroupRule", "old", inputs);
const vpcType = "aws:ec2/vpc:Vpc";
const vpc = planned(vpcType, "main");
const ofVpc = { propertyDependencies: { vpcId: [urnOf(vpcType, "main")] } };
const eipType = "aws:ec2/eip:Eip";

const balancerType = "aws:lb/loadBalancer:LoadBalancer";
const groupType = "aws:ec2/securityGroup:SecurityGroup";
const publicBalancer = (inputs: Record<string, unknown> = {}, groups: string[] = [urnOf(groupType, "sg")]) =>
  planned(
    balancerType,
    "web",
    { internal: false, tags: { Exposure: "public" }, ...inputs },
    { propertyDependencies: { securityGroups: groups } },
  );
const ruleOf = (inputs: Record<string, unknown>, name = "rule") =>
  planned("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", name, inputs, {
    propertyDependencies: { securityGroupId: [urnOf(groupType, "sg")] },
  });
const listener = (port: unknown, balancer: string) =>
  planned(
    "aws:lb/listener:Listener",
    `listener-${port}`,
    { port, protocol: "TCP" },
    { propertyDependencies: { loadBalancerArn: [urnOf(balancerType, balancer)] } },
  );

const endpoint = (inputs: Record<string, unknown>) =>
  planned("aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint", "way-in", inputs);

export const cases: Case[] = [
  {
    policy: "aws-connect-endpoint-groups",
    given: "an endpoint with the default group",
    resources: [endpoint({ preserveClientIp: false })],
    expected: ["way-in: securityGroupIds is not set, so the VPC's default group applies; allowed: a separate group"],
  },
  {
    policy: "aws-connect-endpoint-groups",
    given: "an endpoint that keeps the address of the client",
    resources: [endpoint({ securityGroupIds: ["sg-1"] })],
    expected: ["way-in: preserveClientIp is not set, so instances must allow the addresses of users; allowed: false"],
  },
  {
    policy: "aws-connect-endpoint-groups",
    given: "an endpoint with its own group, known or not",
    resources: [
      endpoint({ securityGroupIds: ["sg-1"], preserveClientIp: false }),
      endpoint({ securityGroupIds: unknownString, preserveClientIp: unknownString }),
    ],
    expected: [],
  },
  {
    policy: "aws-no-open-guarded-ports",
    given: "SSH from the internet in a security group, over IPv4 and IPv6",
    resources: [
      group([
        {
          protocol: "tcp",
          fromPort: 22,
          toPort: 22,
          cidrBlocks: ["10.0.0.0/8", "0.0.0.0/0"],
          ipv6CidrBlocks: ["::/0"],
        },
      ]),
    ],
    expected: [`sg: ingress[0] opens 22 (SSH) to 0.0.0.0/0 and ::/0; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    given: "a range with the database port",
    resources: [rule({ ipProtocol: "tcp", fromPort: 3000, toPort: 4000, cidrIpv6: "::/0" })],
    expected: [`rule: the rule opens 3306 (MySQL), 3307 (MySQL reads), 3389 (RDP) to ::/0; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    given: "protocol -1, which opens all ports, with any range",
    resources: [oldRule({ type: "ingress", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] })],
    config: { "aws-no-open-guarded-ports": { ports: [22, 4567] } },
    expected: [`old: the rule opens 22 (SSH), 4567 (Galera replication) to 0.0.0.0/0; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    given: "the internet in two halves",
    resources: [group([{ protocol: "6", fromPort: 2379, toPort: 2380, cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }])],
    expected: [
      `sg: ingress[0] opens 2379 (etcd clients), 2380 (etcd peers) to 0.0.0.0/1 and 128.0.0.0/1; ${allowedFrom}`,
    ],
  },
  {
    policy: "aws-no-open-guarded-ports",
    given: "an additional guarded port, from the configuration",
    resources: [rule({ ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "0.0.0.0/0" })],
    config: { "aws-no-open-guarded-ports": { ports: [8443] } },
    expected: [`rule: the rule opens 8443 to 0.0.0.0/0; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    given: "web ports, private ranges, security groups, ping, outgoing rules and unknown values",
    resources: [
      group([
        { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: ["0.0.0.0/0"] },
        { protocol: "tcp", fromPort: 3306, toPort: 3306, cidrBlocks: ["10.0.0.0/8", "192.168.0.0/16"] },
        { protocol: "icmp", fromPort: -1, toPort: -1, cidrBlocks: ["0.0.0.0/0"] },
        { protocol: "tcp", fromPort: unknownNumber, toPort: unknownNumber, cidrBlocks: ["0.0.0.0/0"] },
        { protocol: "tcp", fromPort: 22, toPort: 22, cidrBlocks: [unknownString] },
      ]),
      rule({ ipProtocol: "tcp", fromPort: 3306, toPort: 3306, referencedSecurityGroupId: "sg-1" }),
      oldRule({ type: "egress", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }),
    ],
    expected: [],
  },
  {
    policy: "aws-security-group-descriptions",
    given: "a security group, its rule and a separate rule without a description",
    resources: [
      planned("aws:ec2/securityGroup:SecurityGroup", "sg", {
        description: "Managed by Pulumi",
        ingress: [{ description: "web" }, {}],
      }),
      rule({ description: " " }),
    ],
    expected: [
      'sg: description is "Managed by Pulumi"; allowed: a specific description',
      "sg: ingress[1].description is not set; allowed: a specific description",
      'rule: description is " "; allowed: a specific description',
    ],
  },
  {
    policy: "aws-security-group-descriptions",
    given: "a security group and its rules with descriptions",
    resources: [
      group([{ description: "web" }]),
      rule({ description: "MySQL from the load balancers" }),
      rule({ description: unknownString }),
    ],
    expected: [],
  },
  {
    policy: "aws-default-security-group-closed",
    given: "a VPC without a DefaultSecurityGroup",
    resources: [vpc],
    expected: [
      "main: the VPC's default security group keeps its default rules; allowed: a DefaultSecurityGroup without rules",
    ],
  },
  {
    policy: "aws-default-security-group-closed",
    given: "a DefaultSecurityGroup with rules",
    resources: [
      vpc,
      planned(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "default",
        { ingress: [{ protocol: "-1", self: true }], egress: [] },
        ofVpc,
      ),
    ],
    expected: ["default: it has rules in ingress; allowed: no rules"],
  },
  {
    policy: "aws-default-security-group-closed",
    given: "a DefaultSecurityGroup without rules",
    resources: [
      vpc,
      planned("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", { ingress: [], egress: [] }, ofVpc),
    ],
    expected: [],
  },
  {
    policy: "aws-vpc-flow-logs",
    given: "a VPC without a flow log, and one with a log of accepted traffic only",
    resources: [vpc, planned("aws:ec2/flowLog:FlowLog", "log", { trafficType: "ACCEPT" }, ofVpc)],
    expected: [
      'main: the VPC has no flow log of rejected traffic; allowed: a FlowLog with trafficType "REJECT" or "ALL"',
    ],
  },
  {
    policy: "aws-vpc-flow-logs",
    given: "a flow log of rejected traffic",
    resources: [vpc, planned("aws:ec2/flowLog:FlowLog", "log", { trafficType: "REJECT" }, ofVpc)],
    expected: [],
  },
  {
    policy: "aws-load-balancer-internal",
    given: "a load balancer on the internet",
    resources: [
      planned("aws:lb/loadBalancer:LoadBalancer", "nlb", { loadBalancerType: "network" }),
      planned("aws:elb/loadBalancer:LoadBalancer", "classic", { internal: false }),
    ],
    expected: [
      'nlb: internal is not set; allowed: true, or the tag Exposure = "public"',
      'classic: internal is false; allowed: true, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "aws-load-balancer-internal",
    given: "an internal load balancer, and one that is marked as public",
    resources: [
      planned("aws:lb/loadBalancer:LoadBalancer", "nlb", { internal: true }),
      planned("aws:lb/loadBalancer:LoadBalancer", "web", { internal: false, tags: { Exposure: "public" } }),
    ],
    expected: [],
  },
  {
    policy: "aws-public-load-balancer-ports",
    given: "the database port, a range with a web port, and all ports",
    resources: [
      publicBalancer(),
      group([{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }]),
      ruleOf({ ipProtocol: "tcp", fromPort: 3306, toPort: 3306, cidrIpv4: "0.0.0.0/0" }, "sql"),
      ruleOf({ ipProtocol: "tcp", fromPort: 80, toPort: 443, cidrIpv6: "::/0" }, "wide"),
    ],
    expected: [
      "sg: ingress[0] of web opens all ports to 0.0.0.0/0; allowed: 80, 443, or a range that is not the whole internet",
      "sql: the rule of web opens 3306 (MySQL) to 0.0.0.0/0; allowed: 80, 443, or a range that is not the whole internet",
      "wide: the rule of web opens 80 to 443 to ::/0; allowed: 80, 443, or a range that is not the whole internet",
    ],
  },
  {
    policy: "aws-public-load-balancer-ports",
    given: "a load balancer without a security group",
    resources: [publicBalancer({}, []), listener(443, "web"), listener(8443, "web")],
    expected: [
      "listener-8443: web has no security group, and listens on 8443; allowed: 80, 443, or a range that is not the whole internet",
    ],
  },
  {
    policy: "aws-public-load-balancer-ports",
    given: "an additional port, from the configuration",
    resources: [publicBalancer(), ruleOf({ ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "0.0.0.0/0" })],
    config: { "aws-public-load-balancer-ports": { ports: [443, 8443] } },
    expected: [],
  },
  {
    policy: "aws-public-load-balancer-ports",
    given: "public web ports, other ports for a private range, unknown ports, and an internal load balancer",
    resources: [
      publicBalancer(),
      ruleOf({ ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" }),
      ruleOf({ ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "140.82.112.0/20" }),
      ruleOf({ ipProtocol: "tcp", fromPort: unknownNumber, toPort: unknownNumber, cidrIpv4: "0.0.0.0/0" }),
      planned(balancerType, "inside", { internal: true }),
      listener(8443, "inside"),
    ],
    expected: [],
  },
  {
    policy: "aws-public-address-marked",
    given: "an address and a subnet without a mark",
    resources: [planned(eipType, "address"), planned("aws:ec2/subnet:Subnet", "front", { mapPublicIpOnLaunch: true })],
    expected: [
      'address: the public address is not marked; allowed: the tag Exposure = "public"',
      'front: mapPublicIpOnLaunch is true; allowed: false, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "aws-public-address-marked",
    given: "a marked address, a private subnet, and the address of a NAT gateway",
    resources: [
      planned(eipType, "marked", { tags: { Exposure: "public" } }),
      planned(eipType, "outbound"),
      planned(
        "aws:ec2/natGateway:NatGateway",
        "nat",
        {},
        { propertyDependencies: { allocationId: [urnOf(eipType, "outbound")] } },
      ),
      planned("aws:ec2/subnet:Subnet", "machines", {}),
    ],
    expected: [],
  },
];
