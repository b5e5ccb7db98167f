import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import type { AllowArgs, Firewall, FirewallArgs, MachineGroup } from "../cloud.ts";
import { factTypes, type FirewallFacts } from "../facts.ts";
import { ruleFacts } from "../firewall-rules.ts";
import { cloudName, tags } from "./tags.ts";

/**
 * Security group. It blocks incoming traffic until a rule allows it. All outgoing traffic is allowed, OpenStack's
 * default.
 */
export class OpenstackFirewall extends pulumi.ComponentResource implements Firewall {
  readonly firewallName: string;
  readonly groupId: pulumi.Output<pulumi.ID>;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    const facts: FirewallFacts = { description: args.description };
    super(factTypes.firewall, name, facts, opts);
    this.firewallName = name;
    this.groupId = new openstack.networking.SecGroup(
      `${name}-security-group`,
      { name: cloudName(name), description: args.description, tags: tags(name) },
      { parent: this },
    ).id;
    this.registerOutputs();
  }
}

/** Rule of a security group. */
export class OpenstackFirewallRule extends pulumi.ComponentResource {
  constructor(name: string, args: Omit<AllowArgs, "ports"> & { port: Port }, opts?: pulumi.ComponentResourceOptions) {
    const { to, from, port } = args;
    const facts = ruleFacts(to, from, port);
    super(factTypes.firewallRule, name, facts, opts);
    new openstack.networking.SecGroupRule(
      `${name}-rule`,
      {
        securityGroupId: securityGroup(to),
        direction: "ingress",
        ethertype: "IPv4",
        protocol: facts.protocol,
        portRangeMin: facts.fromPort,
        portRangeMax: facts.toPort,
        description: port.description,
        ...(typeof from === "string" ? { remoteIpPrefix: from } : { remoteGroupId: securityGroup(from) }),
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

/** Returns the id of the security group of a firewall. @throws TypeError if the firewall is from another cloud. */
export function securityGroup(firewall: Firewall): pulumi.Output<pulumi.ID> {
  if (!(firewall instanceof OpenstackFirewall))
    throw new TypeError(
      `firewall ${firewall.firewallName}: it belongs to another cloud; create it with firewall() of this cloud`,
    );
  return firewall.groupId;
}

/** Server group: its machines run on different hosts. */
export class OpenstackMachineGroup extends pulumi.ComponentResource implements MachineGroup {
  readonly groupId: pulumi.Output<pulumi.ID>;

  constructor(name: string, policy: "anti-affinity" | "soft-anti-affinity", opts?: pulumi.ComponentResourceOptions) {
    super(factTypes.machineGroup, name, {}, opts);
    this.groupId = new openstack.compute.ServerGroup(
      `${name}-server-group`,
      { name: cloudName(name), policies: [policy] },
      { parent: this },
    ).id;
    this.registerOutputs();
  }
}
