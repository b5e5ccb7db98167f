import * as pulumi from "@pulumi/pulumi";
import { type DnsRecordArgs, type DnsZone, recordType } from "../dns.ts";
import type { AwsAccount } from "./account.ts";
import * as route53 from "./sdk/route53.ts";
import { tagging } from "./tags.ts";
import { type AccessKeys, programUser } from "./user.ts";

/** Existing hosted zone of Route 53. */
export class Route53Zone implements DnsZone {
  /** Id of the zone. */
  readonly zoneId: string;
  readonly #account: AwsAccount;

  /**
   * @param account Account of the zone.
   * @param zoneId Id of the zone, `Z0123456789ABCDEFGHIJ`.
   */
  constructor(account: AwsAccount, zoneId: string) {
    this.#account = account;
    this.zoneId = zoneId;
  }

  record(name: string, { domain, address, aliasZoneId }: DnsRecordArgs, opts?: pulumi.ComponentResourceOptions): void {
    const target = aliasZoneId
      ? { type: "A", aliases: [{ name: address, zoneId: aliasZoneId, evaluateTargetHealth: false }] }
      : { type: pulumi.output(address).apply(recordType), ttl: 300, records: [address] };
    new route53.Record(
      name,
      { zoneId: this.zoneId, name: domain, ...target },
      { ...opts, provider: this.#account.provider },
    );
  }

  /**
   * Creates a user that may change records of the zone, for a program that proves control of the domain to a
   * certificate authority.
   * @param name Name of the resources.
   * @param tags Tags of the user.
   */
  keys(name: string, tags: Record<string, string> = {}, opts?: pulumi.CustomResourceOptions): AccessKeys {
    const { partition, provider } = this.#account;
    const zone = `arn:${partition}:route53:::hostedzone/${this.zoneId}`;
    const statements = [
      {
        sid: "ChangeRecords",
        actions: ["route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"],
        resources: [zone],
      },
      { sid: "SeeChanges", actions: ["route53:GetChange"], resources: [`arn:${partition}:route53:::change/*`] },
    ];
    return programUser(name, statements, tagging(tags)("dns", name), { ...opts, provider });
  }
}
