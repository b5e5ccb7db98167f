import type { Machine, Model } from "../model.ts";
import { byNumber, count } from "../names.ts";
import { formatRange, isAnywhere } from "../format.ts";
import { type Flow, flowsOf, nodeOf, type Note, type Source, withoutHubs } from "./flows.ts";

/**
 * Placeholder colours. Graphviz copies them, and {@link inlineSvg} replaces them with CSS variables, so that the SVG
 * follows the colour scheme of the page.
 */
const ink = {
  card: "#010101",
  line: "#010102",
  text: "#010103",
  muted: "#010104",
  area: "#010105",
  warn: "#010106",
} as const;

/** Number of tints; roles use them in turn. Their CSS variables are `--tint-0` to `--tint-5`. */
const tints = 6;
const tint = (index: number) => `#02020${index % tints}`;

/**
 * An environment as a graph for Graphviz: each private network with its machines by role and zone, load balancers,
 * stores, and an arrow with ports for each allowed connection. A note replaces the arrows of a role that connects to
 * most other roles.
 */
export function diagramDot(model: Model): string {
  const { flows, sources } = flowsOf(model);
  const { drawn, notes } = withoutHubs(flows);
  const zones = [
    ...new Set([...model.clouds.flatMap((cloud) => cloud.zones), ...model.machines.map(({ zone }) => zone)]),
  ];
  const titles = networkTitles(model);
  const clusters = titles.flatMap((title, i) => [
    `  subgraph ${clusterOf(i)} {`,
    `    style="rounded,filled"; color="${ink.line}"; fillcolor="${ink.area}"; penwidth=1; margin=18;`,
    `    label=<${font(escapeHtml(title), 10, ink.muted)}>; labeljust=l; labelloc=b;`,
    ...nodesIn(model, model.clouds[i]?.name, zones, notes).map((line) => `    ${line}`),
    "  }",
  ]);
  return [
    "digraph {",
    `  rankdir=TB; nodesep=0.45; ranksep="0.55"; bgcolor=transparent; pad=0.1; fontname=Verdana; compound=true;`,
    `  node [shape=plain, fontname=Verdana, fontsize=11, fontcolor="${ink.text}"];`,
    "  edge [fontname=Verdana, fontsize=10, arrowsize=0.7, penwidth=1.3];",
    `  edge [color="${ink.line}", fontcolor="${ink.muted}"];`,
    ...clusters,
    ...stores(model).map((line) => `  ${line}`),
    ...sources.map((source) => `  ${sourceNode(source)}`),
    ...drawn.map((flow) => `  ${edge(flow)}`),
    ...fetches(model).map((line) => `  ${line}`),
    "}",
  ].join("\n");
}

/** Nodes in the network of a cloud; without a cloud, all nodes. */
function nodesIn(
  model: Model,
  cloud: string | undefined,
  zones: string[],
  notes: ReadonlyMap<string, Note[]>,
): string[] {
  const isHere = (one: { cloud: string }) => cloud === undefined || one.cloud === cloud;
  return [
    ...model.firewalls.flatMap((firewall, i) => {
      const { name, description } = firewall;
      if (!isHere(firewall) || nodeOf(model, name) !== `role ${name}`) return [];
      const machines = model.machines.filter((machine) => machine.firewall === name);
      return node(
        `role ${name}`,
        roleLabel(
          name,
          description,
          machines,
          zones,
          [...among(model, name), ...(notes.get(`role ${name}`) ?? []).map(noteText)],
          tint(i),
        ),
      );
    }),
    ...model.loadBalancers
      .filter(isHere)
      .map((balancer) => node(`lb ${balancer.name}`, balancerLabel(model, balancer.name))),
  ];
}

function clusterOf(cloud: number): string {
  return `cluster_network_${cloud}`;
}

/** Description of the diagram for screen readers. */
export function diagramDescription(model: Model): string {
  const roles = [...Map.groupBy(model.machines, ({ role }) => role)].map(([role, machines]) =>
    count(machines.length, `${role} machine`),
  );
  const flows = model.firewallRules.map(({ from, to, ports }) => `${from} may reach ${to} on ${ports.join(", ")}`);
  return [networkTitles(model).join(", "), roles.join(", "), ...flows].filter(Boolean).join(". ");
}

/** A title for each network, with the cloud's name if there are several clouds. */
function networkTitles({ clouds }: Model): string[] {
  if (clouds.length === 0) return ["private network"];
  return clouds.map(({ name, kind, cidr }) => `${clouds.length > 1 ? `${name}: ` : ""}${kind} private network ${cidr}`);
}

function sourceNode({ node: id, ranges, isInternet }: Source): string {
  if (isInternet) return node(id, boxLabel("internet", ranges.map(formatRange), "", ink.warn));
  const anywhere = ranges.some(isAnywhere);
  return node(id, boxLabel(anywhere ? "anywhere" : "clients", ranges, "", anywhere ? ink.warn : ink.line));
}

/** Stores of configs are separate nodes with an arrow. The others share one node, to keep the row narrow. */
function stores({ objectStores }: Model): string[] {
  const [configs, others] = [objectStores.filter(isConfigs), objectStores.filter((store) => !isConfigs(store))];
  const single = others.length === 1 ? others : [];
  return [
    ...[...configs, ...single].map(({ name, description }) =>
      node(`store ${name}`, boxLabel(name, [description], "object store")),
    ),
    ...(others.length > 1
      ? [
          node(
            "stores",
            boxLabel(
              "object stores",
              others.map(({ name, description }) => `${name}: ${description}`),
            ),
          ),
        ]
      : []),
  ];
}

function isConfigs({ purpose }: Model["objectStores"][number]): boolean {
  return purpose === "ignition";
}

/** One arrow for all machines of a cloud that fetch their config from a store. */
function fetches(model: Model): string[] {
  return model.objectStores.filter(isConfigs).flatMap(({ name, cloud }) => {
    const machine = model.machines.findLast((one) => one.cloud === cloud && one.delivery === "object-store");
    if (machine === undefined) return [];
    const lhead = clusterOf(
      Math.max(
        0,
        model.clouds.findIndex((one) => one.name === cloud),
      ),
    );
    const arrow = `${quote(`store ${name}`)} -> ${quote(nodeOf(model, machine.firewall))}`;
    return `${arrow} [style=dashed, lhead=${lhead}, label=" configs, at first boot "];`;
  });
}

/** Ports between machines of the same firewall. */
function among(model: Model, firewall: string): string[] {
  const ports = model.firewallRules
    .filter(({ from, to }) => from === firewall && to === firewall)
    .flatMap((opening) => opening.ports);
  return ports.length === 0 ? [] : [`among themselves: ${ports.join(", ")}`];
}

function noteText({ direction, others, ports }: Note): string {
  return `${direction} ${others} others: ${[...ports].sort(byNumber).join(", ")}`;
}

function roleLabel(
  name: string,
  description: string,
  machines: Machine[],
  zones: string[],
  notes: readonly string[],
  color: string,
): string {
  const used = zones.filter((zone) => machines.some((machine) => machine.zone === zone));
  const sorted = machines.toSorted((a, b) => byNumber(a.name, b.name));
  // One column for each zone; with a single zone, one for each machine.
  const columns =
    used.length > 1
      ? used.map((zone) => sorted.filter((machine) => machine.zone === zone))
      : sorted.map((machine) => [machine]);
  const span = `COLSPAN="${Math.max(1, columns.length)}"`;
  const depth = Math.max(0, ...columns.map((column) => column.length));
  const cell = (content: string, padding = 4) => `<TD CELLPADDING="${padding}">${content}</TD>`;
  const head = lines([font(`<B>${escapeHtml(name)}</B>`, 13), font(escapeHtml(description), 10, ink.muted)], "LEFT");
  const rows = [
    `<TR><TD ${span} BGCOLOR="${color}" CELLPADDING="6">${head}</TD></TR>`,
    ...(used.length > 1 ? [`<TR>${used.map((zone) => cell(font(escapeHtml(zone), 9, ink.muted))).join("")}</TR>`] : []),
    ...Array.from(
      { length: depth },
      (_, i) => `<TR>${columns.map((column) => cell(column[i] ? machineLabel(column[i]) : " ", 6)).join("")}</TR>`,
    ),
    ...notes.map((note) => `<TR><TD ${span} CELLPADDING="5">${font(escapeHtml(note), 9.5, ink.muted)}</TD></TR>`),
  ];
  return tableLabel(rows, ink.line);
}

function machineLabel(machine: Machine): string {
  const data = machine.dataVolumeGiB === undefined ? "" : ` + ${machine.dataVolumeGiB} GiB`;
  return lines([
    font(`<B>${escapeHtml(machine.name)}</B>`, 11),
    font(escapeHtml(machine.address), 10),
    font(escapeHtml(`${machine.size}${data}`), 9, ink.muted),
  ]);
}

/** Lines with space between them, which Graphviz does not add. */
function lines(texts: readonly string[], align: "LEFT" | "CENTER" = "CENTER"): string {
  const rows = texts.map((text) => `<TR><TD ALIGN="${align}" CELLPADDING="1.5">${text}</TD></TR>`).join("");
  return `<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0">${rows}</TABLE>`;
}

function balancerLabel(model: Model, name: string): string {
  const balancer = model.loadBalancers.find((one) => one.name === name);
  const ports = balancer?.ports.map((port) => `${port.port} ${port.description}`) ?? [];
  const border = balancer?.scheme === "public" ? ink.warn : ink.line;
  return boxLabel(
    name,
    [balancer?.address ?? "", ...ports].filter(Boolean),
    `load balancer, ${balancer?.scheme}`,
    border,
  );
}

function boxLabel(title: string, details: readonly string[], kind = "", border: string = ink.line): string {
  const head = kind === "" ? [] : [font(escapeHtml(kind), 9, ink.muted)];
  const content = lines([
    ...head,
    font(`<B>${escapeHtml(title)}</B>`, 12),
    ...details.map((detail) => font(escapeHtml(detail), 10, ink.muted)),
  ]);
  return tableLabel([`<TR><TD CELLPADDING="7">${content}</TD></TR>`], border);
}

function tableLabel(rows: readonly string[], border: string): string {
  const look = `BORDER="1.5" CELLBORDER="0" CELLSPACING="0" STYLE="ROUNDED" BGCOLOR="${ink.card}" COLOR="${border}"`;
  return `<TABLE ${look}>${rows.join("")}</TABLE>`;
}

function font(text: string, size: number, color: string = ink.text): string {
  return `<FONT POINT-SIZE="${size}" COLOR="${color}">${text}</FONT>`;
}

function node(id: string, label: string): string {
  return `${quote(id)} [label=<${label}>];`;
}

function edge({ from, to, ports }: Flow): string {
  return `${quote(from)} -> ${quote(to)} [label=${quote(` ${[...ports].sort(byNumber).join(", ")} `)}];`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Escapes a text for HTML, SVG and labels of Graphviz. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Graphviz's SVG as a part of the page: with CSS variables and a description, without the header of a file. */
export function inlineSvg(svg: string, title: string, description: string, id: string): string {
  const variables = [
    ...Object.entries(ink).map(([name, color]) => [color, `var(--${name})`]),
    ...Array.from({ length: tints }, (_, i) => [tint(i), `var(--tint-${i})`]),
  ];
  const body = svg
    .slice(svg.indexOf("<svg"))
    .replace(/<!--[\s\S]*?-->\s*/g, "")
    .replace(/<title>[\s\S]*?<\/title>\s*/g, "")
    .replace(/ xmlns(:xlink)?="[^"]*"/g, "")
    .replace(/ (fill|stroke)="(#0[12]0[12]0\d)"/g, (whole, attribute: string, color: string) => {
      const variable = variables.find(([from]) => from === color)?.[1];
      return variable === undefined ? whole : ` style="${attribute}:${variable}"`;
    });
  // Browsers ignore a second style attribute on an element.
  const merged = body.replace(/ style="([^"]*)"([^>]*?) style="([^"]*)"/g, ' style="$1;$3"$2');
  const width = /<svg width="(\d+)pt"/.exec(merged)?.[1] ?? "600";
  return merged
    .replace(
      /<svg width="\d+pt" height="\d+pt"/,
      `<svg role="img" aria-labelledby="${id}-title ${id}-words" style="width:${Math.round(Number(width) * 1.25)}px"`,
    )
    .replace(
      /(<svg[^>]*>)/,
      `$1<title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-words">${escapeHtml(description)}</desc>`,
    );
}
