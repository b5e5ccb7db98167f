import { cisAws } from "./ids.ts";
import { exposureMark, isMarkedPublic } from "./exposure.ts";
import { resourcePolicy, type StackChecked, stackPolicy } from "./policy.ts";
import { guardedIn, isWorldOpen, named, type PortParameters, portParameters, publicPortParameters } from "./ports.ts";
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

interface Opening {
  path: string;
  protocol: unknown;
  from: unknown;
  to: unknown;
  ranges: string[];
}

export const awsNoOpenGuardedPorts = resourcePolicy<Record<string, unknown>, PortParameters>({
  name: "aws-no-open-guarded-ports",
  description: "Administration and cluster ports are not open to the whole internet, neither over IPv4 nor over IPv6.",
  severity: "critical",
  ids: [...cisAws("5.2", "5.3"), ...cisAws("5.3", "5.4"), "CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_277"],
  remediation: "allow the security group or the address range that needs the port.",
  appliesTo: [securityGroup, defaultSecurityGroup, securityGroupRule, ingressRule],
  parameters: portParameters,
  check({ type, props }, report, { ports }) {
    for (const opening of openings(type, props)) {
      const open = opening.ranges.filter(isWorldOpen);
      const hit = guardedOf(opening, ports);
      if (open.length === 0 || hit.length === 0) continue;
      report({
        given: `${opening.path} opens ${hit.map(named).join(", ")} to ${open.join(" and ")}`,
        allowed: "a security group or a range that is not the whole internet",
      });
    }
  },
});

export const awsSecurityGroupDescriptions = resourcePolicy<Record<string, unknown>>({
  name: "aws-security-group-descriptions",
  description: "Security groups and their rules say what they are for.",
  severity: "low",
  ids: ["CKV_AWS_23"],
  remediation: "write a description of what connects and why.",
  appliesTo: [securityGroup, securityGroupRule, ingressRule, egressRule],
  check({ type, props }, report) {
    const judge = (path: string, description: unknown) => {
      if (isUnknown(description) || (text(description)?.trim() && description !== "Managed by Pulumi")) return;
      report({ given: `${path} is ${shown(description)}`, allowed: "a sentence of its own" });
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
  description: "The default security group of every VPC lets nothing in or out.",
  severity: "medium",
  ids: [...cisAws("5.4", "5.5"), "CKV2_AWS_12"],
  remediation: "adopt it with a DefaultSecurityGroup of the VPC that has neither ingress nor egress.",
  appliesTo: ["aws:ec2/vpc:Vpc", defaultSecurityGroup],
  check(resources, report) {
    const defaults = resources.filter((resource) => resource.type === defaultSecurityGroup);
    const adopted = new Set(defaults.flatMap((group) => group.propertyDependencies.vpcId ?? []));
    const vpcIds = new Set(defaults.map((group) => text(group.props.vpcId)).filter((id) => id !== undefined));
    for (const vpc of resources.filter((resource) => resource.type === "aws:ec2/vpc:Vpc")) {
      if (adopted.has(vpc.urn) || vpcIds.has(text(vpc.props.id) ?? "")) continue;
      report(vpc, { given: "the VPC's default security group is left as it is", allowed: "one without rules" });
    }
    for (const group of defaults) {
      const open = ["ingress", "egress"].filter((list) => objects(group.props[list]).length > 0);
      if (open.length > 0) report(group, { given: `it has rules in ${open.join(" and ")}`, allowed: "no rules" });
    }
  },
});

export const awsVpcFlowLogs = stackPolicy({
  name: "aws-vpc-flow-logs",
  description: "Every VPC logs at least the traffic it refuses.",
  severity: "low",
  ids: [...cisAws("3.7", "3.7"), "CKV2_AWS_11"],
  remediation: 'add a FlowLog of the VPC with trafficType "REJECT" or "ALL".',
  appliesTo: ["aws:ec2/vpc:Vpc"],
  check(resources, report) {
    const logs = resources.filter(
      ({ type, props }) => type === "aws:ec2/flowLog:FlowLog" && props.trafficType !== "ACCEPT",
    );
    const logged = new Set(logs.flatMap((log) => log.propertyDependencies.vpcId ?? []));
    const vpcIds = new Set(logs.map((log) => text(log.props.vpcId)).filter((id) => id !== undefined));
    for (const vpc of resources.filter((resource) => resource.type === "aws:ec2/vpc:Vpc")) {
      if (logged.has(vpc.urn) || vpcIds.has(text(vpc.props.id) ?? "")) continue;
      report(vpc, {
        given: "the VPC has no flow log of refused traffic",
        allowed: 'a FlowLog with trafficType "REJECT" or "ALL"',
      });
    }
  },
});

export const awsLoadBalancerInternal = resourcePolicy<{ internal?: unknown }>({
  name: "aws-load-balancer-internal",
  description: "Load balancers face the private network unless they are marked.",
  severity: "high",
  remediation: `set internal to true, or mark the load balancer with the ${exposureMark}.`,
  appliesTo: loadBalancers,
  check({ props }, report) {
    if (isNot(props.internal, true) && !isMarkedPublic(props)) {
      report({ given: `internal is ${shown(props.internal)}`, allowed: `true, or the ${exposureMark}` });
    }
  },
});

export const awsPublicLoadBalancerPorts = stackPolicy<PortParameters>({
  name: "aws-public-load-balancer-ports",
  description: "A public load balancer opens nothing but the web's ports to the whole internet.",
  severity: "high",
  remediation: "narrow the range, or add the port to this policy's ports.",
  appliesTo: [...loadBalancers, ...listeners],
  parameters: publicPortParameters,
  check(resources, report, { ports }) {
    const allowed = `${ports.join(", ")}, or a range that is not the whole internet`;
    const isAllowed = (from: unknown, to: unknown) =>
      isUnknown(from) || isUnknown(to) || (from === to && ports.includes(from as number));
    for (const balancer of resources.filter(
      ({ type, props }) => loadBalancers.includes(type) && isNot(props.internal, true),
    )) {
      const groups = balancer.propertyDependencies.securityGroups ?? [];
      const isBehind = ({ urn, propertyDependencies }: StackChecked) =>
        groups.includes(urn) || (propertyDependencies.securityGroupId ?? []).some((group) => groups.includes(group));
      for (const resource of resources.filter(isBehind)) {
        for (const { path, protocol, from, to, ranges } of openings(resource.type, resource.props)) {
          const open = ranges.filter(isWorldOpen);
          if (open.length === 0 || (isPortly(protocol) && isAllowed(from, to))) continue;
          const what = !isPortly(protocol) ? "everything" : from === to ? named(from as number) : `${from} to ${to}`;
          report(resource, { given: `${path} of ${balancer.name} opens ${what} to ${open.join(" and ")}`, allowed });
        }
      }
      // Without a security group it lets everybody in.
      if (
        groups.length > 0 ||
        isUnknown(balancer.props.securityGroups) ||
        strings(balancer.props.securityGroups).length > 0
      )
        continue;
      for (const listener of resources.filter(({ propertyDependencies }) =>
        propertyDependencies.loadBalancerArn?.includes(balancer.urn),
      )) {
        if (isAllowed(listener.props.port, listener.props.port)) continue;
        report(listener, {
          given: `${balancer.name} has no security group, and listens on ${shown(listener.props.port)}`,
          allowed,
        });
      }
    }
  },
});

export const awsPublicAddressMarked = stackPolicy({
  name: "aws-public-address-marked",
  description: "Elastic addresses, other than a NAT gateway's, and subnets that hand out public addresses are marked.",
  severity: "medium",
  ids: ["CKV_AWS_130"],
  remediation: `do without, or mark it with the ${exposureMark}.`,
  appliesTo: [eip, subnet],
  check(resources, report) {
    // Nobody can connect to a NAT gateway.
    const gateways = resources.filter((resource) => resource.type === "aws:ec2/natGateway:NatGateway");
    const outbound = new Set(gateways.flatMap((gateway) => gateway.propertyDependencies.allocationId ?? []));
    for (const resource of resources) {
      if (isMarkedPublic(resource.props)) continue;
      if (resource.type === eip && !outbound.has(resource.urn)) {
        report(resource, { given: "a public address without a mark", allowed: `the ${exposureMark}` });
      } else if (resource.type === subnet && resource.props.mapPublicIpOnLaunch === true) {
        report(resource, { given: "mapPublicIpOnLaunch is true", allowed: `false, or the ${exposureMark}` });
      }
    }
  },
});

function openings(type: string, props: Record<string, unknown>): Opening[] {
  switch (type) {
    case ingressRule:
      return [opening("the rule", props.ipProtocol, props, strings([props.cidrIpv4, props.cidrIpv6]))];
    case securityGroupRule:
      return props.type === "ingress" ? [opening("the rule", props.protocol, props, blocksOf(props))] : [];
    default:
      return objects(props.ingress).map((rule, index) =>
        opening(`ingress[${index}]`, rule.protocol, rule, blocksOf(rule)),
      );
  }
}

function opening(path: string, protocol: unknown, rule: Record<string, unknown>, ranges: string[]): Opening {
  return { path, protocol, from: rule.fromPort, to: rule.toPort, ranges };
}

function blocksOf(rule: Record<string, unknown>): string[] {
  return [...strings(rule.cidrBlocks), ...strings(rule.ipv6CidrBlocks)];
}

function isPortly(protocol: unknown): boolean {
  return ["tcp", "udp", "6", "17"].includes(`${protocol}`.toLowerCase());
}

// Protocol -1 is every port, whatever the range says; ICMP's "ports" are types and codes.
function guardedOf({ protocol, from, to }: Opening, ports: readonly number[]): number[] {
  const name = `${protocol}`.toLowerCase();
  if (name === "-1" || name === "all") return [...ports];
  if (!isPortly(protocol) || isUnknown(from) || isUnknown(to)) return [];
  return guardedIn(ports, from as number | undefined, to as number | undefined);
}
