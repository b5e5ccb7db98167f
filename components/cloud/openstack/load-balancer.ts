import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Firewall, LoadBalancer, LoadBalancerArgs } from "../cloud.ts";
import { factTypes, type LoadBalancerFacts } from "../facts.ts";
import { reachableFrom } from "../openings.ts";
import type { PrivateNetwork } from "./network.ts";
import { cloudName, tags } from "./tags.ts";

/** What the cloud adds to a load balancer's own arguments. */
export interface OpenstackLoadBalancerSettings {
  address: string;
  cidr: string;
  network: PrivateNetwork;
}

/** As long as MySQL keeps an idle connection, in milliseconds. */
const idleTimeout = 8 * 3600 * 1000;

/**
 * An Octavia load balancer (amphora) with an address in the private network, passing TCP through. A target that fails
 * gets no new connections after two seconds; Octavia does not cut the ones it has.
 */
export class OpenstackLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  readonly address: pulumi.Output<string>;

  constructor(
    name: string,
    args: LoadBalancerArgs,
    settings: OpenstackLoadBalancerSettings,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { address, cidr, network } = settings;
    const ports = args.ports.map(({ port, targetPort = port, description }) => ({ port, targetPort, description }));
    const allowFrom = reachableFrom(args, cidr);
    const facts: LoadBalancerFacts = {
      role: "load-balancer",
      ports,
      targets: args.targets.map((target) => target.machineName),
      allowFrom,
      address,
      scheme: "internal",
    };
    super(factTypes.loadBalancer, name, facts, opts);
    const child = { parent: this, dependsOn: opts?.dependsOn };

    const balancer = new openstack.loadbalancer.LoadBalancer(
      `${name}-balancer`,
      {
        name: cloudName(name),
        description: `Load balancer ${name}`,
        vipSubnetId: network.subnetId,
        vipAddress: address,
        tags: tags("load-balancer"),
      },
      // The address can only have one holder at a time.
      { ...child, deleteBeforeReplace: true },
    );
    this.address = balancer.vipAddress;

    for (const { port, targetPort, description } of ports) {
      const listener = new openstack.loadbalancer.Listener(
        `${name}-${port}-listener`,
        {
          name: cloudName(`${name}-${port}`),
          description,
          loadbalancerId: balancer.id,
          protocol: "TCP",
          protocolPort: port,
          allowedCidrs: allowFrom,
          timeoutClientData: idleTimeout,
          timeoutMemberData: idleTimeout,
          timeoutMemberConnect: 1000,
          tags: tags("load-balancer"),
        },
        { parent: this },
      );
      const pool = new openstack.loadbalancer.Pool(
        `${name}-${port}-pool`,
        { name: cloudName(`${name}-${port}`), description, listenerId: listener.id, protocol: "TCP", lbMethod: "ROUND_ROBIN" },
        { parent: this },
      );
      new openstack.loadbalancer.Monitor(
        `${name}-${port}-monitor`,
        {
          name: cloudName(`${name}-${port}`),
          poolId: pool.id,
          type: "HTTP",
          httpMethod: "GET",
          urlPath: args.health.path,
          expectedCodes: "200",
          delay: 1,
          timeout: 1,
          maxRetries: 2,
          maxRetriesDown: 2,
        },
        { parent: this },
      );
      for (const target of args.targets) {
        new openstack.loadbalancer.Member(
          `${name}-${port}-${target.machineName}`,
          {
            name: target.machineName,
            poolId: pool.id,
            address: target.address,
            protocolPort: targetPort,
            monitorPort: args.health.port,
            subnetId: network.subnetId,
          },
          { parent: this },
        );
      }
    }
    this.registerOutputs({ address: this.address });
  }

  /** Nothing has to be opened: machines may send anywhere, and are let in by address. */
  allowClients(_from: Firewall): void {}
}
