import type { Machine, Model } from "../model.ts";
import { byNumber, count } from "../names.ts";

/**
 * Colours that the layout carries through as they are, to be exchanged for CSS variables: an SVG that is part of
 * the page follows its colour scheme.
 */
const ink = { card: "#010101", line: "#010102", text: "#010103", muted: "#010104", area: "#010105", warn: "#010106" } as const;

/** One tint a role, in the order of roles; their CSS variables are `--tint-0` and on. */
const tints = 6;
const tint = (index: number) => `#02020${index % tints}`;

/**
 * An environment as a graph for Graphviz: the private network with its machines by role and zone, load balancers and
 * stores, and an arrow for whom the firewalls let talk to whom, with the ports.
 */
export function diagramDot(model: Model): string {
  const [cloud] = model.clouds;
  const zones = [...new Set([...(cloud?.zones ?? []), ...model.machines.map(({ zone }) => zone)])];
  const cluster = [
    ...model.firewalls.map((firewall, i) => {
      const machines = model.machines.filter((machine) => machine.firewall === firewall.name);
      return node(`role ${firewall.name}`, roleLabel(firewall.name, firewall.description, machines, zones, among(model, firewall.name), tint(i)));
    }),
    ...model.loadBalancers.map((balancer) => node(`lb ${balancer.name}`, balancerLabel(model, balancer.name))),
  ];
  const outside = model.objectStores.map((store) => node(`store ${store.name}`, boxLabel(store.name, [store.description], "object store")));
  return [
    "digraph {",
    `  rankdir=TB; nodesep=0.45; ranksep="0.55"; bgcolor=transparent; pad=0.1; fontname=Arial; compound=true;`,
    `  node [shape=plain, fontname=Arial, fontsize=11, fontcolor="${ink.text}"];`,
    `  edge [fontname=Arial, fontsize=10, color="${ink.line}", fontcolor="${ink.muted}", arrowsize=0.7, penwidth=1.3];`,
    `  subgraph cluster_network { style="rounded,filled"; color="${ink.line}"; fillcolor="${ink.area}"; penwidth=1; margin=18;`,
    `    label=<${font(escape(networkTitle(model)), 10, ink.muted)}>; labeljust=l;`,
    ...cluster.map((line) => `    ${line}`),
    "  }",
    ...outside.map((line) => `  ${line}`),
    ...edges(model).map((line) => `  ${line}`),
    "}",
  ].join("\n");
}

/** The picture in words, for who cannot see it. */
export function diagramWords(model: Model): string {
  const roles = [...Map.groupBy(model.machines, ({ role }) => role)].map(([role, machines]) => count(machines.length, `${role} machine`));
  const flows = model.openings.map(({ from, to, ports }) => `${from} may reach ${to} on ${ports.join(", ")}`);
  return [networkTitle(model), roles.join(", "), ...flows].filter(Boolean).join(". ");
}

function networkTitle(model: Model): string {
  return model.clouds.map((cloud) => `${cloud.kind} private network ${cloud.cidr}`).join(", ") || "private network";
}

function edges(model: Model): string[] {
  const lines: string[] = [];
  const places = new Set<string>();
  const from = (range: string) => {
    if (!places.has(range)) {
      places.add(range);
      const anywhere = range === "0.0.0.0/0" || range === "::/0";
      const within = model.clouds.some((cloud) => cloud.cidr === range);
      const title = anywhere ? "anywhere" : within ? "the network" : range;
      lines.push(node(`from ${range}`, boxLabel(title, [anywhere || within ? range : "address range"], "", anywhere ? ink.warn : ink.line)));
    }
    return `from ${range}`;
  };
  const isFirewall = (name: string) => model.firewalls.some((firewall) => firewall.name === name);
  const balanced = new Map(model.loadBalancers.map((balancer) => [balancer.name, new Set(balancer.ports.map((port) => port.targetPort))]));

  for (const opening of model.openings) {
    if (opening.from === opening.to) continue;
    const source = isFirewall(opening.from) ? `role ${opening.from}` : undefined;
    if (source !== undefined) lines.push(edge(source, `role ${opening.to}`, opening.ports.join(", ")));
    // What a range may reach only through a load balancer is drawn through it.
    else if (!reachedThrough(model, opening.to, balanced)) lines.push(edge(from(opening.from), `role ${opening.to}`, opening.ports.join(", ")));
  }
  for (const balancer of model.loadBalancers) {
    for (const range of balancer.allowFrom) lines.push(edge(from(range), `lb ${balancer.name}`, balancer.ports.map((port) => port.port).join(", ")));
    const firewalls = new Set(balancer.targets.map((target) => model.machines.find((machine) => machine.name === target)?.firewall));
    for (const firewall of firewalls) {
      if (firewall !== undefined) lines.push(edge(`lb ${balancer.name}`, `role ${firewall}`, balancer.ports.map((port) => port.targetPort).join(", ")));
    }
  }
  return lines;
}

function reachedThrough(model: Model, firewall: string, balanced: Map<string, Set<number>>): boolean {
  return model.loadBalancers.some(
    (balancer) => (balanced.get(balancer.name)?.size ?? 0) > 0 && balancer.targets.some((target) => model.machines.find(({ name }) => name === target)?.firewall === firewall),
  );
}

/** Ports that machines behind one firewall open to each other. */
function among(model: Model, firewall: string): string {
  return model.openings.filter(({ from, to }) => from === firewall && to === firewall).flatMap(({ ports }) => ports).join(", ");
}

function roleLabel(name: string, description: string, machines: Machine[], zones: string[], own: string, color: string): string {
  const used = zones.filter((zone) => machines.some((machine) => machine.zone === zone));
  const columns = used.map((zone) => machines.filter((machine) => machine.zone === zone).sort((a, b) => byNumber(a.name, b.name)));
  const width = Math.max(1, columns.length);
  const depth = Math.max(0, ...columns.map((column) => column.length));
  const rows = [
    `<TR><TD COLSPAN="${width}" BGCOLOR="${color}" ALIGN="LEFT" CELLPADDING="7">${font(`<B>${escape(name)}</B>`, 13)}<BR ALIGN="LEFT"/>${font(escape(description), 10, ink.muted)}<BR ALIGN="LEFT"/></TD></TR>`,
    ...(used.length > 1 ? [`<TR>${used.map((zone) => `<TD CELLPADDING="3">${font(escape(zone), 9, ink.muted)}</TD>`).join("")}</TR>`] : []),
    ...Array.from({ length: depth }, (_, i) => `<TR>${columns.map((column) => `<TD CELLPADDING="5">${column[i] ? machineLabel(column[i]) : " "}</TD>`).join("")}</TR>`),
    ...(own === "" ? [] : [`<TR><TD COLSPAN="${width}" CELLPADDING="5">${font(`among themselves: ${escape(own)}`, 9.5, ink.muted)}</TD></TR>`]),
  ];
  return tableLabel(rows, color);
}

function machineLabel(machine: Machine): string {
  const data = machine.dataVolumeGiB === undefined ? "" : ` + ${machine.dataVolumeGiB} GiB`;
  return [font(`<B>${escape(machine.name)}</B>`, 11), font(escape(machine.address), 10), font(escape(`${machine.size}${data}`), 9, ink.muted)].join("<BR/>");
}

function balancerLabel(model: Model, name: string): string {
  const balancer = model.loadBalancers.find((one) => one.name === name);
  const ports = balancer?.ports.map((port) => `${port.port} ${port.description}`) ?? [];
  return boxLabel(name, [balancer?.address ?? "", ...ports].filter(Boolean), `load balancer, ${balancer?.scheme}`);
}

function boxLabel(title: string, lines: readonly string[], kind: string, border: string = ink.line): string {
  const head = kind === "" ? [] : [font(escape(kind), 9, ink.muted)];
  const text = [...head, font(`<B>${escape(title)}</B>`, 12), ...lines.map((line) => font(escape(line), 10, ink.muted))].join("<BR/>");
  return tableLabel([`<TR><TD CELLPADDING="8">${text}</TD></TR>`], border);
}

function tableLabel(rows: readonly string[], border: string): string {
  return `<TABLE BORDER="1.5" CELLBORDER="0" CELLSPACING="0" STYLE="ROUNDED" BGCOLOR="${ink.card}" COLOR="${border}">${rows.join("")}</TABLE>`;
}

function font(text: string, size: number, color: string = ink.text): string {
  return `<FONT POINT-SIZE="${size}" COLOR="${color}">${text}</FONT>`;
}

function node(id: string, label: string): string {
  return `${quote(id)} [label=<${label}>];`;
}

function edge(from: string, to: string, label: string): string {
  return `${quote(from)} -> ${quote(to)} [label=${quote(` ${label} `)}];`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** For HTML, SVG and Graphviz's labels alike. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Graphviz's SVG as a part of the page: coloured by its variables, described in words, without what a file needs. */
export function inlineSvg(svg: string, title: string, words: string, id: string): string {
  const variables = [...Object.entries(ink).map(([name, color]) => [color, `var(--${name})`]), ...Array.from({ length: tints }, (_, i) => [tint(i), `var(--tint-${i})`])];
  const body = svg
    .slice(svg.indexOf("<svg"))
    .replace(/<!--[^]*?-->\s*/g, "")
    .replace(/<title>[^]*?<\/title>\s*/g, "")
    .replace(/ xmlns(:xlink)?="[^"]*"/g, "")
    .replace(/ (fill|stroke)="(#0[12]0[12]0\d)"/g, (whole, attribute: string, color: string) => {
      const variable = variables.find(([from]) => from === color)?.[1];
      return variable === undefined ? whole : ` style="${attribute}:${variable}"`;
    });
  // Two styles on one element are one too many: the second would be ignored.
  const merged = body.replace(/ style="([^"]*)"([^>]*?) style="([^"]*)"/g, ' style="$1;$3"$2');
  const width = /<svg width="(\d+)pt"/.exec(merged)?.[1] ?? "600";
  return merged.replace(
    /<svg width="\d+pt" height="\d+pt"/,
    `<svg role="img" aria-labelledby="${id}-title ${id}-words" style="width:${Math.round(Number(width) * 1.25)}px"`,
  ).replace(/(<svg[^>]*>)/, `$1<title id="${id}-title">${escape(title)}</title><desc id="${id}-words">${escape(words)}</desc>`);
}
