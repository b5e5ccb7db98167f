import { hostAddress, prefixLength, splitCidr } from "../addresses.ts";

/**
 * Returns the last quarter of the network. OpenStack uses its addresses for DHCP and for the ports from which a load
 * balancer connects to its targets. Host numbers use the rest.
 * @throws RangeError if the quarter has fewer than 16 addresses.
 */
export function dynamicRange(cidr: string): string {
  return splitCidr(cidr, 4, 28)[3]!;
}

/** Returns the fixed address of a host number, outside of the gateway and the {@link dynamicRange}. */
export function fixedAddress(cidr: string, host: number): string {
  return hostAddress(cidr, host, { low: 2, high: 2 ** (32 - prefixLength(dynamicRange(cidr))) });
}
