import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import type { AllowArgs, Firewall, FirewallArgs, MachineGroup } from "../cloud.ts";
import { factTypes, type FirewallFacts } from "../facts.ts";
import { ruleFacts } from "../firewall-rules.ts";
import { cloudName, tags } from "./tags.ts";

/** A security group. Nothing enters until a rule allows it; what leaves is OpenStack's default, everything. */
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

/** One opening of a security group. */
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

/** Id of the security group behind a firewall of this cloud. */
export function securityGroup(firewall: Firewall): pulumi.Output<pulumi.ID> {
  if (!(firewall instanceof OpenstackFirewall))
    throw new TypeError(`firewall ${firewall.firewallName} is another cloud's`);
  return firewall.groupId;
}

/** A server group: its machines run on different hosts. */
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
