import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import { ArgumentError } from "../../internal/argument-check.ts";
import type { Firewall, LoadBalancer, LoadBalancerArgs } from "../cloud.ts";
import { checkExposure, publicTag, refuseClients } from "../exposure.ts";
import { factTypes, type LoadBalancerFacts } from "../facts.ts";
import type { AddressPlan } from "./address-plan.ts";
import { AwsFirewall, AwsFirewallRule } from "./firewall.ts";
import type { Network } from "./network.ts";
import * as lb from "./sdk/lb.ts";
import type { TagsOf } from "./tags.ts";

/** What a load balancer needs of its cloud. */
export interface LoadBalancerSurroundings {
  cidr: string;
  plan: AddressPlan;
  network: Network;
  protect: boolean;
  tags: TagsOf;
}

/** ELB allows 32 characters; Pulumi adds seven, and a port up to six. */
const longestName = 32 - 7 - 6;

/** The shortest that a network load balancer offers: two checks, five seconds apart. */
const check = { interval: 5, timeout: 2, healthyThreshold: 2, unhealthyThreshold: 2 };

/**
 * A network load balancer: an internal one has a fixed address in every zone, a public one an address of Amazon's in each public
 * subnet, behind one name. It takes ten seconds to see that a target
 * died without a word, the least that AWS offers; until then a share of the new connections goes nowhere and has to be
 * tried again. A target that says that it is going, by failing its health check before it stops, costs nothing.
 */
export class AwsLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  readonly address: pulumi.Output<string>;
  readonly aliasZoneId: pulumi.Output<string>;
  readonly #name: string;
  readonly #isPublic: boolean;
  readonly #firewall: AwsFirewall;
  readonly #ports: readonly Port[];

  constructor(
    name: string,
    args: LoadBalancerArgs,
    cloud: LoadBalancerSurroundings,
    opts: pulumi.ComponentResourceOptions,
  ) {
    if (name.length > longestName) {
      throw new ArgumentError([
        `${name}: the name of a load balancer may have at most ${longestName} characters on AWS`,
      ]);
    }
    const { publicSubnets, machineSubnetIds } = cloud.network;
    const isPublic = checkExposure(
      name,
      args,
      publicSubnets ? undefined : 'the network has no public subnets; give its cloud egress: "nat"',
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
        // With a target in each of two zones, a client in the third one needs to reach them.
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

  /** @throws TypeError for a load balancer of another cloud. */
  static from(balancer: LoadBalancer): AwsLoadBalancer {
    if (balancer instanceof AwsLoadBalancer) return balancer;
    throw new TypeError("the load balancer belongs to another cloud; use one made by this cloud's loadBalancer()");
  }

  /** The firewall that it is behind. */
  get firewall(): AwsFirewall {
    return this.#firewall;
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
    cloud: LoadBalancerSurroundings,
    tags: Record<string, string>,
  ): void {
    const own = { parent: this };
    const group = new lb.TargetGroup(
      `${name}-${port}`,
      {
        vpcId: cloud.network.vpcId,
        protocol: "TCP",
        port: targetPort,
        // By address: a replaced machine has the one it had, and is back in service as soon as it is healthy.
        targetType: "ip",
        healthCheck: {
          protocol: "HTTP",
          port: String(args.health.port),
          path: args.health.path,
          matcher: "200",
          ...check,
        },
        // A connection to a target that is unhealthy or leaving is cut, so that its client turns to another one.
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
        // The most there is: database clients keep connections in pools.
        tcpIdleTimeoutSeconds: 6000,
        defaultActions: [{ type: "forward", targetGroupArn: group.arn }],
        tags,
      },
      own,
    );
  }
}
