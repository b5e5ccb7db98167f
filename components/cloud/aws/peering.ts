import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import { ArgumentCheck } from "../../internal/argument-check.ts";
import { checkDisjoint } from "../addresses.ts";
import type { Firewall, LoadBalancer, Machine } from "../cloud.ts";
import { factTypes } from "../facts.ts";
import { ruleFacts, ruleName } from "../firewall-rules.ts";
import type { AwsAccount } from "./account.ts";
import { AwsFirewall, AwsFirewallRule, ruleText } from "./firewall.ts";
import { AwsLoadBalancer } from "./load-balancer.ts";
import type { Network } from "./network.ts";
import * as ec2 from "./sdk/ec2.ts";
import * as vpc from "./sdk/vpc.ts";
import { tagging } from "./tags.ts";

export interface VpcPeeringArgs {
  /** Side whose machines connect, for example CI. */
  from: PeeringSideArgs;
  /** Side to which they connect, for example production. */
  to: PeeringSideArgs;
  /**
   * Tags of both sides.
   * Default: Project and Environment from the Pulumi project and stack, ManagedBy `pulumi`; given tags have precedence.
   */
  tags?: Record<string, string>;
}

/** Network with its account. */
export interface PeeringSideArgs {
  /** Network: an AwsCloud. */
  cloud: PeeredCloud;
  /** Account of the network. The cloud must be created with the provider of this account. */
  account: AwsAccount;
}

/** Part of an AwsCloud that a peering needs. */
export interface PeeredCloud extends pulumi.ComponentResource {
  /** CIDR range of the private network. */
  readonly cidr: string;
  /** Availability zones, in the order of the subnets. */
  readonly zones: readonly string[];
  readonly network: Network;
}

export interface PeeringAllowArgs {
  /** Firewall of the destination, on the side `to` of the peering. */
  to: Firewall;
  /** Firewall of the machines that may connect, on the side `from` of the peering. */
  from: Firewall;
  /** Ports of the destination, each with the description of its rule. */
  ports: readonly Port[];
}

export interface PeeringBalancerArgs {
  /** Load balancer, on the side `to` of the peering. */
  to: LoadBalancer;
  /** Machines that may connect, on the side `from` of the peering. */
  from: readonly Machine[];
  /** Ports of the load balancer, each with the description of its rule. */
  ports: readonly Port[];
}

/**
 * Private connection between two networks of one region, in one account or two. It allows no traffic by itself: each
 * rule allows connections in one direction.
 */
export class VpcPeering extends pulumi.ComponentResource {
  /** Id of the accepted peering connection. */
  readonly connectionId: pulumi.Output<string>;

  readonly #accepted: pulumi.Resource;
  readonly #from: PeeringSideArgs;
  readonly #to: PeeringSideArgs;

  /** @throws ArgumentError with all invalid arguments. */
  constructor(name: string, args: VpcPeeringArgs, opts?: pulumi.ComponentResourceOptions) {
    const { from, to } = args;
    const check = new ArgumentCheck(name).require(
      from.account.region === to.account.region,
      "to.account",
      `is in ${to.account.region} and the other side is in ${from.account.region}; use two networks of one region`,
    );
    for (const [side, { cloud, account }] of Object.entries({ from, to })) {
      check.require(
        cloud.getProvider("aws:index:Provider") === account.provider,
        `${side}.cloud`,
        `was not created with the provider of account ${account.id}; pass { providers: [account.provider] }`,
      );
    }
    check
      .doesNotThrow("to.cloud", () =>
        checkDisjoint({ "its range": to.cloud.cidr, "the range of the other side": from.cloud.cidr }),
      )
      .throwIfInvalid();
    super("paasmas:aws:VpcPeering", name, { from: from.cloud.cidr, to: to.cloud.cidr }, opts);
    this.#from = from;
    this.#to = to;

    const tags = tagging(args.tags)("network", name);
    const request = new ec2.VpcPeeringConnection(
      name,
      {
        vpcId: from.cloud.network.vpcId,
        peerVpcId: to.cloud.network.vpcId,
        peerOwnerId: to.account.id,
        autoAccept: false,
        tags,
      },
      { parent: this, provider: from.account.provider },
    );
    const accepted = new ec2.VpcPeeringConnectionAccepter(
      name,
      { vpcPeeringConnectionId: request.id, autoAccept: true, tags },
      { parent: this, provider: to.account.provider },
    );
    this.#accepted = accepted;
    this.connectionId = accepted.vpcPeeringConnectionId;
    const sides = [
      { side: "out", here: from, there: to },
      { side: "back", here: to, there: from },
    ];
    for (const { side, here, there } of sides) {
      here.cloud.network.machineRouteTableIds.forEach((routeTableId, index) => {
        new ec2.Route(
          `${name}-${side}-${here.cloud.zones[index]}`,
          { routeTableId, destinationCidrBlock: there.cloud.cidr, vpcPeeringConnectionId: this.connectionId },
          { parent: this, provider: here.account.provider },
        );
      });
    }
    this.registerOutputs({ connectionId: this.connectionId });
  }

  /** Allows machines of one firewall on the side `from` to connect to machines of one firewall on the side `to`. */
  allow(name: string, { to, from, ports }: PeeringAllowArgs): void {
    const target = AwsFirewall.from(to);
    const source = AwsFirewall.from(from);
    for (const port of ports) {
      const sides = { from: this.#from, to: this.#to, accepted: this.#accepted };
      new PeeredRule(ruleName(name, port), { target, source, port, ...sides }, { parent: this });
    }
  }

  /**
   * Allows machines on the side `from` to connect to a load balancer on the side `to`. The rules use the fixed
   * addresses of the machines: AWS filters clients of a load balancer by address. On the side `from`, outgoing HTTPS is
   * allowed, unless `egress` of its cloud is `none`.
   */
  allowBalancer(name: string, { to, from, ports }: PeeringBalancerArgs): void {
    const { firewall } = AwsLoadBalancer.from(to);
    const own = { parent: this, providers: [this.#to.account.provider] };
    for (const { machineName, address } of from) {
      for (const port of ports) {
        new AwsFirewallRule(
          ruleName(`${name}-${machineName}`, port),
          { to: firewall, from: `${address}/32`, port },
          own,
        );
      }
    }
  }
}

interface PeeredRuleArgs {
  target: AwsFirewall;
  source: AwsFirewall;
  port: Port;
  from: PeeringSideArgs;
  to: PeeringSideArgs;
  /** Accepted connection. Before it exists, a side cannot refer to security groups of the other side. */
  accepted: pulumi.Resource;
}

/** Rules for one port between firewalls of both sides; each side has its rule in its own account. */
class PeeredRule extends pulumi.ComponentResource {
  constructor(
    name: string,
    { target, source, port, from, to, accepted }: PeeredRuleArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const facts = ruleFacts(target, source, port);
    super(factTypes.firewallRule, name, facts, opts);
    const traffic = { ipProtocol: facts.protocol, fromPort: facts.fromPort, toPort: facts.toPort };
    // References to a security group of another account contain the id of that account.
    const reference = (group: AwsFirewall, there: AwsAccount, here: AwsAccount) =>
      there.id === here.id ? group.securityGroupId : pulumi.interpolate`${there.id}/${group.securityGroupId}`;
    new vpc.SecurityGroupIngressRule(
      `${name}-in`,
      {
        securityGroupId: target.securityGroupId,
        description: ruleText(`${port.description} from ${facts.from}`),
        ...traffic,
        referencedSecurityGroupId: reference(source, from.account, to.account),
        tags: target.tags(`${name}-in`),
      },
      { parent: this, provider: to.account.provider, dependsOn: [accepted] },
    );
    new vpc.SecurityGroupEgressRule(
      `${name}-out`,
      {
        securityGroupId: source.securityGroupId,
        description: ruleText(`${port.description} to ${facts.to}`),
        ...traffic,
        referencedSecurityGroupId: reference(target, to.account, from.account),
        tags: source.tags(`${name}-out`),
      },
      { parent: this, provider: from.account.provider, dependsOn: [accepted] },
    );
    this.registerOutputs({});
  }
}
