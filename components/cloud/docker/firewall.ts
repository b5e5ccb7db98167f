import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import type { AllowArgs, Firewall, FirewallArgs, MachineGroup } from "../cloud.ts";
import { factTypes, type FirewallFacts } from "../facts.ts";
import { ruleFacts } from "../firewall-rules.ts";

/**
 * Facts of a firewall. Docker has no security groups, so rules are not enforced between machines of the network. The
 * separate bridge network blocks other traffic; only load balancers are published, on the loopback address. Tests on
 * the other clouds check that the rules are complete.
 */
export class DockerFirewall extends pulumi.ComponentResource implements Firewall {
  readonly firewallName: string;

  constructor(name: string, args: FirewallArgs, opts?: pulumi.ComponentResourceOptions) {
    const facts: FirewallFacts = { description: args.description };
    super(factTypes.firewall, name, facts, opts);
    this.firewallName = name;
    this.registerOutputs();
  }
}

/** Facts of a firewall rule; see {@link DockerFirewall}. */
export class DockerFirewallRule extends pulumi.ComponentResource {
  constructor(name: string, args: Omit<AllowArgs, "ports"> & { port: Port }, opts?: pulumi.ComponentResourceOptions) {
    const facts = ruleFacts(args.to, args.from, args.port);
    super(factTypes.firewallRule, name, facts, opts);
    this.registerOutputs();
  }
}

/** Facts of a group. It has no effect: all containers run on one Docker host. */
export class DockerMachineGroup extends pulumi.ComponentResource implements MachineGroup {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super(factTypes.machineGroup, name, {}, opts);
    this.registerOutputs();
  }
}
