import { cisAws } from "./ids.ts";
import { canBeMarkedPublic, exposureMark } from "./exposure.ts";
import { type Problem, resourcePolicy, type StackChecked, stackPolicy } from "./policy.ts";
import { guardedIn, isWorldOpen, named, type PortParameters, portParameters, publicPortParameters } from "./ports.ts";
import { refersTo } from "./references.ts";
import { isNot, isUnknown, objects, shown, strings, text } from "./values.ts";

const securityGroup = "aws:ec2/securityGroup:SecurityGroup";
const defaultSecurityGroup = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup";
const securityGroupRule = "aws:ec2/securityGroupRule:SecurityGroupRule";
const ingressRule = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const egressRule = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule";

const loadBalancers = [
  "aws:lb/loadBalancer:LoadBalancer",
  "aws:alb/loadBalancer:LoadBalancer",
  "aws:elb/loadBalancer:LoadBalancer",
];
const listeners = ["aws:lb/listener:Listener", "aws:alb/listener:Listener"];

const eip = "aws:ec2/eip:Eip";
const subnet = "aws:ec2/subnet:Subnet";

interface FirewallRule {
  path: string;
  protocol: unknown;
  from: unknown;
  to: unknown;
  ranges: string[];
}

export const awsNoOpenGuardedPorts = resourcePolicy<Record<string, unknown>, PortParameters>({
  name: "aws-no-open-guarded-ports",
  description: "Administration and cluster ports are not open to the whole internet, over IPv4 or IPv6.",
  severity: "critical",
  ids: [...cisAws("5.2", "5.3"), ...cisAws("5.3", "5.4"), "CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277"],
  remediation: "allow the security group or the address range that needs the port.",
  appliesTo: [securityGroup, defaultSecurityGroup, securityGroupRule, ingressRule],
  parameters: portParameters,
  check({ type, props }, report, { ports }) {
    for (const rule of firewallRules(type, props)) {
      const open = rule.ranges.filter(isWorldOpen);
      const hit = guardedOf(rule, ports);
      if (open.length === 0 || hit.length === 0) continue;
      report({
        given: `${rule.path} opens ${hit.map(named).join(", ")} to ${open.join(" and ")}`,
        allowed: "a security group or a range that is not the whole internet",
      });
    }
  },
});

export const awsSecurityGroupDescriptions = resourcePolicy<Record<string, unknown>>({
  name: "aws-security-group-descriptions",
  description: "Security groups and their rules have a description.",
  severity: "low",
  ids: ["CKV_AWS_23"],
  remediation: "describe which clients connect, and why.",
  appliesTo: [securityGroup, securityGroupRule, ingressRule, egressRule],
  check({ type, props }, report) {
    const judge = (path: string, description: unknown) => {
      if (isUnknown(description) || (text(description)?.trim() && description !== "Managed by Pulumi")) return;
      report({ given: `${path} is ${shown(description)}`, allowed: "a specific description" });
    };
    judge("description", props.description);
    if (type !== securityGroup) return;
    for (const list of ["ingress", "egress"]) {
      for (const [index, rule] of objects(props[list]).entries())
        judge(`${list}[${index}].description`, rule.description);
    }
  },
});

export const awsDefaultSecurityGroupClosed = stackPolicy({
  name: "aws-default-security-group-closed",
  description: "The default security group of every VPC has no rules.",
  severity: "medium",
  ids: [...cisAws("5.4", "5.5"), "CKV2_AWS_12"],
  remediation: "add a DefaultSecurityGroup for the VPC, without ingress and egress.",
  appliesTo: ["aws:ec2/vpc:Vpc", defaultSecurityGroup],
  check(resources, report) {
    const defaults = resources.filter((resource) => resource.type === defaultSecurityGroup);
    for (const vpc of resources.filter((resource) => resource.type === "aws:ec2/vpc:Vpc")) {
      if (defaults.some((group) => refersTo(group, "vpcId", vpc, [vpc.props.id]) !== false)) continue;
      report(vpc, {
        given: "the VPC's default security group keeps its default rules",
        allowed: "a DefaultSecurityGroup without rules",
      });
    }
    for (const group of defaults) {
      const open = ["ingress", "egress"].filter((list) => objects(group.props[list]).length > 0);
      if (open.length > 0) report(group, { given: `it has rules in ${open.join(" and ")}`, allowed: "no rules" });
    }
  },
});

export const awsVpcFlowLogs = stackPolicy({
  name: "aws-vpc-flow-logs",
  description: "Every VPC has a flow log, at least of rejected traffic.",
  severity: "low",
  ids: [...cisAws("3.7", "3.7"), "CKV2_AWS_11"],
  remediation: 'add a FlowLog of the VPC with trafficType "REJECT" or "ALL".',
  appliesTo: ["aws:ec2/vpc:Vpc"],
  check(resources, report) {
    const logs = resources.filter(
      ({ type, props }) => type === "aws:ec2/flowLog:FlowLog" && props.trafficType !== "ACCEPT",
    );
    for (const vpc of resources.filter((resource) => resource.type === "aws:ec2/vpc:Vpc")) {
      if (logs.some((log) => refersTo(log, "vpcId", vpc, [vpc.props.id]) !== false)) continue;
      report(vpc, {
        given: "the VPC has no flow log of rejected traffic",
        allowed: 'a FlowLog with trafficType "REJECT" or "ALL"',
      });
    }
  },
});

export const awsConnectEndpointGroups = resourcePolicy<{ securityGroupIds?: unknown; preserveClientIp?: unknown }>({
  name: "aws-connect-endpoint-groups",
  description: "An EC2 Instance Connect Endpoint has its own security groups, which limit what it can reach.",
  severity: "medium",
  remediation: "set securityGroupIds to a group whose outgoing rules name the groups of the instances, and port 22.",
  appliesTo: ["aws:ec2transitgateway/instanceConnectEndpoint:InstanceConnectEndpoint"],
  check({ props }, report) {
    const groups = props.securityGroupIds;
    if (!isUnknown(groups) && (!Array.isArray(groups) || groups.length === 0)) {
      report({ given: "securityGroupIds is not set, so the VPC's default group applies", allowed: "a separate group" });
    }
    if (isNot(props.preserveClientIp ?? true, false)) {
      report({
        given: `preserveClientIp is ${shown(props.preserveClientIp)}, so instances must allow the addresses of users`,
        allowed: "false",
      });
    }
  },
});

export const awsLoadBalancerInternal = resourcePolicy<{ internal?: unknown }>({
  name: "aws-load-balancer-internal",
  description: "Load balancers are internal, unless they are marked as public.",
  severity: "high",
  remediation: `set internal to true, or mark the load balancer with the ${exposureMark}.`,
  appliesTo: loadBalancers,
  check({ props }, report) {
    if (isNot(props.internal, true) && !canBeMarkedPublic(props)) {
      report({ given: `internal is ${shown(props.internal)}`, allowed: `true, or the ${exposureMark}` });
    }
  },
});

export const awsPublicLoadBalancerPorts = stackPolicy<PortParameters>({
  name: "aws-public-load-balancer-ports",
  description: "A public load balancer opens only web ports to the whole internet.",
  severity: "high",
  remediation: "narrow the address range, or add the port to the parameter ports of this policy.",
  appliesTo: [...loadBalancers, ...listeners],
  parameters: publicPortParameters,
  check(resources, report, { ports }) {
    const balancers = resources.filter(
      ({ type, props }) => loadBalancers.includes(type) && isNot(props.internal, true),
    );
    for (const balancer of balancers) {
      checkRules(balancer, resources, report, ports);
      if (acceptsEveryClient(balancer)) checkListeners(balancer, resources, report, ports);
    }
  },
});

type Report = (resource: StackChecked, problem: Problem) => void;

function checkRules(balancer: StackChecked, resources: readonly StackChecked[], report: Report, ports: number[]): void {
  const groups = balancer.propertyDependencies.securityGroups ?? [];
  const isOfBalancer = ({ urn, propertyDependencies }: StackChecked) =>
    groups.includes(urn) || (propertyDependencies.securityGroupId ?? []).some((group) => groups.includes(group));
  for (const resource of resources.filter(isOfBalancer)) {
    for (const { path, protocol, from, to, ranges } of firewallRules(resource.type, resource.props)) {
      const open = ranges.filter(isWorldOpen);
      if (open.length === 0 || isUnknown(protocol) || (hasPorts(protocol) && isPublicPort(ports, from, to))) continue;
      const opened = !hasPorts(protocol) ? "all ports" : from === to ? named(from as number) : `${from} to ${to}`;
      report(resource, {
        given: `${path} of ${balancer.name} opens ${opened} to ${open.join(" and ")}`,
        allowed: allowedPorts(ports),
      });
    }
  }
}

/** Whether a load balancer has no security group. */
function acceptsEveryClient({ props, propertyDependencies }: StackChecked): boolean {
  const depends = (propertyDependencies.securityGroups ?? []).length > 0;
  return !depends && !isUnknown(props.securityGroups) && strings(props.securityGroups).length === 0;
}

function checkListeners(
  balancer: StackChecked,
  resources: readonly StackChecked[],
  report: Report,
  ports: number[],
): void {
  for (const listener of resources) {
    const { port } = listener.props;
    if (!listener.propertyDependencies.loadBalancerArn?.includes(balancer.urn)) continue;
    if (isPublicPort(ports, port, port)) continue;
    report(listener, {
      given: `${balancer.name} has no security group, and listens on ${shown(port)}`,
      allowed: allowedPorts(ports),
    });
  }
}

function isPublicPort(ports: readonly number[], from: unknown, to: unknown): boolean {
  return isUnknown(from) || isUnknown(to) || (from === to && ports.includes(from as number));
}

function allowedPorts(ports: readonly number[]): string {
  return `${ports.join(", ")}, or a range that is not the whole internet`;
}

export const awsPublicAddressMarked = stackPolicy({
  name: "aws-public-address-marked",
  description:
    "Elastic IP addresses and subnets with public addresses are marked as public, except addresses of NAT gateways.",
  severity: "medium",
  ids: ["CKV_AWS_130"],
  remediation: `remove the public address, or mark it with the ${exposureMark}.`,
  appliesTo: [eip, subnet],
  check(resources, report) {
    // NAT gateways accept no inbound connections.
    const gateways = resources.filter((resource) => resource.type === "aws:ec2/natGateway:NatGateway");
    const isOutbound = (address: StackChecked) =>
      gateways.some((gateway) => refersTo(gateway, "allocationId", address, [address.props.id]) !== false);
    for (const resource of resources) {
      if (canBeMarkedPublic(resource.props)) continue;
      if (resource.type === eip && !isOutbound(resource)) {
        report(resource, { given: "the public address is not marked", allowed: `the ${exposureMark}` });
      } else if (resource.type === subnet && resource.props.mapPublicIpOnLaunch === true) {
        report(resource, { given: "mapPublicIpOnLaunch is true", allowed: `false, or the ${exposureMark}` });
      }
    }
  },
});

function firewallRules(type: string, props: Record<string, unknown>): FirewallRule[] {
  switch (type) {
    case ingressRule:
      return [firewallRule("the rule", props.ipProtocol, props, strings([props.cidrIpv4, props.cidrIpv6]))];
    case securityGroupRule:
      return props.type === "ingress" ? [firewallRule("the rule", props.protocol, props, blocksOf(props))] : [];
    default:
      return objects(props.ingress).map((rule, index) =>
        firewallRule(`ingress[${index}]`, rule.protocol, rule, blocksOf(rule)),
      );
  }
}

function firewallRule(path: string, protocol: unknown, rule: Record<string, unknown>, ranges: string[]): FirewallRule {
  return { path, protocol, from: rule.fromPort, to: rule.toPort, ranges };
}

function blocksOf(rule: Record<string, unknown>): string[] {
  return [...strings(rule.cidrBlocks), ...strings(rule.ipv6CidrBlocks)];
}

function hasPorts(protocol: unknown): boolean {
  return ["tcp", "udp", "6", "17"].includes(`${protocol}`.toLowerCase());
}

// Protocol -1 means every port, with any range. For ICMP, the range means types and codes.
function guardedOf({ protocol, from, to }: FirewallRule, ports: readonly number[]): number[] {
  const name = `${protocol}`.toLowerCase();
  if (name === "-1" || name === "all") return [...ports];
  if (!hasPorts(protocol) || isUnknown(from) || isUnknown(to)) return [];
  return guardedIn(ports, from as number | undefined, to as number | undefined);
}
