import type { Cloud, Machine } from "./model.ts";
import { thousands } from "./names.ts";

/** How a machine gets its config, as a phrase. */
export function delivered(machine: Machine): string {
  if (machine.delivery === "object-store") return `store, ${bytes(machine.userDataBytes)} pointer`;
  if (machine.delivery === "upload") return "upload";
  const share = machine.userDataLimit && machine.userDataBytes ? `, ${Math.round((100 * machine.userDataBytes) / machine.userDataLimit)} %` : "";
  return `user data${share}`;
}

/** `1,234 B`; nothing for what is not known. */
export function bytes(n: number | undefined): string {
  return typeof n === "number" ? `${thousands(n)} B` : "";
}

/** An address range in words, where there are any. */
export function place(from: string): string {
  return from === "0.0.0.0/0" || from === "::/0" ? `anywhere (${from})` : from;
}

/** `aws, network 10.0.0.0/16 in eu-central-1a, eu-central-1b`. */
export function whereabouts(cloud: Cloud): string {
  // A single failure domain is none.
  return `${cloud.kind}, network ${cloud.cidr}${cloud.zones.length > 1 ? ` in ${cloud.zones.join(", ")}` : ""}`;
}
