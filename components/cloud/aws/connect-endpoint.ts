import * as pulumi from "@pulumi/pulumi";
import { AwsFirewall, AwsFirewallRule } from "./firewall.ts";
import type { Network } from "./network.ts";
import { InstanceConnectEndpoint } from "./sdk/ec2-transit-gateway.ts";
import type { TagsOf } from "./tags.ts";

export interface ConnectEndpointArgs {
  network: Network;
  tags: TagsOf;
}

/**
 * EC2 Instance Connect Endpoint in the subnet of the machines in the first zone. Users with the permission
 * `ec2-instance-connect:OpenTunnel` reach port 22 of machines through it, without a VPN and without a public address.
 * AWS allows only the ports 22 and 3389; a tunnel ends after at most one hour.
 */
export class ConnectEndpoint extends pulumi.ComponentResource {
  readonly #name: string;
  readonly #firewall: AwsFirewall;

  constructor(name: string, { network, tags }: ConnectEndpointArgs, opts: pulumi.ComponentResourceOptions) {
    super("paasmas:aws:ConnectEndpoint", name, {}, opts);
    const own = { parent: this };
    this.#name = name;
    const description = "tunnels of EC2 Instance Connect";
    this.#firewall = new AwsFirewall(name, { description, vpcId: network.vpcId, tags }, own);
    new InstanceConnectEndpoint(
      name,
      {
        subnetId: network.machineSubnetIds[0]!,
        securityGroupIds: [this.#firewall.securityGroupId],
        // With the address of the client, the firewalls of the machines would have to know all users.
        preserveClientIp: false,
        tags: tags("network", name),
      },
      // A subnet has at most one endpoint.
      { ...own, deleteBeforeReplace: true },
    );
    this.registerOutputs({});
  }

  /** Allows SSH from the endpoint to the machines behind a firewall. */
  allowTo(firewall: AwsFirewall): void {
    new AwsFirewallRule(
      `${this.#name}-to-${firewall.firewallName}-22`,
      { to: firewall, from: this.#firewall, port: { port: 22, description: "SSH through EC2 Instance Connect" } },
      { parent: this },
    );
  }
}
