import ipaddr from "ipaddr.js";

/** Parts of an IPv4 range in CIDR notation. */
interface Range {
  first: number;
  last: number;
  prefix: number;
}

/** Number of addresses that the network needs at both ends of a range. Machines cannot use them. */
export interface Reserved {
  /** Addresses at the start: network, gateway, DHCP. Default: 1, the network address. */
  low?: number;
  /** Addresses at the end. Default: 1, the broadcast address. */
  high?: number;
}

/**
 * Returns the address of a host number: the network address plus the number.
 * @throws RangeError with the range and the allowed numbers, if the number does not fit.
 */
export function hostAddress(cidr: string, host: number, reserved: Reserved = {}): string {
  const range = parseRange(cidr);
  const lowest = reserved.low ?? 1;
  const highest = range.last - range.first - (reserved.high ?? 1);
  if (!Number.isInteger(host) || host < lowest || host > highest) {
    const allowed = highest < lowest ? "it has no room for machines" : `it has room for ${lowest} to ${highest}`;
    throw new RangeError(`host number ${host} does not fit into ${cidr}: ${allowed}`);
  }
  return format(range.first + host);
}

/**
 * Splits a range into equal subnets, in address order.
 * @param parts Number of subnets, a power of two.
 * @throws RangeError if the subnets would be smaller than `/${smallest}`.
 */
export function splitCidr(cidr: string, parts: number, smallest = 30): string[] {
  const range = parseRange(cidr);
  const bits = Math.log2(parts);
  if (!Number.isInteger(bits))
    throw new RangeError(`${cidr} cannot be split into ${parts} equal subnets: use a power of two`);
  const prefix = range.prefix + bits;
  if (prefix > smallest) {
    throw new RangeError(
      `${cidr} is too small for ${parts} subnets: they would be /${prefix}, the smallest allowed is /${smallest}`,
    );
  }
  const size = 2 ** (32 - prefix);
  return Array.from({ length: parts }, (_, i) => `${format(range.first + i * size)}/${prefix}`);
}

/** Returns the prefix length of a range: 16 for `10.0.0.0/16`. */
export function prefixLength(cidr: string): number {
  return parseRange(cidr).prefix;
}

/** Whether two ranges share an address. */
export function overlaps(a: string, b: string): boolean {
  const [x, y] = [parseRange(a), parseRange(b)];
  return x.first <= y.last && y.first <= x.last;
}

/** Whether `outer` contains every address of `inner`, which is a range or a single address. */
export function contains(outer: string, inner: string): boolean {
  const [x, y] = [parseRange(outer), parseRange(inner.includes("/") ? inner : `${inner}/32`)];
  return x.first <= y.first && y.last <= x.last;
}

/**
 * Checks that ranges do not overlap, for example the ranges of two peered networks.
 * @param ranges Ranges by their purpose.
 * @throws RangeError with both ranges and their purposes.
 */
export function checkDisjoint(ranges: Record<string, string>): void {
  const entries = Object.entries(ranges);
  entries.forEach(([name, cidr], i) => {
    for (const [otherName, other] of entries.slice(0, i)) {
      if (overlaps(cidr, other))
        throw new RangeError(`${name} ${cidr} overlaps ${otherName} ${other}: use two separate ranges`);
    }
  });
}

/** Host numbers of one network, with the machines that use them. */
export class AddressRegister {
  readonly #holders = new Map<number, string>();

  /**
   * Reserves a host number for a machine.
   * @throws RangeError with both machines, if another machine has the number.
   */
  claim(host: number, machine: string): void {
    const holder = this.#holders.get(host);
    if (holder !== undefined) {
      throw new RangeError(
        `host number ${host} is used twice, by ${holder} and by ${machine}: use another number for one of them`,
      );
    }
    this.#holders.set(host, machine);
  }
}

/**
 * Checks a range in CIDR notation.
 * @throws RangeError if it is not IPv4 or has host bits set. The message suggests the network address.
 */
export function checkCidr(cidr: string): void {
  parseRange(cidr);
}

function parseRange(cidr: string): Range {
  if (!ipaddr.IPv4.isValidCIDRFourPartDecimal(cidr)) {
    throw new RangeError(`"${cidr}" is not an IPv4 range: write it like 10.0.0.0/16`);
  }
  const network = ipaddr.IPv4.networkAddressFromCIDR(cidr);
  const [address, prefix] = ipaddr.IPv4.parseCIDR(cidr);
  if (network.toString() !== address.toString()) {
    throw new RangeError(`"${cidr}" is an address within a range: did you mean ${network.toString()}/${prefix}?`);
  }
  return { first: toNumber(network), last: toNumber(ipaddr.IPv4.broadcastAddressFromCIDR(cidr)), prefix };
}

function toNumber(address: ipaddr.IPv4): number {
  return address.toByteArray().reduce((value, byte) => value * 256 + byte, 0);
}

function format(value: number): string {
  return new ipaddr.IPv4([24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256)).toString();
}

/** Whether a range is too wide for one known owner: /7 or wider, up to the whole internet. */
export function isTooWide(cidr: string): boolean {
  return /\/[0-7]$/.test(cidr);
}
