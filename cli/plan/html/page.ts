import { readFileSync } from "node:fs";
import { headline, type Model, modelOf } from "../model.ts";
import { byNumber, count, nameOf, packageOf, shortType, span, thousands } from "../names.ts";
import type { PolicyResult, Violation } from "../policies.ts";
import type { SavedPlan } from "../saved.ts";
import { type Branch, treeOf } from "../tree.ts";
import { addressOf, bytes, cloudSummary, delivered, formatRange, openTo } from "../format.ts";
import { diagramDot, diagramDescription, escapeHtml, inlineSvg } from "./diagram.ts";
import { Layout } from "./layout.ts";

/** The plan as one HTML file without references to other files, in the reader's colour scheme. */
export class PlanPage {
  readonly #layout = new Layout();
  readonly #plans: SavedPlan[] = [];
  readonly #models: Model[] = [];

  /** Adds an environment. Its diagram is laid out during the evaluation of the next one. */
  add(plan: SavedPlan): void {
    const model = modelOf(plan.resources);
    this.#plans.push(plan);
    this.#models.push(model);
    this.#layout.add(diagramDot(model));
  }

  /** The page. Call it once, after the last environment. */
  async html(): Promise<string> {
    return page(this.#plans, this.#models, await this.#layout.svgs());
  }
}

function page(plans: readonly SavedPlan[], models: readonly Model[], svgs: readonly string[]): string {
  const css = readFileSync(new URL("./page.css", import.meta.url), "utf8");
  const [first] = plans;
  const title = `${first?.project ?? "paasmas"}: the plan`;
  const files = plans.map((plan) => `<code>${escapeHtml(plan.environment)}.json</code>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${css}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="muted">The resources that Pulumi would create in each environment.
Evaluated without a cloud: values from a cloud are placeholders.</p>
<nav aria-label="Environments"><ul class="overview">
${plans.map((plan, i) => overview(plan, models[i]!)).join("\n")}
</ul></nav>
</header>
<main>
${plans.map((plan, i) => environment(plan, models[i]!, svgs[i] ?? "")).join("\n")}
</main>
<footer>Written by <code>paasmas plan</code>. The same plan as data: ${files.join(", ")}.</footer>
</body>
</html>
`;
}

function chips(plan: SavedPlan): string {
  const violations = plan.policies.flatMap((result) => result.violations);
  const broken = violations.filter(({ level }) => level === "mandatory").length;
  const advice = violations.length - broken;
  const missing = plan.missingSettings.length;
  return [
    broken > 0
      ? chip("bad", `✗ ${count(broken, "mandatory violation")}`)
      : plan.policies.length > 0
        ? chip("good", "✓ policies hold")
        : "",
    advice > 0 ? chip("warn", count(advice, "advisory note")) : "",
    missing > 0 ? chip("warn", `${count(missing, "setting")} missing`) : chip("good", "ready for up"),
  ].join("");
}

function chip(kind: string, text: string): string {
  return text === "" ? "" : `<span class="chip ${kind}">${escapeHtml(text)}</span>`;
}

function overview(plan: SavedPlan, model: Model): string {
  const kinds = [...new Set(model.clouds.map((cloud) => cloud.kind))].join(", ");
  const name = escapeHtml(plan.environment);
  const title = `<strong>${name}</strong> <span class="muted">${escapeHtml(kinds)}</span>`;
  const details = `${escapeHtml(headline(model, plan.resources))}<span class="chips">${chips(plan)}</span>`;
  return `<li><a href="#${name}">${title}<br>${details}</a></li>`;
}

function environment(plan: SavedPlan, model: Model, svg: string): string {
  const id = escapeHtml(plan.environment);
  const clouds = cloudSummary(model.clouds);
  const title = `Network connections in ${plan.environment}`;
  const picture = inlineSvg(svg, title, diagramDescription(model), `diagram-${id}`);
  const sections = [
    brokenPolicies(plan.policies),
    missingSettings(plan),
    card(
      "Diagram",
      `<div class="scroll diagram" tabindex="0" role="group" aria-label="${escapeHtml(title)}">${picture}</div>`,
    ),
    machines(model),
    loadBalancers(model),
    firewallRules(model),
    stores(model),
    registries(model),
    stateful(model),
    policies(plan.policies),
    resources(plan),
  ];
  return `<section class="environment" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${id}</h2>
<p class="muted">${escapeHtml(clouds.join("; "))}. ${escapeHtml(headline(model, plan.resources))}.</p>
${sections.filter(Boolean).join("\n")}
</section>`;
}

function card(title: string, content: string): string {
  return `<div class="card"><h3>${escapeHtml(title)}</h3>${content}</div>`;
}

type Cell = string | { text: string; kind: "number" | "fact" | "mark good" | "mark bad" | "what" };

function grid(caption: string, header: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const kind = (cell: Cell) => (typeof cell === "string" ? "" : ` class="${cell.kind}"`);
  const text = (cell: Cell) => escapeHtml(typeof cell === "string" ? cell : cell.text);
  const head = header.map((cell) => `<th scope="col"${kind(cell)}>${text(cell)}</th>`).join("");
  const column = (cell: Cell, i: number) =>
    i === 0 ? `<th scope="row"${kind(cell)}>${text(cell)}</th>` : `<td${kind(cell)}>${text(cell)}</td>`;
  const body = rows.map((row) => `<tr>${row.map(column).join("")}</tr>`).join("");
  const name = escapeHtml(caption);
  const table = `<table><caption>${name}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
  return `<div class="scroll" tabindex="0" role="group" aria-label="${name}">${table}</div>`;
}

const number = (text: string): Cell => ({ text, kind: "number" });
const fact = (text: string): Cell => ({ text, kind: "fact" });

function machines(model: Model): string {
  if (model.machines.length === 0) return "";
  const given = model.machines.some(({ access }) => access !== undefined);
  const apart = model.clouds.length > 1;
  const sorted = model.clouds.flatMap(({ name }) => model.machines.filter(({ cloud }) => cloud === name));
  const rows = (apart ? sorted : model.machines).map((machine): Cell[] => [
    fact(machine.name),
    machine.role,
    ...(apart ? [fact(machine.cloud)] : []),
    fact(machine.address),
    fact(machine.zone),
    fact(machine.size === machine.type ? machine.size : `${machine.size}, ${machine.type}`),
    number(machine.dataVolumeGiB === undefined ? "" : `${machine.dataVolumeGiB} GiB`),
    number(bytes(machine.ignitionBytes)),
    fact(delivered(machine)),
    ...(given ? [(machine.access ?? []).join(", ")] : []),
  ]);
  const header: Cell[] = [
    "machine",
    "role",
    ...(apart ? ["network"] : []),
    ...["address", "zone", "size", number("data"), number("Ignition"), "delivered"],
    ...(given ? ["may"] : []),
  ];
  return card("Machines", grid("Every machine, and the Ignition config that it boots from", header, rows));
}

function loadBalancers(model: Model): string {
  if (model.loadBalancers.length === 0) return "";
  const rows = model.loadBalancers.flatMap((balancer) =>
    balancer.ports.map((port): Cell[] => [
      fact(balancer.name),
      fact(addressOf(balancer)),
      number(`${port.port}`),
      `${span(balancer.targets)}, port ${port.targetPort}`,
      openTo(balancer),
      port.description,
    ]),
  );
  return card(
    "Load balancers",
    grid(
      "Addresses for clients, and the allowed clients",
      ["name", "address", number("port"), "to", "open to", "for"],
      rows,
    ),
  );
}

function firewallRules(model: Model): string {
  if (model.firewallRules.length === 0) return "";
  const rows = model.firewallRules.map(({ to, from, ports, descriptions }): Cell[] => [
    fact(to),
    formatRange(from),
    fact(ports.join(", ")),
    descriptions.join("; "),
  ]);
  return card("Firewall rules", grid("Everything else is closed", ["into", "from", "ports", "for"], rows));
}

function stores(model: Model): string {
  if (model.objectStores.length === 0) return "";
  const rows = model.objectStores.map(({ name, description, purpose }): Cell[] => [fact(name), description, purpose]);
  return card("Object stores", grid("Private, versioned, encrypted", ["name", "holds", "purpose"], rows));
}

function registries(model: Model): string {
  if (model.registries.length === 0) return "";
  const rows = model.registries.map(({ name, kind, repositories, push, pull }): Cell[] => [
    fact(name),
    kind === "ecr" ? "ECR" : "a machine",
    repositories.join(", "),
    push.join(", "),
    pull.join(", "),
  ]);
  return card(
    "Image registries",
    grid(
      "A tag keeps its image, and no client deletes images",
      ["name", "on", "repositories", "push", "pull only"],
      rows,
    ),
  );
}

function stateful(model: Model): string {
  if (model.stateful.length === 0) return "";
  const rows = model.stateful.map(({ names, type, what, protect, retained }): Cell[] => [
    span(names),
    `${names.length > 1 ? `${names.length} × ` : ""}${packageOf(type)} ${shortType(type)}`,
    fact(what ?? ""),
    protect ? { text: "protected", kind: "mark good" } : "allowed",
    retained ? { text: "stays", kind: "mark good" } : "goes",
  ]);
  return card(
    "Stateful and protected",
    grid("Resources with data, and their fate", ["name", "type", "size", "deletion", "on destroy"], rows),
  );
}

function missingSettings(plan: SavedPlan): string {
  if (plan.missingSettings.length === 0) return "";
  const items = plan.missingSettings.map(
    ({ key, why, command }) =>
      `<li><strong>${escapeHtml(key)}</strong>: ${escapeHtml(why)}<pre>${escapeHtml(command)}</pre></li>`,
  );
  return card("Required settings before up", `<ul class="plain">${items.join("")}</ul>`);
}

function brokenPolicies(results: readonly PolicyResult[]): string {
  const violations = results.flatMap((result) => result.violations).sort((a, b) => rank(a) - rank(b));
  if (violations.length === 0) return "";
  const items = violations.map(({ policy, level, urn, message }) => {
    const about = urn === undefined ? level : `${level}, on ${escapeHtml(nameOf(urn))}`;
    const title = `<strong>${escapeHtml(policy)}</strong> <span class="muted">${about}</span>`;
    return `<li class="violation ${level}">${title}<br>${escapeHtml(message)}</li>`;
  });
  const list = `<ul class="plain">${items.join("")}</ul>`;
  const mandatory = violations.filter(({ level }) => level === "mandatory").length;
  if (mandatory > 0) return card("Policy violations", list);
  return card(
    "Policy notes",
    `<details><summary>${count(violations.length, "advisory note")}: exemptions and advice</summary>${list}</details>`,
  );
}

function rank({ level }: Violation): number {
  return level === "mandatory" ? 0 : 1;
}

function policies(results: readonly PolicyResult[]): string {
  if (results.length === 0) return "";
  const rows = results
    .toSorted(
      (a, b) => b.violations.length - a.violations.length || b.resources - a.resources || byNumber(a.name, b.name),
    )
    .map(({ name, description, level, severity, ids, resources, violations }): Cell[] => {
      const broken = violations.filter((violation) => violation.level === "mandatory").length;
      const state: Cell =
        level === "disabled"
          ? "disabled"
          : resources === 0
            ? { text: "no resource to check", kind: "what" }
            : broken > 0
              ? { text: `✗ ${broken}`, kind: "mark bad" }
              : { text: "✓ holds", kind: "mark good" };
      return [name, description, severity, { text: ids.join(", "), kind: "what" }, number(thousands(resources)), state];
    });
  const applied = results.filter(({ resources: n }) => n > 0).length;
  const table = grid(
    "The policy pack over every planned resource",
    ["policy", "says", "severity", "same as", number("resources"), "result"],
    rows,
  );
  const summary = `${count(applied, "policy applies", "policies apply")} of ${results.length}`;
  return card("Policies", `<details><summary>${summary}</summary>${table}</details>`);
}

function resources(plan: SavedPlan): string {
  const tree = treeOf(plan.resources);
  const summary = `${count(tree.count, "resource")} as a tree`;
  return card("Resources", `<details><summary>${summary}</summary><ul class="tree">${branches(tree)}</ul></details>`);
}

function branches(branch: Branch): string {
  const inner = branch.branches.map((below) => {
    const times = below.names.length > 1 ? `${below.names.length} × ` : "";
    const label = `${times}<strong>${escapeHtml(shortType(below.type))}</strong> ${escapeHtml(span(below.names))}`;
    const items = branches(below);
    const total = below.count > 1 ? ` <span class="muted">${thousands(below.count)}</span>` : "";
    return `<li>${label}${total}${items === "" ? "" : `<ul>${items}</ul>`}</li>`;
  });
  const leaves = branch.leaves.map(
    ({ type, names }) => `${names.length > 1 ? `${names.length} ` : ""}${shortType(type)}`,
  );
  return inner.join("") + (leaves.length > 0 ? `<li class="muted">${escapeHtml(leaves.join(", "))}</li>` : "");
}
