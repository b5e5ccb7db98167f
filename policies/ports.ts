import type { ParameterSchemas } from "./policy.ts";

/** Administration and cluster ports, which must not be open to the whole internet. */
const guardedPorts: Record<number, string> = {
  22: "SSH",
  2222: "SSH of Jenkins' agents",
  2375: "Docker API",
  2376: "Docker API",
  2379: "etcd clients",
  2380: "etcd peers",
  2381: "etcd metrics",
  3306: "MySQL",
  3307: "MySQL reads",
  3389: "RDP",
  4444: "Galera SST",
  4567: "Galera replication",
  4568: "Galera IST",
  5000: "image registry",
  6443: "Kubernetes API",
  8404: "HAProxy status",
  9000: "readiness",
  9010: "deploy hook",
  9200: "Galera health",
  9443: "deploy hook over TLS",
  10250: "kubelet",
  33062: "MySQL administration",
};

/** Parameter of the policies for guarded ports. */
export interface PortParameters {
  ports: number[];
}

/** Default: every port of {@link guardedPorts}. */
export const portParameters: ParameterSchemas<PortParameters> = {
  ports: {
    type: "array",
    description: "Ports that must not be open to the whole internet",
    items: { type: "integer", minimum: 1, maximum: 65535 },
    default: Object.keys(guardedPorts).map(Number),
  },
};

/** Parameter of the policies for resources that are marked as public. */
export const publicPortParameters: ParameterSchemas<PortParameters> = {
  ports: {
    type: "array",
    description: "Ports that resources marked as public can open to the whole internet",
    items: { type: "integer", minimum: 1, maximum: 65535 },
    default: [80, 443],
  },
};

/** Guarded ports in a range; an undefined bound means every port. */
export function guardedIn(ports: readonly number[], from: number | undefined, to: number | undefined): number[] {
  if (from === undefined || to === undefined) return [...ports];
  return ports.filter((port) => from <= port && port <= to);
}

/** `3306 (MySQL)`, for messages. */
export function named(port: number): string {
  const name = guardedPorts[port];
  return name ? `${port} (${name})` : `${port}`;
}

/**
 * Whether an address range counts as the whole internet: prefixes below /8 in IPv4 and below /16 in IPv6, because
 * `0.0.0.0/0` and `::/0` can be split into halves and quarters.
 */
export function isWorldOpen(range: string): boolean {
  const [address = "", prefix] = range.split("/");
  if (prefix === undefined) return false;
  return Number(prefix) < (address.includes(":") ? 16 : 8);
}
