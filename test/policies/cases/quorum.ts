import type { PlannedResource } from "../../../cli/plan/resource.ts";
import { planned, urnOf } from "../planned.ts";
import type { Case } from "./case.ts";

const instance = "aws:ec2/instance:Instance";
const server = "openstack:compute/instance:Instance";
const subnetType = "aws:ec2/subnet:Subnet";
const interfaceType = "aws:ec2/networkInterface:NetworkInterface";
const groupType = "openstack:compute/serverGroup:ServerGroup";

const members = (count: number, role = "galera", type = instance) =>
  Array.from({ length: count }, (_, i) => planned(type, `${role}-${i}`, { tags: { Role: role } }));
const subnets = ["a", "b", "c"].map((zone) => planned(subnetType, zone, { availabilityZone: `eu-central-1${zone}` }));

/** Members of a cluster in the zones of their subnets; the last one has a separate network interface. */
function inZones(...zones: string[]): PlannedResource[] {
  const direct = zones
    .slice(0, -1)
    .map((zone, i) =>
      planned(
        instance,
        `galera-${i}`,
        { tags: { Role: "galera" } },
        { propertyDependencies: { subnetId: [urnOf(subnetType, zone)] } },
      ),
    );
  const last = planned(
    instance,
    `galera-${zones.length - 1}`,
    { tags: { Role: "galera" } },
    { propertyDependencies: { primaryNetworkInterface: [urnOf(interfaceType, "eni")] } },
  );
  const eni = planned(
    interfaceType,
    "eni",
    {},
    { propertyDependencies: { subnetId: [urnOf(subnetType, zones.at(-1)!)] } },
  );
  return [...subnets, ...direct, eni, last];
}

const grouped = (policies: string[], hints: (string | undefined)[]) => [
  planned(groupType, "spread", { policies }),
  ...hints.map((group, i) =>
    planned(
      server,
      `galera-${i}`,
      { metadata: { Role: "galera" }, ...(group && { schedulerHints: [{ group }] }) },
      {
        propertyDependencies: group ? { schedulerHints: [urnOf(groupType, "spread")] } : {},
      },
    ),
  ),
];

/** Two clusters of the same role in separate components. */
function clustered(sizes: number[]): PlannedResource[] {
  return sizes.flatMap((size, cluster) =>
    Array.from({ length: size }, (_, i) => {
      const machine = planned(
        "paasmas:cloud:Machine",
        `galera-${cluster}-${i}`,
        {},
        { parent: `urn:cluster-${cluster}` },
      );
      return [
        machine,
        planned(server, `galera-${cluster}-${i}-vm`, { metadata: { role: "galera" } }, { parent: machine.urn }),
      ];
    }).flat(),
  );
}

const odd = "allowed: 3, 5 or 7";
const antiAffinity = 'allowed: one server group with the policy "anti-affinity"';

export const cases: Case[] = [
  {
    policy: "quorum-odd-size",
    given: "clusters of four, two and one members",
    resources: [
      ...members(4),
      ...members(2, "etcd"),
      ...members(1, "etcd", "docker:index/container:Container").map((one) => ({
        ...one,
        inputs: {},
        outputs: { labels: [{ label: "Role", value: "etcd" }] },
      })),
    ],
    expected: [
      `galera-0: the galera cluster has 4 members (galera-0, galera-1, galera-2, galera-3); ${odd}`,
      `etcd-0: the etcd cluster has 2 members (etcd-0, etcd-1); ${odd}`,
      `etcd-0: the etcd cluster has 1 member (etcd-0); ${odd}`,
    ],
  },
  {
    policy: "quorum-odd-size",
    given: "two clusters in separate components, with three and two members",
    resources: clustered([3, 2]),
    expected: [`galera-1-0-vm: the galera cluster has 2 members (galera-1-0-vm, galera-1-1-vm); ${odd}`],
  },
  {
    policy: "quorum-odd-size",
    given: "three members, five members, and roles without a quorum",
    resources: [...members(3), ...members(5, "etcd"), ...members(2, "haproxy")],
    expected: [],
  },
  {
    policy: "quorum-odd-size",
    given: "a role from the configuration",
    resources: members(2, "consul"),
    config: { "quorum-odd-size": { roles: ["consul"] } },
    expected: [`consul-0: the consul cluster has 2 members (consul-0, consul-1); ${odd}`],
  },
  {
    policy: "quorum-spread",
    given: "two of three members in one zone",
    resources: inZones("a", "b", "b"),
    expected: [
      "galera-0: the galera cluster has 2 of 3 members in eu-central-1b; allowed: fewer than half in one zone",
    ],
  },
  {
    policy: "quorum-spread",
    given: "three zones, also with two members in each of two zones",
    resources: [...inZones("a", "b", "c")],
    expected: [],
  },
  {
    policy: "quorum-spread",
    given: "five members in three zones",
    resources: inZones("a", "b", "c", "a", "b"),
    expected: [],
  },
  {
    policy: "quorum-spread",
    given: "a member without a server group",
    resources: grouped(["anti-affinity"], ["g", "g", undefined]),
    expected: [`galera-0: the galera cluster has members without a server group (galera-2); ${antiAffinity}`],
  },
  {
    policy: "quorum-spread",
    given: "two server groups",
    resources: grouped(["anti-affinity"], ["g", "g", "h"]),
    expected: [`galera-0: the galera cluster has members in different server groups; ${antiAffinity}`],
  },
  {
    policy: "quorum-spread",
    given: "a server group with soft anti-affinity",
    resources: grouped(["soft-anti-affinity"], ["g", "g", "g"]),
    expected: [`galera-0: the galera cluster is in spread with soft-anti-affinity; ${antiAffinity}`],
  },
  {
    policy: "quorum-spread",
    given: "one server group with anti-affinity",
    resources: grouped(["anti-affinity"], ["g", "g", "g"]),
    expected: [],
  },
];
