import type { Port } from "../../ignition/roles/role.ts";
import type { Firewall, LoadBalancerArgs } from "./cloud.ts";
import type { FirewallRuleFacts } from "./facts.ts";

/** Returns the target ports that a load balancer needs, each once: ports can share a target or the health check. */
export function targetPorts(args: Pick<LoadBalancerArgs, "ports" | "health">): Port[] {
  const opened = new Map<number, Port>();
  for (const { port, targetPort = port, description } of args.ports) {
    if (!opened.has(targetPort)) opened.set(targetPort, { port: targetPort, description });
  }
  const { port } = args.health;
  if (!opened.has(port)) opened.set(port, { port, description: "load balancer health check" });
  return [...opened.values()];
}

/** Returns the ranges that may connect to a load balancer. `clients` are in the range of the private network. */
export function reachableFrom({ allowFrom, clients = [] }: LoadBalancerArgs, cidr: string): string[] {
  const given = allowFrom ?? [cidr];
  return clients.length > 0 && !given.includes(cidr) ? [...given, cidr] : [...given];
}

/** Returns the resource name of the rule for one port. */
export function ruleName(name: string, { port, protocol = "tcp" }: Port): string {
  return protocol === "tcp" ? `${name}-${port}` : `${name}-${port}-${protocol}`;
}

/** Returns the facts of a firewall rule. */
export function ruleFacts(
  to: Firewall,
  from: Firewall | string,
  { port, to: last = port, protocol = "tcp", description }: Port,
): FirewallRuleFacts {
  return {
    to: to.firewallName,
    from: typeof from === "string" ? from : from.firewallName,
    protocol,
    fromPort: port,
    toPort: last,
    description,
  };
}
