import { hostAddress, prefixLength, splitCidr } from "../addresses.ts";

/** Zone and address of a host number. */
export interface Placement {
  /** Availability zone, `eu-central-1a`. */
  zone: string;
  /** Index of the zone in the list of the cloud. */
  zoneIndex: number;
  address: string;
}

/** AWS reserves the first four addresses of a subnet and the last one. */
const reserved = { low: 4, high: 1 };

/** Prefix length of the smallest subnet on AWS. */
const smallestSubnet = 28;

/**
 * Subnets of a VPC: in each zone one large subnet for machines, and two small subnets in the rest of the range.
 * Consecutive host numbers use different zones. A number is the same in every subnet: host 20 of 10.0.0.0/16 in three
 * zones is 10.0.128.20.
 */
export class AddressPlan {
  readonly zones: readonly string[];
  /** Region of the zones. */
  readonly region: string;
  /** Ranges per zone with fixed addresses only. AWS assigns no address here, so it cannot take the one of a machine. */
  readonly machineSubnets: readonly string[];
  /** Ranges per zone for interfaces with an address that AWS assigns. */
  readonly serviceSubnets: readonly string[];
  /** Ranges per zone of the only public subnet, for the NAT gateway and the public load balancers. */
  readonly natSubnets: readonly string[];

  /** @throws RangeError if there are fewer than three zones or several regions, or if the range has a wrong size. */
  constructor(cidr: string, zones: readonly string[]) {
    this.zones = zones;
    this.region = regionOf(zones);
    const parts = 2 ** Math.ceil(Math.log2(zones.length + 1));
    const smallParts = 2 ** Math.ceil(Math.log2(2 * zones.length));
    const largest = smallestSubnet - Math.log2(parts) - Math.log2(smallParts);
    const prefix = prefixLength(cidr);
    if (prefix < 16 || prefix > largest) {
      const problem = prefix < 16 ? "too large for a VPC" : `too small for ${zones.length} zones`;
      throw new RangeError(`cidr: ${cidr} is ${problem}; use a range from /16 to /${largest}`);
    }
    const large = splitCidr(cidr, parts, smallestSubnet);
    const small = splitCidr(large[parts - 1]!, smallParts, smallestSubnet);
    this.machineSubnets = large.slice(0, zones.length);
    this.serviceSubnets = small.slice(0, zones.length);
    this.natSubnets = small.slice(zones.length, 2 * zones.length);
  }

  /** @throws RangeError with the subnet and the number, if the number does not fit. */
  locate(host: number): Placement {
    const zoneIndex = Number.isInteger(host) && host > 0 ? host % this.zones.length : 0;
    const address = hostAddress(this.machineSubnets[zoneIndex]!, host, reserved);
    return { zone: this.zones[zoneIndex]!, zoneIndex, address };
  }

  /** Returns the address of a host number in each zone, for load balancers, which are in all zones. */
  inEveryZone(host: number): string[] {
    return this.machineSubnets.map((subnet) => hostAddress(subnet, host, reserved));
  }
}

function regionOf(zones: readonly string[]): string {
  if (zones.length < 3 || new Set(zones).size < zones.length) {
    throw new RangeError(
      `zones: ${JSON.stringify(zones)} are not three different zones; ` +
        "use at least three, so that the quorum survives the loss of one zone",
    );
  }
  const regions = zones.map((zone) => /^([a-z]+(?:-[a-z]+)+-\d+)[a-z]$/.exec(zone)?.[1]);
  const unknown = zones.find((_, i) => regions[i] === undefined);
  if (unknown !== undefined) {
    throw new RangeError(`zones: ${JSON.stringify(unknown)} is not an availability zone; write it like eu-central-1a`);
  }
  if (new Set(regions).size > 1)
    throw new RangeError(`zones: ${zones.join(", ")} are in different regions; use zones of one region`);
  return regions[0]!;
}
