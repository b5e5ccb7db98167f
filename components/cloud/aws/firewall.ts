import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import { checkCidr } from "../addresses.ts";
import type { Firewall } from "../cloud.ts";
import { factTypes, type FirewallFacts } from "../facts.ts";
import { ruleFacts } from "../firewall-rules.ts";
import * as ec2 from "./sdk/ec2.ts";
import * as vpc from "./sdk/vpc.ts";
import type { TagsOf } from "./tags.ts";

export interface AwsFirewallArgs {
  /** A change replaces the security group. */
  description: string;
  vpcId: pulumi.Input<string>;
  tags: TagsOf;
}

/** A security group without any rule; every opening is a resource of its own. */
export class AwsFirewall extends pulumi.ComponentResource implements Firewall {
  readonly firewallName: string;
  readonly securityGroupId: pulumi.Output<string>;
  readonly #tags: TagsOf;

  constructor(name: string, args: AwsFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    const { description } = args;
    super(factTypes.firewall, name, { description } satisfies FirewallFacts, opts);
    this.firewallName = name;
    this.#tags = args.tags;
    const group = new ec2.SecurityGroup(
      `${name}-sg`,
      { vpcId: args.vpcId, description: ruleText(description), tags: args.tags(name, name) },
      { parent: this },
    );
    this.securityGroupId = group.id;
    this.registerOutputs({ securityGroupId: this.securityGroupId });
  }

  /** @throws TypeError for a firewall of another cloud. */
  static from(firewall: Firewall): AwsFirewall {
    if (firewall instanceof AwsFirewall) return firewall;
    throw new TypeError(
      `firewall ${firewall.firewallName}: it belongs to another cloud; use one made by this cloud's firewall()`,
    );
  }

  /** Tags of this firewall's rules. */
  tags(name: string): Record<string, string> {
    return this.#tags(this.firewallName, name);
  }

  /**
   * Lets the machines behind this firewall fetch container images and updates. DNS, time and the metadata service need
   * no rule: security groups do not filter Amazon's own.
   */
  allowHttpsOut(to: Destination, description: string): void {
    this.#allowOut(`${this.firewallName}-https-out`, to, { port: 443, description });
  }

  /**
   * Lets the machines behind this firewall send to an address range.
   * @throws RangeError when it is none.
   */
  allowOut(name: string, range: string, port: Port): void {
    checkCidr(range);
    this.#allowOut(`${name}-out`, { cidrIpv4: range }, port);
  }

  #allowOut(name: string, to: Destination, { port, to: last = port, protocol = "tcp", description }: Port): void {
    new vpc.SecurityGroupEgressRule(
      name,
      {
        securityGroupId: this.securityGroupId,
        description: ruleText(description),
        ipProtocol: protocol,
        fromPort: port,
        toPort: last,
        ...to,
        tags: this.tags(name),
      },
      { parent: this },
    );
  }
}

/** An address range, or the id of a prefix list. */
type Destination = { cidrIpv4: string } | { prefixListId: pulumi.Input<string> };

export interface AwsFirewallRuleArgs {
  to: AwsFirewall;
  /** Another firewall, which may also send from then on, or an address range. */
  from: AwsFirewall | string;
  port: Port;
}

/** One port, or one range of ports, that one firewall opens to another or to an address range. */
export class AwsFirewallRule extends pulumi.ComponentResource {
  /** @throws RangeError when `from` is not an address range. */
  constructor(name: string, args: AwsFirewallRuleArgs, opts?: pulumi.ComponentResourceOptions) {
    const { to, from, port } = args;
    if (typeof from === "string") checkCidr(from);
    const facts = ruleFacts(to, from, port);
    super(factTypes.firewallRule, name, facts, opts);
    const own = { parent: this };
    const traffic = { ipProtocol: facts.protocol, fromPort: facts.fromPort, toPort: facts.toPort };
    new vpc.SecurityGroupIngressRule(
      `${name}-in`,
      {
        securityGroupId: to.securityGroupId,
        description: ruleText(`${port.description} from ${facts.from}`),
        ...traffic,
        ...(typeof from === "string" ? { cidrIpv4: from } : { referencedSecurityGroupId: from.securityGroupId }),
        tags: to.tags(`${name}-in`),
      },
      own,
    );
    if (typeof from !== "string") {
      new vpc.SecurityGroupEgressRule(
        `${name}-out`,
        {
          securityGroupId: from.securityGroupId,
          description: ruleText(`${port.description} to ${facts.to}`),
          ...traffic,
          referencedSecurityGroupId: to.securityGroupId,
          tags: from.tags(`${name}-out`),
        },
        own,
      );
    }
    this.registerOutputs({});
  }
}

/** What EC2 accepts as a description: a small set of characters, no apostrophe among them, and no more than 255. */
export function ruleText(text: string): string {
  return text
    .replaceAll("'", "")
    .replaceAll(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, "-")
    .slice(0, 255);
}
