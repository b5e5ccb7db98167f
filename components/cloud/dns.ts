import { isIPv4 } from "node:net";
import type * as pulumi from "@pulumi/pulumi";

/** DNS zone for records. Each cloud has its own implementation. */
export interface DnsZone {
  /**
   * Creates a record for a name.
   * @param name Name of the resource.
   */
  record(name: string, args: DnsRecordArgs, opts?: pulumi.ComponentResourceOptions): void;
}

export interface DnsRecordArgs {
  /** Full name, `*.apps.example.com`. */
  domain: string;
  /** Target: an IPv4 address or another name. */
  address: pulumi.Input<string>;
  /**
   * DNS zone of the cloud that contains `address`: the record is then an alias. A record for the zone itself must be an
   * alias. Default: none.
   */
  aliasZoneId?: pulumi.Input<string> | undefined;
}

/** Returns the record type for an address. */
export function recordType(address: string): "A" | "CNAME" {
  return isIPv4(address) ? "A" : "CNAME";
}

/**
 * Returns a domain whose names all resolve to an address, without a DNS zone: `10-77-0-78.nip.io`.
 * Clients need the public DNS, and a resolver that does not filter private addresses.
 * @throws RangeError if the address is not an IPv4 address.
 */
export function nipIoDomain(address: string): string {
  if (!isIPv4(address))
    throw new RangeError(`${JSON.stringify(address)} is not an IPv4 address; use one such as 10.77.0.78`);
  return `${address.replaceAll(".", "-")}.nip.io`;
}
