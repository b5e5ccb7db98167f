import { isIPv4 } from "node:net";
import type * as pulumi from "@pulumi/pulumi";

/** A zone of the DNS, in which names can be made; each cloud has its own kind. */
export interface DnsZone {
  /**
   * Lets a name lead to an address.
   * @param name Name of the resource.
   */
  record(name: string, args: DnsRecordArgs, opts?: pulumi.ComponentResourceOptions): void;
}

export interface DnsRecordArgs {
  /** The whole name, `*.apps.example.com`. */
  domain: string;
  /** Where it leads: an IPv4 address or another name. */
  address: pulumi.Input<string>;
  /**
   * Zone of the cloud's own DNS that the address is in, where it is a name of the cloud's: the name can then lead there as an alias,
   * as one that is the whole zone's has to. Default: none.
   */
  aliasZoneId?: pulumi.Input<string> | undefined;
}

/** Which kind of record leads to an address. */
export function recordType(address: string): "A" | "CNAME" {
  return isIPv4(address) ? "A" : "CNAME";
}

/**
 * A domain all names of which lead to an address, without a zone of one's own: `10-77-0-78.nip.io`. Who asks has to reach
 * the public DNS, and a resolver that lets private addresses pass.
 * @throws RangeError when it is no IPv4 address.
 */
export function nipIoDomain(address: string): string {
  if (!isIPv4(address))
    throw new RangeError(`${JSON.stringify(address)} is no IPv4 address; use one such as 10.77.0.78`);
  return `${address.replaceAll(".", "-")}.nip.io`;
}
