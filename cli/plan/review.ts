import { createColors } from "picocolors";
import { upgradeProblem } from "../../components/kubernetes-cluster/upgrade.ts";
import { costOf } from "./aws/cost.ts";
import { monthly } from "./aws/text.ts";
import { type Change, changesBetween, engineOptions } from "./changes.ts";
import { type Machine, modelOf, type FirewallRule, statefulTypes } from "./model.ts";
import { byNumber, count, nameOf, packageOf, shortType, span } from "./names.ts";
import type { Violation } from "./policies.ts";
import { restarts } from "./replacement.ts";
import type { SavedPlan, SavedResource } from "./saved.ts";
import { wrap } from "./table.ts";
import { formatRange } from "./format.ts";

/** The part of a resource that a review reads: of a plan, or of the engine's state. */
export type ReviewedResource = Pick<
  SavedResource,
  "urn" | "type" | "name" | "custom" | "parent" | "inputs" | "dependencies" | "protect" | "retainOnDelete"
>;

/** The effects of changes of resources. */
export interface ResourceReview {
  /** Possible data losses, worst first. */
  dataAtRisk: string[];
  /** Replaced and restarted machines in the engine's order; one sentence for each role. */
  rolls: string[];
  /** Machines that are created, removed or changed in place. */
  machines: string[];
  opened: string[];
  closed: string[];
}

/** The differences between a saved plan and a new one of the same environment, for a reviewer. */
export interface Review extends ResourceReview {
  /** Changes that an update refuses, if the saved plan is the current state. */
  refused: string[];
  /** Mandatory and advisory violations that the saved plan does not have. */
  newViolations: string[];
  /** Violations that only the saved plan has. */
  resolved: string[];
  /** Policies with another enforcement level. */
  policies: string[];
  /** Fixed cost of AWS resources before and after, if it changes. */
  cost: string[];
  changes: Change[];
}

/** Types that are a machine, not a part of a machine. */
const computers = new Set([
  "aws:ec2/instance:Instance",
  "openstack:compute/instance:Instance",
  "docker:index/container:Container",
]);

export function reviewOf(before: SavedPlan, after: SavedPlan): Review {
  const changes = changesBetween(before, after);
  return {
    refused: refusedUpgrades(before, after),
    ...resourceReview(before.resources, after.resources, changes),
    newViolations: violations(after, before),
    resolved: violations(before, after),
    policies: policyLevels(before, after),
    cost: costChange(before, after),
    changes,
  };
}

/** The effects of changes: of those between two plans, or of those that the engine plans. */
export function resourceReview(
  before: readonly ReviewedResource[],
  after: readonly ReviewedResource[],
  changes: readonly Change<ReviewedResource>[],
): ResourceReview {
  const [was, is] = [modelOf(before), modelOf(after)];
  return {
    dataAtRisk: [...dataAtRisk(changes, before), ...unprotected(changes)],
    ...machineChanges(was.machines, is.machines, changes, after),
    opened: firewallRules(is.firewallRules, was.firewallRules),
    closed: firewallRules(was.firewallRules, is.firewallRules),
  };
}

/** Both sums use today's table: a saved plan does not keep old prices. */
function costChange(before: SavedPlan, after: SavedPlan): string[] {
  const [was, is] = [costOf(before.resources), costOf(after.resources)].map((cost) =>
    monthly(cost ?? { monthlyUsd: 0, withoutPrice: [] }),
  ) as [string, string];
  return was === is ? [] : [`${was} → ${is}`];
}

/** Compares the versions of clusters. An update compares with the state; the saved plan takes its place here. */
function refusedUpgrades(before: SavedPlan, after: SavedPlan): string[] {
  return after.resources.flatMap(({ type, urn, name, inputs }) => {
    const was =
      type === "paasmas:index:KubernetesCluster"
        ? before.resources.find((resource) => resource.urn === urn)
        : undefined;
    const problem =
      was && upgradeProblem({ version: String(was.inputs.version), complete: true }, String(inputs.version));
    return problem === undefined ? [] : [`${name}.version: ${problem}`];
  });
}

function dataAtRisk(changes: readonly Change<ReviewedResource>[], before: readonly ReviewedResource[]): string[] {
  const old = new Map(before.map((resource) => [resource.urn, resource]));
  const risky = changes.filter(
    ({ action, resource }) => (action === "remove" || action === "replace") && statefulTypes.has(resource.type),
  );
  const fate = ({ resource, action }: Change<ReviewedResource>): Fate => {
    // The engine reads the protection from the state, not from the program.
    const state = old.get(resource.urn) ?? resource;
    if (state.protect)
      return {
        severity: 1,
        words: `protected: up refuses to ${action} protected resources; remove the protection first`,
      };
    const gone = action === "remove" ? "removed" : "replaced";
    if (state.retainOnDelete)
      return { severity: 2, words: `${gone}; the old resource stays in the cloud with its data, no longer managed` };
    return { severity: 0, words: `${gone} together with the data` };
  };
  const groups = Map.groupBy(risky, (change) =>
    [fate(change).severity, change.resource.type, fate(change).words, ...change.reasons].join(" "),
  );
  return [...groups.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => {
      const [first] = group as Group;
      const why = first.reasons.length > 0 ? ` (${first.reasons.join(", ")} changes)` : "";
      return `${phrase(
        first.resource.type,
        group.map(({ resource }) => resource.name),
      )} ${group.length > 1 ? "are" : "is"} ${fate(first).words}${why}`;
    });
}

/** Resources that lose their protection: a later mistake can remove them. */
function unprotected(changes: readonly Change<ReviewedResource>[]): string[] {
  const lost = ({ action, inputs, resource }: Change<ReviewedResource>) =>
    action === "update" ? engineOptions.filter((option) => inputs.includes(option) && !resource[option]) : [];
  const groups = Map.groupBy(
    changes.filter((change) => lost(change).length > 0),
    (change) => [change.resource.type, ...lost(change)].join(" "),
  );
  return [...groups.values()].map((group) => {
    const [first] = group as Group;
    const many = group.length > 1;
    const fates = {
      protect: `no longer protected; a later up can remove ${many ? "them" : "it"}`,
      retainOnDelete: "no longer kept in the cloud after a removal",
    };
    return `${phrase(
      first.resource.type,
      group.map(({ resource }) => resource.name),
    )} ${many ? "are" : "is"} ${lost(first)
      .map((option) => fates[option])
      .join("; ")}`;
  });
}

/** Changes with the same effect. */
type Group = [Change<ReviewedResource>, ...Change<ReviewedResource>[]];

/** Fate of data; severity 0 is the worst. */
interface Fate {
  severity: 0 | 1 | 2;
  words: string;
}

function machineChanges(
  was: Machine[],
  is: Machine[],
  changes: readonly Change<ReviewedResource>[],
  after: readonly ReviewedResource[],
) {
  const [old, fresh] = [new Map(was.map((m) => [m.urn, m])), new Map(is.map((m) => [m.urn, m]))];
  const [replaced, restarted] = [new Map<string, ReviewedResource>(), new Map<string, ReviewedResource>()];
  for (const { action, resource, inputs } of changes) {
    const machine = computers.has(resource.type) ? fresh.get(resource.parent ?? "") : undefined;
    if (machine === undefined) continue;
    if (action === "replace") replaced.set(machine.urn, resource);
    else if (action === "update" && restarts(resource.type, inputs)) restarted.set(machine.urn, resource);
  }
  const machines: string[] = [];
  const say = (verb: string, group: Machine[]) => {
    for (const [role, some] of Map.groupBy(group, (machine) => machine.role)) {
      const predicate = some.length > 1 ? verb.replace(/^is /, "are ") : verb;
      machines.push(`${span(some.map(({ name }) => name))} (${role}) ${predicate}`);
    }
  };
  say(
    "is created",
    is.filter((machine) => !old.has(machine.urn)),
  );
  say(
    "is removed",
    was.filter((machine) => !fresh.has(machine.urn)),
  );
  const inPlace = is.filter(
    (machine) =>
      old.has(machine.urn) &&
      !replaced.has(machine.urn) &&
      !restarted.has(machine.urn) &&
      differences(old.get(machine.urn), machine).length > 0,
  );
  const difference = (machine: Machine) => differences(old.get(machine.urn), machine).join(", ");
  for (const [changed, some] of Map.groupBy(inPlace, difference)) {
    say(`is changed in place: ${changed}`, some);
  }
  const rolling = (some: Map<string, ReviewedResource>): Roll[] =>
    [...some].map(([urn, resource]) => ({ before: old.get(urn), now: fresh.get(urn)!, resource }));
  return {
    rolls: [...rollsOf(rolling(replaced), after), ...rollsOf(rolling(restarted), after, ", restarted in place")],
    machines,
  };
}

interface Roll {
  before?: Machine;
  now: Machine;
  resource: ReviewedResource;
}

/** @param fate What happens to the machines, if they are not replaced. */
function rollsOf(rolls: Roll[], after: readonly ReviewedResource[], fate = ""): string[] {
  const waitsFor = ancestry(after);
  const rank = new Map(
    rolls.map((roll) => [
      roll,
      rolls.filter((other) => other !== roll && waitsFor(roll.resource.urn, other.resource.urn)).length,
    ]),
  );
  const inOrder = rolls.toSorted((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0) || byNumber(a.now.name, b.now.name));
  return [...Map.groupBy(inOrder, ({ now }) => now.role)].map(([role, group]) => {
    const names = group.map(({ now }) => now.name);
    const chained = group.every((roll, i) => i === 0 || waitsFor(roll.resource.urn, group[i - 1]!.resource.urn));
    const reasons = [...new Set(group.flatMap((roll) => differences(roll.before, roll.now)))];
    const why = reasons.length > 0 ? reasons.join(", ") : "its image or other inputs change";
    const how =
      names.length === 1
        ? ""
        : chained
          ? ", one at a time, each after the previous one is healthy"
          : ", all at the same time";
    return `${names.join(chained ? " → " : ", ")} (${role}): ${why}${fate}${how}`;
  });
}

/** Whether a resource waits for another one, directly or through others. Children of a component wait with it. */
function ancestry(resources: readonly ReviewedResource[]): (urn: string, other: string) => boolean {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const known = new Map<string, Set<string>>();
  const all = (urn: string): Set<string> => {
    let found = known.get(urn);
    if (found === undefined) {
      found = new Set();
      known.set(urn, found);
      const resource = byUrn.get(urn);
      for (const next of [...(resource?.dependencies ?? []), ...(resource?.parent ? [resource.parent] : [])]) {
        found.add(next);
        for (const further of all(next)) found.add(further);
      }
    }
    return found;
  };
  return (urn, other) => all(urn).has(other);
}

/** The differences between two versions of a machine, as phrases. */
function differences(was: Machine | undefined, is: Machine): string[] {
  if (was === undefined) return [];
  const words: string[] = [];
  if (was.ignitionSha512 !== is.ignitionSha512) words.push("new Ignition config");
  const changed = (key: "type" | "address" | "zone" | "dataVolumeGiB" | "delivery", label: string, unit = "") => {
    if (was[key] !== is[key]) words.push(`${label} ${was[key] ?? "none"} → ${is[key] ?? "none"}${unit}`);
  };
  changed("type", "size");
  changed("address", "address");
  changed("zone", "zone");
  changed("dataVolumeGiB", "data volume", " GiB");
  changed("delivery", "config delivered by");
  return words;
}

/** Firewall rules of one plan that the other plan does not have. */
function firewallRules(some: readonly FirewallRule[], others: readonly FirewallRule[]): string[] {
  return some.flatMap((opening) => {
    const other = others.find(({ to, from }) => to === opening.to && from === opening.from);
    const ports = opening.ports.filter((port) => !other?.ports.includes(port));
    return ports.length > 0
      ? [`${opening.to} from ${formatRange(opening.from)}: ${ports.join(", ")} (${opening.descriptions.join("; ")})`]
      : [];
  });
}

function violations(some: SavedPlan, others: SavedPlan): string[] {
  const all = (plan: SavedPlan) => plan.policies.flatMap((result) => result.violations);
  const key = ({ policy, urn, message }: Violation) => `${policy} ${urn} ${message}`;
  const known = new Set(all(others).map(key));
  return all(some)
    .filter((violation) => !known.has(key(violation)))
    .map(
      ({ policy, level, urn, message }) =>
        `${policy} (${level})${urn === undefined ? "" : ` on ${nameOf(urn)}`}: ${message}`,
    );
}

/** `aws-imdsv2, aws-fixed-image: mandatory → disabled`. */
function policyLevels(before: SavedPlan, after: SavedPlan): string[] {
  const levels = ({ policies }: SavedPlan) => new Map(policies.map(({ name, level }) => [name, level]));
  const [was, is] = [levels(before), levels(after)];
  const changed = [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name));
  const groups = Map.groupBy(changed, (name) => `${was.get(name) ?? "not there"} → ${is.get(name) ?? "not there"}`);
  return [...groups].map(
    ([change, names]) => `${names.length > 1 ? `${names.length} policies, ` : ""}${span(names)}: ${change}`,
  );
}

/** `galera-0-data … galera-2-data (3 × aws Volume)`. */
export function phrase(type: string, names: readonly string[]): string {
  return `${span(names)} (${names.length > 1 ? `${names.length} × ` : ""}${packageOf(type)} ${shortType(type)})`;
}

/** The review for a terminal, sorted by risk. */
export function changesText(
  before: SavedPlan,
  after: SavedPlan,
  options: { color?: boolean; verbose?: boolean; since: string },
): string {
  const colors = createColors(options.color ?? false);
  const review = reviewOf(before, after);
  const tally = Map.groupBy(review.changes, ({ action }) => action);
  const number = (action: Change["action"]) => tally.get(action)?.length ?? 0;
  const lines = [`${colors.bold(colors.cyan(after.environment))} since ${options.since}`];
  const section = (title: string, items: readonly string[], mark: string) => {
    if (items.length === 0) return;
    lines.push("", `  ${colors.bold(title)}`, ...items.flatMap((item) => wrap(item, 100, `    ${mark} `, "      ")));
  };
  section("Up refuses", review.refused, colors.red("✗"));
  section("Data at risk", review.dataAtRisk, colors.red("!"));
  section("New policy violations", review.newViolations, colors.red("✗"));
  section("Policies with another level", review.policies, colors.yellow("~"));
  section("Machines roll", review.rolls, colors.yellow("±"));
  section("Machines", review.machines, colors.yellow("~"));
  section("Firewall opened", review.opened, colors.yellow("+"));
  section("Firewall closed", review.closed, colors.green("-"));
  section("Fixed cost", review.cost, colors.yellow("~"));
  section("Policy violations resolved", review.resolved, colors.green("✓"));
  if (review.changes.length === 0 && lines.length === 1) return `${lines[0]}: nothing changes.\n`;
  const marks = {
    create: colors.green("+"),
    replace: colors.yellow("±"),
    update: colors.yellow("~"),
    remove: colors.red("-"),
  } as const;
  const verbs = { create: "created", replace: "replaced", update: "changed in place", remove: "removed" } as const;
  const actions = ["replace", "remove", "update", "create"] as const;
  lines.push(
    "",
    `  ${colors.bold("Resources")}  ${colors.dim(
      actions
        .filter(number)
        .map((action) => `${number(action)} ${verbs[action]}`)
        .join(", ") || "none change",
    )}`,
  );
  for (const action of actions) {
    const groups = Map.groupBy(
      tally.get(action) ?? [],
      ({ resource, inputs }) => `${resource.type} ${inputs.join(", ")}`,
    );
    for (const group of groups.values()) {
      const [first] = group as [Change, ...Change[]];
      const names = group.map(({ resource }) => resource.name);
      const inputs = first.inputs.length > 0 ? `: ${first.inputs.join(", ")}` : "";
      const label = options.verbose
        ? `${packageOf(first.resource.type)} ${shortType(first.resource.type)} ${names.join(", ")}`
        : phrase(first.resource.type, names);
      lines.push(...wrap(`${label}${inputs}`, 100, `    ${marks[action]} `, "      "));
    }
  }
  lines.push(
    "",
    `  ${count(review.changes.length, "resource")} of ${after.resources.filter(({ custom }) => custom).length} change.`,
  );
  return `${lines.join("\n")}\n`;
}
