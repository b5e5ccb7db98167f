import type { Port } from "../../ignition/roles/role.ts";
import type { Firewall, LoadBalancerArgs } from "./cloud.ts";
import type { FirewallRuleFacts } from "./facts.ts";

/** Ports of its targets that a load balancer needs opened, each once: its ports may share a target or the health check. */
export function targetPorts(args: Pick<LoadBalancerArgs, "ports" | "health">): Port[] {
  const opened = new Map<number, Port>();
  for (const { port, targetPort = port, description } of args.ports) {
    if (!opened.has(targetPort)) opened.set(targetPort, { port: targetPort, description });
  }
  const { port } = args.health;
  if (!opened.has(port)) opened.set(port, { port, description: "load balancer health check" });
  return [...opened.values()];
}

/** Who may connect to a load balancer, by address: clients of the private network are in its range. */
export function reachableFrom({ allowFrom, clients = [] }: LoadBalancerArgs, cidr: string): string[] {
  const given = allowFrom ?? [cidr];
  return clients.length > 0 && !given.includes(cidr) ? [...given, cidr] : [...given];
}

/** Name of the rule that opens a port: the port tells rules of one opening apart. */
export function ruleName(opening: string, { port, protocol = "tcp" }: Port): string {
  return protocol === "tcp" ? `${opening}-${port}` : `${opening}-${port}-${protocol}`;
}

/** One port that a firewall opens, to another firewall's machines or to an address range, as every cloud's plan has it. */
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
