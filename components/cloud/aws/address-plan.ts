import { hostAddress, prefixLength, splitCidr } from "../addresses.ts";

/** Where a host number is. */
export interface Placement {
  /** Availability zone, `eu-central-1a`. */
  zone: string;
  /** Position of the zone in the cloud's list. */
  zoneIndex: number;
  address: string;
}

/** AWS keeps the first four addresses of a subnet and the last one. */
const reserved = { low: 4, high: 1 };

/** The smallest subnet AWS makes. */
const smallestSubnet = 28;

/**
 * How a VPC's range is cut, in any region: a large subnet per zone for the machines, and in what is left two small
 * ones per zone. Host numbers go round the zones, so that neighbours never share one, and a number is the same in
 * every subnet: host 20 of 10.0.0.0/16 in three zones is 10.0.128.20.
 */
export class AddressPlan {
  readonly zones: readonly string[];
  /** The region the zones are in. */
  readonly region: string;
  /** Per zone: fixed addresses only. AWS picks none by itself here, so that none it picks can ever be a machine's. */
  readonly machineSubnets: readonly string[];
  /** Per zone: interfaces whose address AWS picks. */
  readonly serviceSubnets: readonly string[];
  /** Per zone: the only public subnet, for the NAT gateway and an address of every public load balancer. */
  readonly natSubnets: readonly string[];

  /** @throws RangeError when the zones are not three or more of one region, or the range is too small or too large. */
  constructor(cidr: string, zones: readonly string[]) {
    this.zones = zones;
    this.region = regionOf(zones);
    const parts = 2 ** Math.ceil(Math.log2(zones.length + 1));
    const smallParts = 2 ** Math.ceil(Math.log2(2 * zones.length));
    const largest = smallestSubnet - Math.log2(parts) - Math.log2(smallParts);
    const prefix = prefixLength(cidr);
    if (prefix < 16 || prefix > largest) {
      throw new RangeError(`cidr: ${cidr} does not do for ${zones.length} zones; use a range from /16 to /${largest}`);
    }
    const large = splitCidr(cidr, parts, smallestSubnet);
    const small = splitCidr(large[parts - 1]!, smallParts, smallestSubnet);
    this.machineSubnets = large.slice(0, zones.length);
    this.serviceSubnets = small.slice(0, zones.length);
    this.natSubnets = small.slice(zones.length, 2 * zones.length);
  }

  /** @throws RangeError naming the subnet and the number, if it does not fit. */
  locate(host: number): Placement {
    const zoneIndex = Number.isInteger(host) && host > 0 ? host % this.zones.length : 0;
    const address = hostAddress(this.machineSubnets[zoneIndex]!, host, reserved);
    return { zone: this.zones[zoneIndex]!, zoneIndex, address };
  }

  /** The address that a host number would have in each zone, for what stands in all of them at once. */
  inEveryZone(host: number): string[] {
    return this.machineSubnets.map((subnet) => hostAddress(subnet, host, reserved));
  }
}

function regionOf(zones: readonly string[]): string {
  if (zones.length < 3 || new Set(zones).size < zones.length) {
    throw new RangeError(
      `zones: ${JSON.stringify(zones)} are not three different ones; with fewer, losing a zone can mean losing the quorum`,
    );
  }
  const regions = zones.map((zone) => /^([a-z]+(?:-[a-z]+)+-\d+)[a-z]$/.exec(zone)?.[1]);
  const unknown = zones.find((_, i) => regions[i] === undefined);
  if (unknown !== undefined) {
    throw new RangeError(`zones: ${JSON.stringify(unknown)} is not an availability zone; write it like eu-central-1a`);
  }
  if (new Set(regions).size > 1)
    throw new RangeError(`zones: ${zones.join(", ")} are in different regions; a VPC is in one`);
  return regions[0]!;
}
