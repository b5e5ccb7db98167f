import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import { checkCidr } from "../addresses.ts";
import type { Firewall } from "../cloud.ts";
import { factTypes, type FirewallFacts } from "../facts.ts";
import { ruleFacts } from "../firewall-rules.ts";
import { checkNameLength } from "./auto-name.ts";
import * as ec2 from "./sdk/ec2.ts";
import * as vpc from "./sdk/vpc.ts";
import type { TagsOf } from "./tags.ts";

export interface AwsFirewallArgs {
  /** Description of the security group. A change replaces the group. */
  description: string;
  vpcId: pulumi.Input<string>;
  tags: TagsOf;
}

/** Security group without inline rules: every rule is a separate resource. */
export class AwsFirewall extends pulumi.ComponentResource implements Firewall {
  readonly firewallName: string;
  readonly securityGroupId: pulumi.Output<string>;
  readonly #tags: TagsOf;

  constructor(name: string, args: AwsFirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    checkNameLength("a firewall", name, [["aws:ec2/securityGroup:SecurityGroup", "-sg"]]);
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

  /** @throws TypeError if the firewall is from another cloud. */
  static from(firewall: Firewall): AwsFirewall {
    if (firewall instanceof AwsFirewall) return firewall;
    throw new TypeError(
      `firewall ${firewall.firewallName}: it belongs to another cloud; create it with firewall() of this cloud`,
    );
  }

  /** Tags of the rules of this firewall. */
  tags(name: string): Record<string, string> {
    return this.#tags(this.firewallName, name);
  }

  /**
   * Allows outgoing HTTPS for container images and updates. DNS, time and the metadata service need no rule: security
   * groups do not filter these services of AWS.
   */
  allowHttpsOut(to: Destination, description: string): void {
    this.#allowOut(`${this.firewallName}-https-out`, to, { port: 443, description });
  }

  /**
   * Allows the machines behind this firewall to connect to an address range.
   * @throws RangeError if `range` is not an address range.
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

/** Address range, or id of a prefix list. */
type Destination = { cidrIpv4: string } | { prefixListId: pulumi.Input<string> };

export interface AwsFirewallRuleArgs {
  to: AwsFirewall;
  /** Another firewall, which also gets an outgoing rule, or an address range. */
  from: AwsFirewall | string;
  port: Port;
}

/** Rules for one port or port range, from another firewall or an address range. */
export class AwsFirewallRule extends pulumi.ComponentResource {
  /** @throws RangeError if `from` is text but not an address range. */
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

/** Returns a description that EC2 accepts: at most 255 characters of a small set, without apostrophes. */
export function ruleText(text: string): string {
  return text
    .replaceAll("'", "")
    .replaceAll(/[^a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]/g, "-")
    .slice(0, 255);
}
