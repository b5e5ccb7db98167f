import * as openstack from "@pulumi/openstack";
import * as pulumi from "@pulumi/pulumi";
import { type DnsRecordArgs, type DnsZone, recordType } from "../dns.ts";

/** Existing zone of Designate. */
export class DesignateZone implements DnsZone {
  readonly #zoneId: string;

  /** @param zoneId Id of the zone. */
  constructor(zoneId: string) {
    this.#zoneId = zoneId;
  }

  record(name: string, { domain, address }: DnsRecordArgs, opts?: pulumi.CustomResourceOptions): void {
    const type = pulumi.output(address).apply(recordType);
    // Designate requires full names with a dot at the end.
    const records = [pulumi.all([address, type]).apply(([target, kind]) => (kind === "A" ? target : `${target}.`))];
    new openstack.dns.RecordSet(name, { zoneId: this.#zoneId, name: `${domain}.`, type, ttl: 300, records }, opts);
  }
}
