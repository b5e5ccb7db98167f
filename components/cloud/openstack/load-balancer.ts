import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Firewall, LoadBalancer, LoadBalancerArgs } from "../cloud.ts";
import { factTypes, type LoadBalancerFacts } from "../facts.ts";
import { checkExposure, publicTag, refuseClients } from "../exposure.ts";
import { reachableFrom } from "../firewall-rules.ts";
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
 * An Octavia load balancer (amphora) with an address in the private network, and a floating one that leads there when it is
 * public, passing TCP through. A target that fails
 * gets no new connections after two seconds; Octavia does not cut the ones it has.
 */
export class OpenstackLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  readonly address: pulumi.Output<string>;
  readonly #name: string;
  readonly #isPublic: boolean;

  constructor(
    name: string,
    args: LoadBalancerArgs,
    settings: OpenstackLoadBalancerSettings,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    const { address, cidr, network } = settings;
    const isPublic = checkExposure(
      name,
      args,
      network.externalNetworkId
        ? undefined
        : "no router leads to an external network; give its cloud externalNetworkId",
    );
    const ports = args.ports.map(({ port, targetPort = port, description }) => ({ port, targetPort, description }));
    const allowFrom = reachableFrom(args, cidr);
    const facts: LoadBalancerFacts = {
      role: "load-balancer",
      ports,
      targets: args.targets.map((target) => target.machineName),
      allowFrom,
      // Which floating address it gets is only known when it has it.
      ...(!isPublic && { address }),
      scheme: isPublic ? "public" : "internal",
    };
    super(factTypes.loadBalancer, name, facts, opts);
    const child = { parent: this, dependsOn: opts?.dependsOn };
    const marked = tags("load-balancer", isPublic ? publicTag : {});
    this.#name = name;
    this.#isPublic = isPublic;

    const balancer = new openstack.loadbalancer.LoadBalancer(
      `${name}-balancer`,
      {
        name: cloudName(name),
        description: `Load balancer ${name}`,
        vipSubnetId: network.subnetId,
        vipAddress: address,
        tags: marked,
      },
      // The address can only have one holder at a time.
      { ...child, deleteBeforeReplace: true },
    );
    this.address = isPublic ? this.#floatingAddress(name, balancer, network, marked) : balancer.vipAddress;

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
          tags: marked,
        },
        { parent: this },
      );
      const pool = new openstack.loadbalancer.Pool(
        `${name}-${port}-pool`,
        {
          name: cloudName(`${name}-${port}`),
          description,
          listenerId: listener.id,
          protocol: "TCP",
          lbMethod: "ROUND_ROBIN",
        },
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
  allowClients(_from: Firewall): void {
    refuseClients(this.#name, this.#isPublic);
  }

  /** Who comes in by it keeps its own address, which the listeners judge. */
  #floatingAddress(
    name: string,
    balancer: openstack.loadbalancer.LoadBalancer,
    network: PrivateNetwork,
    marked: string[],
  ): pulumi.Output<string> {
    // Floating addresses know their network by its name.
    const pool = openstack.networking
      .getNetworkOutput({ networkId: network.externalNetworkId }, { parent: this })
      .apply((found) => found.name!);
    const floating = new openstack.networking.FloatingIp(
      `${name}-address`,
      { description: `Public address of the load balancer ${name}`, pool, portId: balancer.vipPortId, tags: marked },
      { parent: this, dependsOn: network.routes },
    );
    return floating.address;
  }
}
