import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import { ArgumentCheck } from "../../internal/argument-check.ts";
import { checkDisjoint } from "../addresses.ts";
import type { Firewall, LoadBalancer, Machine } from "../cloud.ts";
import { factTypes } from "../facts.ts";
import { ruleFacts, ruleName } from "../firewall-rules.ts";
import type { AwsAccount } from "./account.ts";
import { AwsFirewall, AwsFirewallRule, ruleText } from "./firewall.ts";
import type { AwsCloud } from "./index.ts";
import { AwsLoadBalancer } from "./load-balancer.ts";
import * as ec2 from "./sdk/ec2.ts";
import * as vpc from "./sdk/vpc.ts";
import { tagging } from "./tags.ts";

export interface VpcPeeringArgs {
  /** The side whose machines connect: CI. */
  from: PeeringSideArgs;
  /** The side they connect to: production. */
  to: PeeringSideArgs;
  /**
   * Tags of both sides.
   * Default: Project and Environment from the Pulumi project and stack, ManagedBy `pulumi`; given ones win.
   */
  tags?: Record<string, string>;
}

/** A network, and the account that it is in. */
export interface PeeringSideArgs {
  /** The network. */
  cloud: AwsCloud;
  /** Its account: the cloud has to be made with this account's provider. */
  account: AwsAccount;
}

export interface PeeringAllowArgs {
  /** What is opened, on the side that is connected to. */
  to: Firewall;
  /** Who may connect, on the other side. */
  from: Firewall;
  /** The ports, each with the words that its rule is described with. */
  ports: readonly Port[];
}

export interface PeeringBalancerArgs {
  /** The load balancer, on the side that is connected to. */
  to: LoadBalancer;
  /** Who may connect, on the other side. */
  from: readonly Machine[];
  /** The load balancer's own ports, each with the words that its rule is described with. */
  ports: readonly Port[];
}

/**
 * A private way between two networks of one region, of one account or two. It lets nobody through by itself: each
 * connection has to be allowed, and goes one way.
 */
export class VpcPeering extends pulumi.ComponentResource {
  readonly connectionId: pulumi.Output<string>;

  readonly #accepted: pulumi.Resource;
  readonly #from: PeeringSideArgs;
  readonly #to: PeeringSideArgs;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: VpcPeeringArgs, opts?: pulumi.ComponentResourceOptions) {
    const { from, to } = args;
    const check = new ArgumentCheck(name).require(
      from.account.region === to.account.region,
      "to.account",
      `is in ${to.account.region} and the other side in ${from.account.region}; use two networks of one region`,
    );
    for (const [side, { cloud, account }] of Object.entries({ from, to })) {
      check.require(
        cloud.getProvider("aws:index:Provider") === account.provider,
        `${side}.cloud`,
        `was not made with the provider of account ${account.id}, as { providers: [account.provider] }`,
      );
    }
    check
      .doesNotThrow("to.cloud", () =>
        checkDisjoint({ "its range": to.cloud.cidr, "the other side's": from.cloud.cidr }),
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

  /** Lets machines of a firewall on the one side connect to machines of a firewall on the other, and nobody else. */
  allow(name: string, { to, from, ports }: PeeringAllowArgs): void {
    const target = AwsFirewall.from(to);
    const source = AwsFirewall.from(from);
    for (const port of ports) {
      const sides = { from: this.#from, to: this.#to, accepted: this.#accepted };
      new PeeredRule(ruleName(name, port), { target, source, port, ...sides }, { parent: this });
    }
  }

  /**
   * Lets machines on the one side connect to a load balancer on the other, by their fixed addresses: those are what AWS
   * filters a load balancer's clients by. Their own side lets HTTPS out to everywhere, unless its cloud's `egress` is `none`.
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
  /** What must be there before one side knows the other's groups. */
  accepted: pulumi.Resource;
}

/** One port that a firewall on one side opens to one on the other; each side's half is in its own account. */
class PeeredRule extends pulumi.ComponentResource {
  constructor(
    name: string,
    { target, source, port, from, to, accepted }: PeeredRuleArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const facts = ruleFacts(target, source, port);
    super(factTypes.firewallRule, name, facts, opts);
    const traffic = { ipProtocol: facts.protocol, fromPort: facts.fromPort, toPort: facts.toPort };
    // A group of another account is called by that account's number, too.
    const named = (group: AwsFirewall, there: AwsAccount, here: AwsAccount) =>
      there.id === here.id ? group.securityGroupId : pulumi.interpolate`${there.id}/${group.securityGroupId}`;
    new vpc.SecurityGroupIngressRule(
      `${name}-in`,
      {
        securityGroupId: target.securityGroupId,
        description: ruleText(`${port.description} from ${facts.from}`),
        ...traffic,
        referencedSecurityGroupId: named(source, from.account, to.account),
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
        referencedSecurityGroupId: named(target, to.account, from.account),
        tags: source.tags(`${name}-out`),
      },
      { parent: this, provider: from.account.provider, dependsOn: [accepted] },
    );
    this.registerOutputs({});
  }
}
