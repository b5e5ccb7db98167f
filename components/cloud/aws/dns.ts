import * as pulumi from "@pulumi/pulumi";
import { type DnsRecordArgs, type DnsZone, recordType } from "../dns.ts";
import type { AwsAccount } from "./account.ts";
import * as route53 from "./sdk/route53.ts";

/** A hosted zone of Route 53, which is there already. */
export class Route53Zone implements DnsZone {
  readonly #account: AwsAccount;
  readonly #zoneId: string;

  /**
   * @param account The account that the zone is in.
   * @param zoneId Id of the zone, `Z0123456789ABCDEFGHIJ`.
   */
  constructor(account: AwsAccount, zoneId: string) {
    this.#account = account;
    this.#zoneId = zoneId;
  }

  record(name: string, { domain, address }: DnsRecordArgs, opts?: pulumi.ComponentResourceOptions): void {
    const type = pulumi.output(address).apply(recordType);
    new route53.Record(name, { zoneId: this.#zoneId, name: domain, type, ttl: 300, records: [address] }, { ...opts, provider: this.#account.provider });
  }
}
