import { hostAddress, prefixLength, splitCidr } from "../addresses.ts";

/**
 * The last quarter of the network, from which OpenStack takes addresses for itself: DHCP, and the ports from which
 * a load balancer connects to its targets. The rest is for host numbers.
 * @throws RangeError when that leaves fewer than 16 addresses for OpenStack.
 */
export function dynamicRange(cidr: string): string {
  return splitCidr(cidr, 4, 28)[3]!;
}

/** The fixed address of a host number: neither the gateway's nor in the {@link dynamicRange}. */
export function fixedAddress(cidr: string, host: number): string {
  return hostAddress(cidr, host, { low: 2, high: 2 ** (32 - prefixLength(dynamicRange(cidr))) });
}
