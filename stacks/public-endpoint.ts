import type { DnsZone } from "../components/cloud/dns.ts";

/** Finds a zone of the stack's cloud by its id. */
export type ZoneById = (zoneId: string) => DnsZone;

/** A public endpoint from the internet as its component takes it: with the zone that the config names. */
export function publicEndpointArguments<Settings extends { dns?: { zoneId: string } | undefined }>(
  { dns, ...settings }: Settings,
  zone: ZoneById,
) {
  return { ...settings, ...(dns && { dns: zone(dns.zoneId) }) };
}
