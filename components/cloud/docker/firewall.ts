import * as pulumi from "@pulumi/pulumi";
import type { Port } from "../../../ignition/roles/role.ts";
import type { AllowArgs, Firewall, FirewallArgs, MachineGroup } from "../cloud.ts";
import { factTypes, type FirewallFacts } from "../facts.ts";
import { ruleFacts } from "../firewall-rules.ts";

/**
 * Facts only: Docker has no security groups. What keeps strangers out is that the network is a bridge of its own and
 * that nothing but a load balancer is published, on the loopback address. Machines of the same network reach each
 * other whatever the rules say; that the rules are complete is proven on the other clouds.
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

/** One opening of a firewall, as a fact; see {@link DockerFirewall}. */
export class DockerFirewallRule extends pulumi.ComponentResource {
  constructor(name: string, args: Omit<AllowArgs, "ports"> & { port: Port }, opts?: pulumi.ComponentResourceOptions) {
    const facts = ruleFacts(args.to, args.from, args.port);
    super(factTypes.firewallRule, name, facts, opts);
    this.registerOutputs();
  }
}

/** A fact only: all containers share the one Docker host. */
export class DockerMachineGroup extends pulumi.ComponentResource implements MachineGroup {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super(factTypes.machineGroup, name, {}, opts);
    this.registerOutputs();
  }
}
