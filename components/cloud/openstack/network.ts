import * as openstack from "@pulumi/openstack";
import type * as pulumi from "@pulumi/pulumi";
import { hostAddress, prefixLength } from "../addresses.ts";
import { dynamicRange } from "./addresses.ts";
import { cloudName, tags } from "./tags.ts";

export interface NetworkSettings {
  cidr: string;
  externalNetworkId?: pulumi.Input<string>;
  dnsServers: readonly string[];
  mtu?: number;
}

/** Private network with its subnet and, if there is an external network, its router. */
export interface PrivateNetwork {
  networkId: pulumi.Output<pulumi.ID>;
  subnetId: pulumi.Output<pulumi.ID>;
  /** Resources that must exist before a machine boots, so that it can download its config. */
  routes: pulumi.Resource[];
  /** External network of the router. Absent without a router. */
  externalNetworkId?: pulumi.Input<string>;
}

export function privateNetwork(name: string, settings: NetworkSettings, parent: pulumi.Resource): PrivateNetwork {
  const { cidr, externalNetworkId, dnsServers, mtu } = settings;
  const range = dynamicRange(cidr);
  const network = new openstack.networking.Network(
    `${name}-network`,
    { name: cloudName(name), description: "Private network of the machines", mtu, tags: tags("network") },
    { parent },
  );
  const subnet = new openstack.networking.Subnet(
    `${name}-subnet`,
    {
      name: cloudName(name),
      description: "Machines have fixed addresses, OpenStack's own come from the pool",
      networkId: network.id,
      cidr,
      ipVersion: 4,
      gatewayIp: hostAddress(cidr, 1),
      enableDhcp: true,
      // The last address is the broadcast address.
      allocationPools: [{ start: hostAddress(range, 0, { low: 0 }), end: lastHost(range) }],
      dnsNameservers: [...dnsServers],
      tags: tags("network"),
    },
    { parent },
  );
  if (externalNetworkId === undefined) return { networkId: network.id, subnetId: subnet.id, routes: [subnet] };

  const router = new openstack.networking.Router(
    `${name}-router`,
    { name: cloudName(name), description: "The machines' way out", externalNetworkId, tags: tags("network") },
    { parent },
  );
  const routerInterface = new openstack.networking.RouterInterface(
    `${name}-router-interface`,
    { routerId: router.id, subnetId: subnet.id },
    { parent },
  );
  return { networkId: network.id, subnetId: subnet.id, routes: [routerInterface], externalNetworkId };
}

function lastHost(range: string): string {
  return hostAddress(range, 2 ** (32 - prefixLength(range)) - 2);
}
