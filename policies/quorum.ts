import { tagOf } from "./exposure.ts";
import { type StackChecked, stackPolicy } from "./policy.ts";
import { at, first, hasUnknown, isUnknown, strings, text, unknown } from "./values.ts";

const awsInstance = "aws:ec2/instance:Instance";
const openstackInstance = "openstack:compute/instance:Instance";
const container = "docker:index/container:Container";

interface Roles {
  roles: string[];
}

const parameters = {
  roles: {
    type: "array" as const,
    description: "Values of the tag Role of machines with a quorum",
    items: { type: "string" as const, minLength: 1 },
    default: ["galera", "etcd"],
  },
};

export const quorumOddSize = stackPolicy<Roles>({
  name: "quorum-odd-size",
  description: "Clusters with a quorum have an odd number of members, at least three.",
  severity: "high",
  remediation: "use 3 or 5 members; one more member adds a machine that can fail, but tolerates no additional failure.",
  appliesTo: [awsInstance, openstackInstance, container],
  parameters,
  check(resources, report, { roles }) {
    for (const { role, members } of clusters(resources, roles)) {
      if (members.length >= 3 && members.length % 2 === 1) continue;
      const names = members.map((member) => member.name).join(", ");
      const plural = members.length === 1 ? "member" : "members";
      report(members[0]!, {
        given: `the ${role} cluster has ${members.length} ${plural} (${names})`,
        allowed: "3, 5 or 7",
      });
    }
  },
});

export const quorumSpread = stackPolicy<Roles>({
  name: "quorum-spread",
  description: "The failure of one zone or host leaves a majority of the members.",
  severity: "high",
  remediation:
    "AWS: use at least three availability zones. OpenStack: use one server group with anti-affinity for all members.",
  appliesTo: [awsInstance, openstackInstance],
  parameters,
  check(resources, report, { roles }) {
    const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
    for (const { role, members } of clusters(resources, roles)) {
      const problem =
        members[0]!.type === awsInstance ? crowdedZone(members, byUrn) : missingAntiAffinity(members, byUrn);
      if (members[0]!.type !== container && problem) {
        report(members[0]!, { given: `the ${role} cluster ${problem.given}`, allowed: problem.allowed });
      }
    }
  },
});

type Lookup = ReadonlyMap<string, StackChecked>;

/**
 * Machines with the same role and component; without a Machine as parent, machines with the same role in the stack.
 * Not the machines of a component in which the role of a machine is not known yet.
 */
function clusters(resources: readonly StackChecked[], roles: readonly string[]) {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const groups = new Map<string, { role: string; place: string; members: StackChecked[] }>();
  const undecided = new Set<string>();
  for (const resource of resources) {
    if (![awsInstance, openstackInstance, container].includes(resource.type)) continue;
    const role = tagOf(resource.props, "role");
    const machine = byUrn.get(resource.parent ?? "");
    const cluster = machine?.type === "paasmas:cloud:Machine" ? `${machine.parent}` : "";
    const place = `${resource.type} ${cluster}`;
    if (isUnknown(role)) undecided.add(place);
    if (typeof role !== "string" || !roles.includes(role)) continue;
    const key = `${place} ${role}`;
    const group = groups.get(key) ?? { role, place, members: [] };
    group.members.push(resource);
    groups.set(key, group);
  }
  return [...groups.values()].filter(({ place }) => !undecided.has(place));
}

function crowdedZone(members: readonly StackChecked[], byUrn: Lookup) {
  const zones = members.map((member) => zoneOf(member, byUrn));
  if (zones.some((zone) => zone === undefined)) return undefined;
  const crowded = zones.find((zone) => zones.filter((other) => other === zone).length * 2 >= members.length);
  if (crowded === undefined || members.length < 3) return undefined;
  const count = zones.filter((zone) => zone === crowded).length;
  return { given: `has ${count} of ${members.length} members in ${crowded}`, allowed: "fewer than half in one zone" };
}

/** Availability zone of an instance: as given, or that of its subnet or network interface. */
function zoneOf(resource: StackChecked, byUrn: Lookup): string | undefined {
  const own = text(resource.props.availabilityZone);
  if (own !== undefined) return own;
  const sources = ["subnetId", "primaryNetworkInterface", "networkInterfaces"].flatMap(
    (property) => resource.propertyDependencies[property] ?? [],
  );
  for (const urn of sources) {
    const source = byUrn.get(urn);
    const zone = source && zoneOf(source, byUrn);
    if (zone !== undefined) return zone;
  }
  return undefined;
}

function missingAntiAffinity(members: readonly StackChecked[], byUrn: Lookup) {
  const allowed = 'one server group with the policy "anti-affinity"';
  const hints = members.map(groupOf);
  const without = members.filter((_, index) => hints[index] === undefined).map(({ name }) => name);
  if (without.length > 0) return { given: `has members without a server group (${without.join(", ")})`, allowed };
  if (new Set(hints.filter((hint) => !isUnknown(hint))).size > 1)
    return { given: "has members in different server groups", allowed };
  for (const urn of members.flatMap((member) => member.propertyDependencies.schedulerHints ?? [])) {
    const group = byUrn.get(urn);
    if (group?.type !== "openstack:compute/serverGroup:ServerGroup" || hasUnknown(group.props.policies)) continue;
    const policies = strings([group.props.policies].flat());
    if (!policies.includes("anti-affinity"))
      return { given: `is in ${group.name} with ${policies.join(", ") || "no policy"}`, allowed };
  }
  return undefined;
}

/** Server group of a member; unknown if its scheduler hints depend on a resource and do not show a group yet. */
function groupOf({ props: { schedulerHints }, propertyDependencies }: StackChecked): unknown {
  const isGiven = schedulerHints !== undefined && (propertyDependencies.schedulerHints ?? []).length > 0;
  return at(first(schedulerHints), "group") ?? (isGiven ? unknown : undefined);
}
