import type { Cloud, LoadBalancer, Machine } from "./model.ts";
import { thousands } from "./names.ts";

/** Delivery of a machine's config: `upload`, `user data, 40 %`. */
export function delivered(machine: Machine): string {
  if (machine.delivery === "object-store") return `store, ${bytes(machine.userDataBytes)} pointer`;
  if (machine.delivery === "upload") return "upload";
  const share =
    machine.userDataLimit && machine.userDataBytes
      ? `, ${Math.round((100 * machine.userDataBytes) / machine.userDataLimit)} %`
      : "";
  return `user data${share}`;
}

/** `1,234 B`; empty for an unknown number. */
export function bytes(n: number | undefined): string {
  return typeof n === "number" ? `${thousands(n)} B` : "";
}

/** An address range; `anywhere (0.0.0.0/0)` for all addresses. */
export function formatRange(from: string): string {
  return isAnywhere(from) ? `anywhere (${from})` : from;
}

/** Whether an address range contains all addresses. */
export function isAnywhere(range: string): boolean {
  return range === "0.0.0.0/0" || range === "::/0";
}

/** Address of a load balancer, or its kind if the plan does not know the address. */
export function addressOf({ address, scheme }: LoadBalancer): string {
  return address ?? (scheme === "public" ? "a public one" : "its DNS name");
}

/** Allowed clients of a load balancer: `10.0.0.0/16 (internal)`. */
export function openTo({ allowFrom, scheme }: LoadBalancer): string {
  return `${allowFrom.map(formatRange).join(", ")} (${scheme})`;
}

/**
 * One phrase for each cloud: `aws, network 10.0.0.0/16 in eu-central-1a, eu-central-1b`. With several clouds, each
 * phrase starts with the cloud's name.
 */
export function cloudSummary(clouds: readonly Cloud[]): string[] {
  return clouds.map(({ name, kind, cidr, zones }) => {
    const phrase = `${kind}, network ${cidr}${zones.length > 1 ? ` in ${zones.join(", ")}` : ""}`;
    return clouds.length > 1 ? `${name}: ${phrase}` : phrase;
  });
}
