import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import type { Firewall, LoadBalancer, LoadBalancerArgs } from "../cloud.ts";
import { checkExposure, publicTag, refuseClients } from "../exposure.ts";
import { factTypes, type LoadBalancerFacts } from "../facts.ts";
import type { AddressPlan } from "./address-plan.ts";
import { checkNameLength } from "./auto-name.ts";
import { AwsFirewall, AwsFirewallRule } from "./firewall.ts";
import type { Network } from "./network.ts";
import * as lb from "./sdk/lb.ts";
import type { TagsOf } from "./tags.ts";

/** Values of the cloud for a load balancer. */
export interface LoadBalancerContext {
  cidr: string;
  plan: AddressPlan;
  network: Network;
  protect: boolean;
  tags: TagsOf;
}

/** Shortest health check of a network load balancer: two checks, five seconds apart. */
const check = { interval: 5, timeout: 2, healthyThreshold: 2, unhealthyThreshold: 2 };

/**
 * Network load balancer. An internal one has a fixed address in each zone, a public one has an address of AWS in each
 * public subnet. Both have one DNS name.
 *
 * It detects a crashed target after ten seconds, the minimum of AWS. Until then, some new connections fail and clients
 * must retry. A target that fails its health check before it stops causes no failed connections.
 */
export class AwsLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  readonly address: pulumi.Output<string>;
  readonly aliasZoneId: pulumi.Output<string>;
  readonly allowFrom: readonly string[];
  readonly #name: string;
  readonly #isPublic: boolean;
  readonly #firewall: AwsFirewall;
  readonly #ports: readonly Port[];

  constructor(name: string, args: LoadBalancerArgs, cloud: LoadBalancerContext, opts: pulumi.ComponentResourceOptions) {
    checkNameLength("a load balancer", name, [
      ["aws:lb/loadBalancer:LoadBalancer", ""],
      ...args.ports.map(({ port }) => ["aws:lb/targetGroup:TargetGroup", `-${port}`] as const),
    ]);
    const { publicSubnets, machineSubnetIds } = cloud.network;
    const isPublic = checkExposure(
      name,
      args,
      publicSubnets ? undefined : 'the network has no public subnets; set egress: "nat" on its cloud',
    );
    const targetFirewall = AwsFirewall.from(args.targetFirewall);
    const allowFrom = args.allowFrom ?? [cloud.cidr];
    const ports = args.ports.map(({ port, targetPort = port, description }) => ({ port, targetPort, description }));
    const facts: LoadBalancerFacts = {
      role: "load-balancer",
      ports,
      targets: args.targets.map((target) => target.machineName),
      allowFrom,
      scheme: isPublic ? "public" : "internal",
    };
    super(factTypes.loadBalancer, name, facts, opts);
    const own = { parent: this };
    const tags = { ...cloud.tags("load-balancer", name), ...(isPublic && publicTag) };

    const firewall = new AwsFirewall(
      name,
      { description: `load balancer for ${targetFirewall.firewallName}`, vpcId: cloud.network.vpcId, tags: cloud.tags },
      own,
    );
    const addresses = cloud.plan.inEveryZone(args.hostNumber);
    const balancer = new lb.LoadBalancer(
      name,
      {
        loadBalancerType: "network",
        internal: !isPublic,
        subnetMappings: isPublic
          ? publicSubnets!.subnetIds.map((subnetId) => ({ subnetId }))
          : machineSubnetIds.map((subnetId, i) => ({ subnetId, privateIpv4Address: addresses[i]! })),
        securityGroups: [firewall.securityGroupId],
        // With targets in two zones only, clients of the third zone must reach them.
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: cloud.protect,
        tags,
      },
      isPublic ? { ...own, dependsOn: publicSubnets!.routes } : own,
    );
    this.address = balancer.dnsName;
    this.aliasZoneId = balancer.zoneId;

    for (const { port, targetPort, description } of ports) {
      allowFrom.forEach((from, i) => {
        new AwsFirewallRule(`${name}-${port}-from-${i}`, { to: firewall, from, port: { port, description } }, own);
      });
      this.#forward(name, port, targetPort, args, balancer, cloud, tags);
    }
    this.#name = name;
    this.#isPublic = isPublic;
    this.allowFrom = allowFrom;
    this.#firewall = firewall;
    this.#ports = ports;
    for (const client of args.clients ?? []) this.allowClients(client);
    const inner = new Map(ports.map(({ targetPort, description }) => [targetPort, description]));
    if (!inner.has(args.health.port)) inner.set(args.health.port, "health check of the load balancer");
    for (const [port, description] of inner) {
      new AwsFirewallRule(
        `${name}-to-${port}`,
        { to: targetFirewall, from: firewall, port: { port, description } },
        own,
      );
    }
    this.registerOutputs({ address: this.address });
  }

  /** @throws TypeError if the load balancer is from another cloud. */
  static from(balancer: LoadBalancer): AwsLoadBalancer {
    if (balancer instanceof AwsLoadBalancer) return balancer;
    throw new TypeError("the load balancer belongs to another cloud; create it with loadBalancer() of this cloud");
  }

  /** Firewall of the load balancer. */
  get firewall(): AwsFirewall {
    return this.#firewall;
  }

  outside(port: number): pulumi.Output<string> | undefined {
    return this.#isPublic ? pulumi.interpolate`${this.address}:${port}` : undefined;
  }

  allowClients(client: Firewall): void {
    refuseClients(this.#name, this.#isPublic);
    const from = AwsFirewall.from(client);
    for (const { port, description } of this.#ports) {
      const rule = { to: this.#firewall, from, port: { port, description } };
      new AwsFirewallRule(`${from.firewallName}-to-${this.#name}-${port}`, rule, { parent: this });
    }
  }

  #forward(
    name: string,
    port: number,
    targetPort: number,
    args: LoadBalancerArgs,
    balancer: lb.LoadBalancer,
    cloud: LoadBalancerContext,
    tags: Record<string, string>,
  ): void {
    const own = { parent: this };
    const group = new lb.TargetGroup(
      `${name}-${port}`,
      {
        vpcId: cloud.network.vpcId,
        protocol: "TCP",
        port: targetPort,
        // A replaced machine keeps its address, and gets connections as soon as it is healthy.
        targetType: "ip",
        healthCheck: {
          protocol: "HTTP",
          port: String(args.health.port),
          path: args.health.path,
          matcher: "200",
          ...check,
        },
        // Closes connections to unhealthy or removed targets, so that clients connect to another target.
        targetHealthStates: [{ enableUnhealthyConnectionTermination: true }],
        connectionTermination: true,
        deregistrationDelay: 10,
        tags,
      },
      own,
    );
    for (const target of args.targets) {
      new lb.TargetGroupAttachment(
        `${name}-${port}-${target.machineName}`,
        { targetGroupArn: group.arn, targetId: target.address, port: targetPort },
        own,
      );
    }
    new lb.Listener(
      `${name}-${port}`,
      {
        loadBalancerArn: balancer.arn,
        protocol: "TCP",
        port,
        // The maximum: database clients keep idle connections in pools.
        tcpIdleTimeoutSeconds: 6000,
        defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
        tags,
      },
      own,
    );
  }
}
