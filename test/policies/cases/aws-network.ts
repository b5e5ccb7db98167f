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

export const cases: Case[] = [
  {
    policy: "aws-no-open-guarded-ports",
    when: "a group opens SSH to the internet, over IPv4 and IPv6",
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
    says: [`sg: ingress[0] opens 22 (SSH) to 0.0.0.0/0 and ::/0; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    when: "a range covers the database",
    resources: [rule({ ipProtocol: "tcp", fromPort: 3000, toPort: 4000, cidrIpv6: "::/0" })],
    says: [`rule: the rule opens 3306 (MySQL), 3307 (MySQL reads), 3389 (RDP) to ::/0; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    when: "protocol -1 opens everything, whatever the range says",
    resources: [oldRule({ type: "ingress", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] })],
    config: { "aws-no-open-guarded-ports": { ports: [22, 4567] } },
    says: [`old: the rule opens 22 (SSH), 4567 (Galera replication) to 0.0.0.0/0; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    when: "the internet is given in two halves",
    resources: [group([{ protocol: "6", fromPort: 2379, toPort: 2380, cidrBlocks: ["0.0.0.0/1", "128.0.0.0/1"] }])],
    says: [`sg: ingress[0] opens 2379 (etcd clients), 2380 (etcd peers) to 0.0.0.0/1 and 128.0.0.0/1; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    when: "a port that was added to the guarded ones",
    resources: [rule({ ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "0.0.0.0/0" })],
    config: { "aws-no-open-guarded-ports": { ports: [8443] } },
    says: [`rule: the rule opens 8443 to 0.0.0.0/0; ${allowedFrom}`],
  },
  {
    policy: "aws-no-open-guarded-ports",
    when: "web ports, private ranges, groups, ping, outgoing rules, values not known yet",
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
    says: [],
  },
  {
    policy: "aws-security-group-descriptions",
    when: "a group, its rule and a rule of its own say nothing",
    resources: [
      planned("aws:ec2/securityGroup:SecurityGroup", "sg", {
        description: "Managed by Pulumi",
        ingress: [{ description: "web" }, {}],
      }),
      rule({ description: " " }),
    ],
    says: [
      'sg: description is "Managed by Pulumi"; allowed: a specific description',
      "sg: ingress[1].description is not set; allowed: a specific description",
      'rule: description is " "; allowed: a specific description',
    ],
  },
  {
    policy: "aws-security-group-descriptions",
    when: "all say what they are for",
    resources: [
      group([{ description: "web" }]),
      rule({ description: "MySQL from the load balancers" }),
      rule({ description: unknownString }),
    ],
    says: [],
  },
  {
    policy: "aws-default-security-group-closed",
    when: "nobody has adopted it",
    resources: [vpc],
    says: [
      "main: the VPC's default security group keeps its default rules; allowed: a DefaultSecurityGroup without rules",
    ],
  },
  {
    policy: "aws-default-security-group-closed",
    when: "it was adopted with rules",
    resources: [
      vpc,
      planned(
        "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        "default",
        { ingress: [{ protocol: "-1", self: true }], egress: [] },
        ofVpc,
      ),
    ],
    says: ["default: it has rules in ingress; allowed: no rules"],
  },
  {
    policy: "aws-default-security-group-closed",
    when: "it was adopted and emptied",
    resources: [
      vpc,
      planned("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "default", { ingress: [], egress: [] }, ofVpc),
    ],
    says: [],
  },
  {
    policy: "aws-vpc-flow-logs",
    when: "nothing is logged, or accepted traffic only",
    resources: [vpc, planned("aws:ec2/flowLog:FlowLog", "log", { trafficType: "ACCEPT" }, ofVpc)],
    says: ['main: the VPC has no flow log of rejected traffic; allowed: a FlowLog with trafficType "REJECT" or "ALL"'],
  },
  {
    policy: "aws-vpc-flow-logs",
    when: "refusals are logged",
    resources: [vpc, planned("aws:ec2/flowLog:FlowLog", "log", { trafficType: "REJECT" }, ofVpc)],
    says: [],
  },
  {
    policy: "aws-load-balancer-internal",
    when: "it faces the internet",
    resources: [
      planned("aws:lb/loadBalancer:LoadBalancer", "nlb", { loadBalancerType: "network" }),
      planned("aws:elb/loadBalancer:LoadBalancer", "classic", { internal: false }),
    ],
    says: [
      'nlb: internal is not set; allowed: true, or the tag Exposure = "public"',
      'classic: internal is false; allowed: true, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "aws-load-balancer-internal",
    when: "it is internal, or public on purpose",
    resources: [
      planned("aws:lb/loadBalancer:LoadBalancer", "nlb", { internal: true }),
      planned("aws:lb/loadBalancer:LoadBalancer", "web", { internal: false, tags: { Exposure: "public" } }),
    ],
    says: [],
  },
  {
    policy: "aws-public-load-balancer-ports",
    when: "it opens the database, a range with the web in it, and everything",
    resources: [
      publicBalancer(),
      group([{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["0.0.0.0/0"] }]),
      ruleOf({ ipProtocol: "tcp", fromPort: 3306, toPort: 3306, cidrIpv4: "0.0.0.0/0" }, "sql"),
      ruleOf({ ipProtocol: "tcp", fromPort: 80, toPort: 443, cidrIpv6: "::/0" }, "wide"),
    ],
    says: [
      "sg: ingress[0] of web opens all ports to 0.0.0.0/0; allowed: 80, 443, or a range that is not the whole internet",
      "sql: the rule of web opens 3306 (MySQL) to 0.0.0.0/0; allowed: 80, 443, or a range that is not the whole internet",
      "wide: the rule of web opens 80 to 443 to ::/0; allowed: 80, 443, or a range that is not the whole internet",
    ],
  },
  {
    policy: "aws-public-load-balancer-ports",
    when: "nothing keeps anybody from it",
    resources: [publicBalancer({}, []), listener(443, "web"), listener(8443, "web")],
    says: [
      "listener-8443: web has no security group, and listens on 8443; allowed: 80, 443, or a range that is not the whole internet",
    ],
  },
  {
    policy: "aws-public-load-balancer-ports",
    when: "a port that was added",
    resources: [publicBalancer(), ruleOf({ ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "0.0.0.0/0" })],
    config: { "aws-public-load-balancer-ports": { ports: [443, 8443] } },
    says: [],
  },
  {
    policy: "aws-public-load-balancer-ports",
    when: "the web for everybody, other ports for somebody, ports not known yet, and an internal one",
    resources: [
      publicBalancer(),
      ruleOf({ ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" }),
      ruleOf({ ipProtocol: "tcp", fromPort: 8443, toPort: 8443, cidrIpv4: "140.82.112.0/20" }),
      ruleOf({ ipProtocol: "tcp", fromPort: unknownNumber, toPort: unknownNumber, cidrIpv4: "0.0.0.0/0" }),
      planned(balancerType, "inside", { internal: true }),
      listener(8443, "inside"),
    ],
    says: [],
  },
  {
    policy: "aws-public-address-marked",
    when: "an address and a subnet without a mark",
    resources: [planned(eipType, "address"), planned("aws:ec2/subnet:Subnet", "front", { mapPublicIpOnLaunch: true })],
    says: [
      'address: the public address is not marked; allowed: the tag Exposure = "public"',
      'front: mapPublicIpOnLaunch is true; allowed: false, or the tag Exposure = "public"',
    ],
  },
  {
    policy: "aws-public-address-marked",
    when: "they are marked, private, or a NAT gateway's",
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
    says: [],
  },
];
