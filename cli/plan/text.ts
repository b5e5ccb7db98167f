import { createColors } from "picocolors";
import { costOf } from "./aws/cost.ts";
import { quotasOf } from "./aws/quotas.ts";
import { costLines, monthly, pricesOf, quotaLines } from "./aws/text.ts";
import { headline, type Machine, type Model, modelOf } from "./model.ts";
import { count, nameOf, packageOf, shortType, span, thousands } from "./names.ts";
import type { PolicyResult, Violation } from "./policies.ts";
import type { PlannedEnvironment } from "./saved.ts";
import { table, width, wrap } from "./table.ts";
import { type Branch, treeOf } from "./tree.ts";
import { addressOf, bytes, cloudSummary, delivered, formatRange, isAnywhere, openTo } from "./format.ts";

export interface TextOptions {
  /** Default: false. */
  color?: boolean;
  /** Every resource by name instead of groups. Default: false. */
  verbose?: boolean;
}

/** Widest line. */
const columns = 100;

type Colors = ReturnType<typeof createColors>;

/** The plan of one environment for a terminal, the most important part first. */
export function planText(plan: PlannedEnvironment, options: TextOptions = {}): string {
  const colors = createColors(options.color ?? false);
  const model = modelOf(plan.resources);
  const sections = [
    title(plan, model, colors),
    policySection(plan.policies, colors),
    missingSettingsSection(plan, colors),
    machineSection(model, colors),
    loadBalancerSection(model, colors),
    firewallRuleSection(model, colors),
    registrySection(model, colors),
    statefulSection(model, colors),
    costSection(plan, colors),
    quotaSection(plan, colors),
    treeSection(plan, colors, options.verbose ?? false),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

/** The summary of all environments, last on the screen. */
export function closingText(
  plans: readonly PlannedEnvironment[],
  dir: string | undefined,
  options: TextOptions = {},
): string {
  const colors = createColors(options.color ?? false);
  const rows = plans.map((plan) => {
    const broken = plan.policies
      .flatMap((result) => result.violations)
      .filter(({ level }) => level === "mandatory").length;
    const missing = plan.missingSettings.length;
    const cost = costOf(plan.resources);
    return [
      colors.bold(plan.environment),
      headline(modelOf(plan.resources), plan.resources),
      broken > 0 ? colors.red(`✗ ${count(broken, "mandatory violation")}`) : colors.green("✓ policies hold"),
      missing > 0 ? `${count(missing, "setting")} missing` : "ready for up",
      cost === undefined ? "" : monthly(cost),
    ];
  });
  const written =
    dir === undefined
      ? []
      : [`Written: ${dir}/index.html and ${plans.map(({ environment }) => `${environment}.json`).join(", ")}`];
  return `${["─".repeat(columns), ...table(rows, { indent: "" }), ...written].join("\n")}\n`;
}

function title(plan: PlannedEnvironment, model: Model, colors: Colors): string[] {
  const head = `${plan.environment} `;
  const tail = ` ${headline(model, plan.resources)}`;
  const rule = "─".repeat(Math.max(3, columns - head.length - tail.length));
  const clouds = cloudSummary(model.clouds).map((phrase) => `  ${phrase}`);
  return [`${colors.bold(colors.cyan(head))}${colors.dim(rule)}${tail}`, ...clouds];
}

function heading(text: string, aside: string, colors: Colors): string {
  return `  ${colors.bold(text)}${aside === "" ? "" : colors.dim(`  ${aside}`)}`;
}

function policySection(results: readonly PolicyResult[], colors: Colors): string[] {
  if (results.length === 0) return [];
  const violations = results.flatMap((result) => result.violations);
  const broken = violations.filter((violation) => violation.level === "mandatory");
  const advice = violations.filter((violation) => violation.level === "advisory");
  const applied = results.filter((result) => result.resources > 0);
  const held = applied.filter((result) => result.violations.length === 0).length;
  const aside = `${count(applied.length, "policy applies", "policies apply")}, ${held} hold`;
  const verdict =
    broken.length > 0
      ? colors.red(`✗ ${count(broken.length, "mandatory violation")}`)
      : colors.green("✓ no mandatory violation");
  const tail = advice.length > 0 ? `, ${colors.yellow(count(advice.length, "advisory note"))}` : "";
  return [
    heading("Policies", aside, colors),
    `    ${verdict}${tail}`,
    ...grouped(broken).flatMap((group) => violationLines(group, colors.red("✗"))),
    ...grouped(advice).flatMap((group) => violationLines(group, colors.yellow("·"))),
  ];
}

/** Groups violations with the same message, or the same reason of an exemption, to print it once. */
function grouped(violations: readonly Violation[]): Violation[][] {
  return [
    ...Map.groupBy(
      violations,
      (violation) => `${violation.policy} ${exemption(violation) ?? generic(violation)}`,
    ).values(),
  ];
}

function generic({ message, urn }: Violation): string {
  return urn === undefined ? message : message.replaceAll(nameOf(urn), "…");
}

/** Reason of an exemption, if the violation is exempted. */
function exemption({ message }: Violation): string | undefined {
  return /^exempted \((.*?)\): /.exec(message)?.[1];
}

function violationLines(group: readonly Violation[], mark: string): string[] {
  const [first] = group;
  if (first === undefined) return [];
  const names = [...new Set(group.flatMap(({ urn }) => (urn === undefined ? [] : [nameOf(urn)])))];
  const about = names.length > 0 ? ` on ${span(names)}` : "";
  const reason = exemption(first);
  const message = reason !== undefined ? `exempted: ${reason}` : names.length > 1 ? generic(first) : first.message;
  return [`    ${mark} ${first.policy}${about}`, ...wrap(message, columns, "      ")];
}

function missingSettingsSection(plan: PlannedEnvironment, colors: Colors): string[] {
  const missing = plan.missingSettings;
  if (missing.length === 0) return [];
  const widest = Math.max(...missing.map(({ key }) => key.length));
  const lines = missing.flatMap(({ key, why, command }) => [
    ...wrap(why, columns, `    ${key.padEnd(widest)}  `, " ".repeat(widest + 6)),
    `${" ".repeat(widest + 6)}${colors.dim(command)}`,
  ]);
  return [heading("Required settings before up", "", colors), ...lines];
}

/** One table for each cloud. */
function machineSection({ clouds, machines }: Model, colors: Colors): string[] {
  if (clouds.length <= 1) return machineTable("", machines, colors);
  return clouds.flatMap(({ name, cidr }, i) => {
    const lines = machineTable(
      `in ${name}, ${cidr}`,
      machines.filter(({ cloud }) => cloud === name),
      colors,
    );
    return i === 0 || lines.length === 0 ? lines : ["", ...lines];
  });
}

function machineTable(aside: string, machines: readonly Machine[], colors: Colors): string[] {
  if (machines.length === 0) return [];
  const header = ["machine", "role", "address", "zone", "size", "data", "Ignition", "delivered"].map(colors.dim);
  const rows = machines.map((machine) => [
    machine.name,
    machine.role,
    machine.address,
    machine.zone,
    machine.size === machine.type ? machine.size : `${machine.size}, ${machine.type}`,
    machine.dataVolumeGiB === undefined ? "" : `${machine.dataVolumeGiB} GiB`,
    bytes(machine.ignitionBytes),
    delivered(machine),
  ]);
  return [heading("Machines", aside, colors), ...table([header, ...rows], { indent: "    ", right: [5, 6] })];
}

function loadBalancerSection(model: Model, colors: Colors): string[] {
  if (model.loadBalancers.length === 0) return [];
  const header = ["name", "address", "port", "to", "open to", "for"].map(colors.dim);
  const rows = model.loadBalancers.flatMap((balancer) =>
    balancer.ports.map((port, i) => [
      i === 0 ? balancer.name : "",
      i === 0 ? addressOf(balancer) : "",
      `${port.port}`,
      `${span(balancer.targets)}:${port.targetPort}`,
      i === 0 ? (balancer.scheme === "public" ? colors.red : String)(openTo(balancer)) : "",
      port.description,
    ]),
  );
  return [heading("Load balancers", "", colors), ...table([header, ...rows], { indent: "    ", right: [2] })];
}

function firewallRuleSection(model: Model, colors: Colors): string[] {
  if (model.firewallRules.length === 0) return [];
  const header = ["into", "from", "ports", "for"].map(colors.dim);
  const rows = model.firewallRules.map((rule, i) => [
    model.firewallRules[i - 1]?.to === rule.to ? "" : rule.to,
    isAnywhere(rule.from) ? colors.red(formatRange(rule.from)) : formatRange(rule.from),
    rule.ports.join(", "),
    rule.descriptions.join("; "),
  ]);
  return [
    heading("Firewall rules", "everything else is closed", colors),
    ...table([header, ...rows], { indent: "    " }).map(cut),
  ];
}

function cut(line: string): string {
  return line.length > columns && !line.includes("\u001b") ? `${line.slice(0, columns - 1)}…` : line;
}

function registrySection(model: Model, colors: Colors): string[] {
  if (model.registries.length === 0) return [];
  const lines = model.registries.flatMap(({ name, kind, repositories, push, pull }) => {
    const facts = {
      on: kind === "ecr" ? "ECR" : "a machine",
      repositories: repositories.join(", "),
      push: push.join(", "),
      "pull only": pull.join(", "),
    };
    return Object.entries(facts).flatMap(([what, value], i) => {
      const [first, hanging] = [`    ${(i === 0 ? name : "").padEnd(name.length)}  `, " ".repeat(name.length + 20)];
      return wrap(value, columns, `${first}${colors.dim(what.padEnd(12))}  `, hanging);
    });
  });
  return [heading("Image registries", "", colors), ...lines];
}

function statefulSection(model: Model, colors: Colors): string[] {
  if (model.stateful.length === 0) return [];
  const header = ["holds state", "of type", "size", "deletion", "on destroy"].map(colors.dim);
  const rows = model.stateful.map((item) => [
    span(item.names),
    `${item.names.length > 1 ? `${item.names.length} × ` : ""}${packageOf(item.type)} ${shortType(item.type)}`,
    item.what ?? "",
    item.protect ? colors.green("protected") : "allowed",
    item.retained ? colors.green("stays") : "goes",
  ]);
  return [heading("Stateful and protected", "", colors), ...table([header, ...rows], { indent: "    " })];
}

function costSection({ resources }: PlannedEnvironment, colors: Colors): string[] {
  const cost = costOf(resources);
  if (cost === undefined) return [];
  return [heading(`Fixed cost, ${monthly(cost)}`, pricesOf(cost), colors), ...costLines(cost, columns)];
}

function quotaSection({ resources }: PlannedEnvironment, colors: Colors): string[] {
  const quotas = quotasOf(resources);
  if (quotas === undefined) return [];
  const aside = `AWS' defaults of ${quotas.date}; other resources of the account count, too`;
  return [heading("Quotas", aside, colors), ...quotaLines(quotas, columns)];
}

function treeSection(plan: PlannedEnvironment, colors: Colors, verbose: boolean): string[] {
  const tree = treeOf(plan.resources);
  const aside = verbose ? "" : "--verbose names every one";
  return [
    heading(`Resources (${thousands(tree.count)})`, aside, colors),
    ...branchLines(tree, "    ", colors, verbose),
  ];
}

function branchLines(branch: Branch, indent: string, colors: Colors, verbose: boolean): string[] {
  const leaves = branch.leaves.map(({ type, names }) => {
    const label = names.length > 1 ? `${names.length} ${shortType(type)}` : shortType(type);
    return verbose ? [`${shortType(type)} ${colors.dim(names.join(", "))}`] : [label];
  });
  const own = verbose ? leaves.flat() : leaves.length > 0 ? [leaves.flat().join(", ")] : [];
  const items: string[][] = [
    ...branch.branches.map((inner) => {
      const times = inner.names.length > 1 ? `${inner.names.length} × ` : "";
      const label = `${times}${colors.bold(shortType(inner.type))} ${span(inner.names)}`;
      const leaf = `: ${inner.leaves.map(({ type, names }) => `${names.length} ${shortType(type)}`).join(", ")}`;
      const simple =
        !verbose && inner.branches.length === 0 && inner.leaves.length > 0 && width(label + leaf) <= columns - 16;
      const content = simple ? colors.dim(leaf) : "";
      const total = inner.count > 1 && content === "" ? colors.dim(` (${thousands(inner.count)})`) : "";
      const below = simple ? [] : branchLines(inner, "", colors, verbose);
      return [`${label}${total}${content}`, ...below];
    }),
    ...own.map((line) => wrap(colors.dim(line), columns - 16)),
  ];
  return items.flatMap(([first, ...rest], i) => {
    const last = i === items.length - 1;
    return [
      `${indent}${last ? "└─ " : "├─ "}${first}`,
      ...rest.map((line) => `${indent}${last ? "   " : "│  "}${line}`),
    ];
  });
}
