import type { Cloud, LoadBalancer, Machine } from "./model.ts";
import { thousands } from "./names.ts";

/** How a machine gets its config, as a phrase. */
export function delivered(machine: Machine): string {
  if (machine.delivery === "object-store") return `store, ${bytes(machine.userDataBytes)} pointer`;
  if (machine.delivery === "upload") return "upload";
  const share =
    machine.userDataLimit && machine.userDataBytes
      ? `, ${Math.round((100 * machine.userDataBytes) / machine.userDataLimit)} %`
      : "";
  return `user data${share}`;
}

/** `1,234 B`; nothing for what is not known. */
export function bytes(n: number | undefined): string {
  return typeof n === "number" ? `${thousands(n)} B` : "";
}

/** An address range in words, where there are any. */
export function formatRange(from: string): string {
  return isAnywhere(from) ? `anywhere (${from})` : from;
}

/** Whether an address range is everybody's. */
export function isAnywhere(range: string): boolean {
  return range === "0.0.0.0/0" || range === "::/0";
}

/** Where a load balancer is, as far as a plan can know. */
export function addressOf({ address, scheme }: LoadBalancer): string {
  return address ?? (scheme === "public" ? "a public one" : "its DNS name");
}

/** Who may connect to a load balancer: `10.0.0.0/16 (internal)`. */
export function openTo({ allowFrom, scheme }: LoadBalancer): string {
  return `${allowFrom.map(formatRange).join(", ")} (${scheme})`;
}

/** `aws, network 10.0.0.0/16 in eu-central-1a, eu-central-1b`, a phrase a cloud; with their names where there are several. */
export function cloudSummary(clouds: readonly Cloud[]): string[] {
  return clouds.map(({ name, kind, cidr, zones }) => {
    // A single failure domain is none.
    const phrase = `${kind}, network ${cidr}${zones.length > 1 ? ` in ${zones.join(", ")}` : ""}`;
    return clouds.length > 1 ? `${name}: ${phrase}` : phrase;
  });
}
