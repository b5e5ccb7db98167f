import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import type { Firewall, LoadBalancer, LoadBalancerArgs } from "../cloud.ts";
import { factTypes, type LoadBalancerFacts } from "../facts.ts";
import { checkExposure, publicTag, refuseClients } from "../exposure.ts";
import { reachableFrom } from "../firewall-rules.ts";
import { networkName } from "./look-up.ts";
import type { PrivateNetwork } from "./network.ts";
import { cloudName, tags } from "./tags.ts";

/** Values of the cloud for a load balancer. */
export interface OpenstackLoadBalancerSettings {
  address: string;
  cidr: string;
  network: PrivateNetwork;
}

/** Idle timeout of MySQL, in milliseconds. */
const idleTimeout = 8 * 3600 * 1000;

/**
 * Octavia load balancer (amphora) that forwards TCP. It has an address in the private network and, if it is public, a
 * floating address. A failed target gets no new connections after two seconds. Octavia keeps its existing connections.
 */
export class OpenstackLoadBalancer extends pulumi.ComponentResource implements LoadBalancer {
  readonly address: pulumi.Output<string>;
  readonly allowFrom: readonly string[];
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
        : "the network has no router to an external network; set externalNetworkId on its cloud",
    );
    const ports = args.ports.map(({ port, targetPort = port, description }) => ({ port, targetPort, description }));
    const allowFrom = reachableFrom(args, cidr);
    const facts: LoadBalancerFacts = {
      role: "load-balancer",
      ports,
      targets: args.targets.map((target) => target.machineName),
      allowFrom,
      // The floating address is unknown during the plan.
      ...(!isPublic && { address }),
      scheme: isPublic ? "public" : "internal",
    };
    super(factTypes.loadBalancer, name, facts, opts);
    const child = { parent: this, dependsOn: opts?.dependsOn };
    const balancerTags = tags("load-balancer", isPublic ? publicTag : {});
    this.#name = name;
    this.#isPublic = isPublic;
    this.allowFrom = allowFrom;

    const balancer = new openstack.loadbalancer.LoadBalancer(
      `${name}-balancer`,
      {
        name: cloudName(name),
        description: `Load balancer ${name}`,
        vipSubnetId: network.subnetId,
        vipAddress: address,
        tags: balancerTags,
      },
      // One load balancer at a time can use the address.
      { ...child, deleteBeforeReplace: true },
    );
    this.address = isPublic ? this.#floatingAddress(name, balancer, network, balancerTags) : balancer.vipAddress;

    for (const port of ports) {
      const pool = this.#listen(name, port, { balancer, allowFrom, tags: balancerTags });
      this.#addTargets(`${name}-${port.port}`, port.targetPort, pool, args, network);
    }
    this.registerOutputs({ address: this.address });
  }

  outside(port: number): pulumi.Output<string> | undefined {
    return this.#isPublic ? pulumi.interpolate`${this.address}:${port}` : undefined;
  }

  /** Adds no rule: outgoing traffic is not filtered, and `allowFrom` filters incoming traffic by address. */
  allowClients(_from: Firewall): void {
    refuseClients(this.#name, this.#isPublic);
  }

  /** Creates the listener of a port, with its pool. */
  #listen(
    name: string,
    { port, description }: { port: number; description: string },
    {
      balancer,
      allowFrom,
      tags: listenerTags,
    }: { balancer: openstack.loadbalancer.LoadBalancer; allowFrom: string[]; tags: string[] },
  ): openstack.loadbalancer.Pool {
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
        tags: listenerTags,
      },
      { parent: this },
    );
    return new openstack.loadbalancer.Pool(
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
  }

  /** Creates the health check and the members of a pool. */
  #addTargets(
    name: string,
    targetPort: number,
    pool: openstack.loadbalancer.Pool,
    { health, targets }: LoadBalancerArgs,
    network: PrivateNetwork,
  ): void {
    new openstack.loadbalancer.Monitor(
      `${name}-monitor`,
      {
        name: cloudName(name),
        poolId: pool.id,
        type: "HTTP",
        httpMethod: "GET",
        urlPath: health.path,
        expectedCodes: "200",
        delay: 1,
        timeout: 1,
        maxRetries: 2,
        maxRetriesDown: 2,
      },
      { parent: this },
    );
    for (const target of targets) {
      new openstack.loadbalancer.Member(
        `${name}-${target.machineName}`,
        {
          name: target.machineName,
          poolId: pool.id,
          address: target.address,
          protocolPort: targetPort,
          monitorPort: health.port,
          subnetId: network.subnetId,
        },
        { parent: this },
      );
    }
  }

  /** Creates a floating address. Listeners still see and filter the addresses of clients. */
  #floatingAddress(
    name: string,
    balancer: openstack.loadbalancer.LoadBalancer,
    network: PrivateNetwork,
    addressTags: string[],
  ): pulumi.Output<string> {
    // A floating address needs the name of the network, not its id.
    const pool = networkName(network.externalNetworkId!, this);
    const floating = new openstack.networking.FloatingIp(
      `${name}-address`,
      {
        description: `Public address of the load balancer ${name}`,
        pool,
        portId: balancer.vipPortId,
        tags: addressTags,
      },
      { parent: this, dependsOn: network.routes },
    );
    return floating.address;
  }
}
