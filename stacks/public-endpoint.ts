import type { DnsZone } from "../components/cloud/dns.ts";

/** Returns a DNS zone of the stack's cloud by its id. */
export type ZoneById = (zoneId: string) => DnsZone;

/** Converts the settings of a public endpoint to arguments: replaces the id of the DNS zone by the zone. */
export function publicEndpointArguments<Settings extends { dns?: { zoneId: string } | undefined }>(
  { dns, ...settings }: Settings,
  zone: ZoneById,
) {
  return { ...settings, ...(dns && { dns: zone(dns.zoneId) }) };
}
