import type { Model } from "../model.ts";

/** Connections from one node of the diagram to another. */
export interface Flow {
  from: string;
  to: string;
  ports: Set<string>;
}

/** The node that stands for a firewall: that of its machines, or of the load balancer that it belongs to. */
export function nodeOf(model: Model, firewall: string): string {
  const machines = model.machines.some((machine) => machine.firewall === firewall);
  return !machines && model.loadBalancers.some(({ name }) => name === firewall) ? `lb ${firewall}` : `role ${firewall}`;
}

/** Address ranges that connect, as one node. */
export interface Source {
  node: string;
  ranges: readonly string[];
  /** Whether they come in from the internet, by a public load balancer. */
  isInternet: boolean;
}

/** Whom the firewalls and load balancers let talk to whom, and the address ranges that are among them. */
export function flowsOf(model: Model): { flows: Flow[]; sources: Source[] } {
  const sources = new Map<string, Source>();
  const flows = new Map<string, Flow>();
  const flow = (from: string, to: string, ports: readonly (string | number)[]) => {
    const key = `${from} -> ${to}`;
    const known = flows.get(key) ?? { from, to, ports: new Set<string>() };
    for (const port of ports) known.ports.add(`${port}`);
    flows.set(key, known);
  };
  const source = (node: string, ranges: readonly string[], isInternet: boolean) => {
    sources.set(node, { node, ranges, isInternet });
    return node;
  };
  const place = (range: string) => source(`from ${range}`, [range], false);
  const open = new Set(model.loadBalancers.flatMap(({ name, scheme }) => (scheme === "public" ? [name] : [])));
  const firewalls = new Set(model.firewalls.map(({ name }) => name));
  const firewallAt = (range: string) => model.machines.find(({ address }) => range === `${address}/32`)?.firewall;
  const firewallOf = (machine: string) => model.machines.find(({ name }) => name === machine)?.firewall;
  const balanced = new Set(model.loadBalancers.flatMap(({ targets }) => targets.map(firewallOf)));

  for (const { from, to, ports } of model.firewallRules) {
    if (from === to) continue;
    // A machine may be let in by its own address.
    const caller = firewalls.has(from) ? from : firewallAt(from);
    if (caller !== undefined) flow(nodeOf(model, caller), nodeOf(model, to), ports);
    // A load balancer without a firewall of its own is let in by address: the flow is drawn from the load balancer. Who comes in by
    // a public one is drawn with it.
    else if (!balanced.has(to) && !open.has(to)) flow(place(from), nodeOf(model, to), ports);
  }
  for (const { name, ports, allowFrom, targets } of model.loadBalancers) {
    const from = open.has(name) ? [source(`internet to ${name}`, allowFrom, true)] : allowFrom.map(place);
    for (const node of from)
      flow(
        node,
        `lb ${name}`,
        ports.map(({ port }) => port),
      );
    for (const firewall of new Set(targets.map(firewallOf))) {
      if (firewall !== undefined)
        flow(
          `lb ${name}`,
          nodeOf(model, firewall),
          ports.map(({ targetPort }) => targetPort),
        );
    }
  }
  return { flows: [...flows.values()], sources: [...sources.values()] };
}

/** What is said in a node instead of drawing it: `from 8 others: 3100`. */
export interface Saying {
  direction: "from" | "to";
  others: number;
  ports: Set<string>;
}

/** From how many others on: arrows to nearly everybody hide all the rest. */
const many = 5;

/** Takes out of the flows what talks to nearly everybody (logs, metrics, readiness), to be said in that node instead. */
export function withoutHubs(flows: readonly Flow[]): { drawn: Flow[]; sayings: Map<string, Saying[]> } {
  const amongRoles = flows.filter(({ from, to }) => from.startsWith("role ") && to.startsWith("role "));
  const roles = new Set(amongRoles.flatMap(({ from, to }) => [from, to]));
  const sayings = new Map<string, Saying[]>();
  const said = new Set<Flow>();
  const relieve = (direction: Saying["direction"], nodeIn: (flow: Flow) => string) => {
    for (const [node, own] of Map.groupBy(
      amongRoles.filter((flow) => !said.has(flow)),
      nodeIn,
    )) {
      if (own.length < Math.max(many, roles.size / 2)) continue;
      sayings.set(node, [
        ...(sayings.get(node) ?? []),
        { direction, others: own.length, ports: new Set(own.flatMap(({ ports }) => [...ports])) },
      ]);
      for (const flow of own) said.add(flow);
    }
  };
  relieve("to", ({ from }) => from);
  relieve("from", ({ to }) => to);
  return { drawn: flows.filter((flow) => !said.has(flow)), sayings };
}
