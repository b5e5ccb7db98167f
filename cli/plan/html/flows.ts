import type { Model } from "../model.ts";

/** Connections from one node of the diagram to another. */
export interface Flow {
  from: string;
  to: string;
  ports: Set<string>;
}

/** Node of a firewall: the one of its machines, or of its load balancer. */
export function nodeOf(model: Model, firewall: string): string {
  const machines = model.machines.some((machine) => machine.firewall === firewall);
  return !machines && model.loadBalancers.some(({ name }) => name === firewall) ? `lb ${firewall}` : `role ${firewall}`;
}

/** Address ranges of clients, as one node. */
export interface Source {
  node: string;
  ranges: readonly string[];
  /** Whether they are clients of a public load balancer. */
  isInternet: boolean;
}

/** Connections that firewalls and load balancers allow, and the address ranges among their clients. */
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
  const rangeNode = (range: string) => source(`from ${range}`, [range], false);
  const open = new Set(model.loadBalancers.flatMap(({ name, scheme }) => (scheme === "public" ? [name] : [])));
  const firewalls = new Set(model.firewalls.map(({ name }) => name));
  const firewallAt = (range: string) => model.machines.find(({ address }) => range === `${address}/32`)?.firewall;
  const firewallOf = (machine: string) => model.machines.find(({ name }) => name === machine)?.firewall;
  const balanced = new Set(model.loadBalancers.flatMap(({ targets }) => targets.map(firewallOf)));

  for (const { from, to, ports } of model.firewallRules) {
    if (from === to) continue;
    // A rule can allow the address of a single machine.
    const caller = firewalls.has(from) ? from : firewallAt(from);
    if (caller !== undefined) flow(nodeOf(model, caller), nodeOf(model, to), ports);
    // A rule with the address of a load balancer allows its traffic: the load balancer itself adds that flow. Clients
    // of a public load balancer are drawn with it.
    else if (!balanced.has(to) && !open.has(to)) flow(rangeNode(from), nodeOf(model, to), ports);
  }
  for (const { name, ports, allowFrom, targets } of model.loadBalancers) {
    const from = open.has(name) ? [source(`internet to ${name}`, allowFrom, true)] : allowFrom.map(rangeNode);
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

/** A note in a node that replaces arrows: `from 8 others: 3100`. */
export interface Note {
  direction: "from" | "to";
  others: number;
  ports: Set<string>;
}

/** Smallest number of arrows that a note replaces: too many arrows hide the others. */
const many = 5;

/** Replaces the flows of nodes that connect to most roles (logs, metrics, readiness) with notes in these nodes. */
export function withoutHubs(flows: readonly Flow[]): { drawn: Flow[]; notes: Map<string, Note[]> } {
  const amongRoles = flows.filter(({ from, to }) => from.startsWith("role ") && to.startsWith("role "));
  const roles = new Set(amongRoles.flatMap(({ from, to }) => [from, to]));
  const notes = new Map<string, Note[]>();
  const replaced = new Set<Flow>();
  const replaceArrows = (direction: Note["direction"], nodeIn: (flow: Flow) => string) => {
    for (const [node, own] of Map.groupBy(
      amongRoles.filter((flow) => !replaced.has(flow)),
      nodeIn,
    )) {
      if (own.length < Math.max(many, roles.size / 2)) continue;
      notes.set(node, [
        ...(notes.get(node) ?? []),
        { direction, others: own.length, ports: new Set(own.flatMap(({ ports }) => [...ports])) },
      ]);
      for (const flow of own) replaced.add(flow);
    }
  };
  replaceArrows("to", ({ from }) => from);
  replaceArrows("from", ({ to }) => to);
  return { drawn: flows.filter((flow) => !replaced.has(flow)), notes };
}
