import type * as pulumi from "@pulumi/pulumi";
import { contains } from "../../components/cloud/addresses.ts";
import {
  type CloudFacts,
  factTypes,
  registryTypes,
  type FirewallFacts,
  type FirewallRuleFacts,
  type LoadBalancerFacts,
  type MachineFacts,
  type ObjectStoreFacts,
  type RegistryFacts,
} from "../../components/cloud/facts.ts";
import { byNumber, count } from "./names.ts";
import type { TreeResource } from "./tree.ts";

/** The part of a planned or saved resource that the model reads. */
export interface ModelResource extends TreeResource {
  inputs: Record<string, unknown>;
  protect: boolean;
  retainOnDelete: boolean;
}

type Fact<Facts> = pulumi.Unwrap<Facts> & { name: string; urn: string };
/** Facts with the name of their cloud. */
type InCloud<Facts> = Fact<Facts> & { cloud: string };
export type Cloud = Fact<CloudFacts>;
export type Machine = InCloud<MachineFacts>;
type Firewall = InCloud<FirewallFacts>;
export type LoadBalancer = InCloud<LoadBalancerFacts>;
type ObjectStore = InCloud<ObjectStoreFacts>;
type Registry = Fact<RegistryFacts>;

/** All firewall rules between two sides. */
export interface FirewallRule {
  /** Name of the firewall that allows the traffic. */
  to: string;
  /** Name of a firewall, or an address range. */
  from: string;
  /** Sorted: `3306`, `4567-4568`, `123/udp`. */
  ports: string[];
  descriptions: string[];
}

/** Resources with data or protection that have the same values in every column. */
interface Stateful {
  type: string;
  names: string[];
  /** Total size, or size of each. */
  what?: string;
  /** The engine refuses to delete it. */
  protect: boolean;
  /** It stays in the cloud when the stack is destroyed. */
  retained: boolean;
}

/** Contents of an environment, read from the facts that its components register. */
export interface Model {
  /** Sorted by number of machines, largest first. */
  clouds: Cloud[];
  /** Sorted by role, then by name. */
  machines: Machine[];
  firewalls: Firewall[];
  firewallRules: FirewallRule[];
  loadBalancers: LoadBalancer[];
  objectStores: ObjectStore[];
  registries: Registry[];
  stateful: Stateful[];
}

/** Resource types with data that the program cannot create again. */
export const statefulTypes: ReadonlySet<string> = new Set([
  "aws:ebs/volume:Volume",
  "aws:ecr/repository:Repository",
  "aws:s3/bucket:Bucket",
  "aws:s3/bucketV2:BucketV2",
  "docker:index/volume:Volume",
  "openstack:blockstorage/volume:Volume",
  "openstack:blockstorage/volumeV3:VolumeV3",
  "openstack:objectstorage/container:Container",
]);

export function modelOf(resources: readonly ModelResource[]): Model {
  const facts = <F>(type: string): Fact<F>[] =>
    resources
      .filter((resource) => resource.type === type)
      .map(({ name, urn, inputs }) => ({ ...inputs, name, urn }) as Fact<F>)
      .sort((a, b) => byNumber(a.name, b.name));
  const clouds = facts<CloudFacts>(factTypes.cloud);
  const above = cloudAbove(resources);
  const only = clouds[0]?.name ?? "";
  const machines = facts<MachineFacts>(factTypes.machine).map((machine): Machine => {
    const cloud = clouds.find(({ cidr }) => contains(cidr, `${machine.address}/32`));
    return { ...machine, cloud: cloud?.name ?? only };
  });
  const loadBalancers = facts<LoadBalancerFacts>(factTypes.loadBalancer).map((balancer): LoadBalancer => {
    const target = machines.find(({ name }) => balancer.targets.includes(name));
    return { ...balancer, cloud: target?.cloud ?? only };
  });
  const firewalls = facts<FirewallFacts>(factTypes.firewall).map((firewall): Firewall => {
    const behind = machines.find((machine) => machine.firewall === firewall.name);
    const balancer = loadBalancers.find(({ name }) => name === firewall.name);
    return { ...firewall, cloud: (behind ?? balancer)?.cloud ?? above(firewall.urn) ?? only };
  });
  const inIt = ({ name }: Cloud) => machines.filter(({ cloud }) => cloud === name).length;
  return {
    clouds: clouds.sort((a, b) => inIt(b) - inIt(a)),
    machines: machines.sort((a, b) => byNumber(a.role, b.role) || byNumber(a.name, b.name)),
    firewalls,
    firewallRules: firewallRules(facts(factTypes.firewallRule)),
    loadBalancers,
    objectStores: facts<ObjectStoreFacts>(factTypes.objectStore).map((store) => ({
      ...store,
      cloud: above(store.urn) ?? only,
    })),
    registries: Object.values(registryTypes).flatMap((type) => facts<RegistryFacts>(type)),
    stateful: stateful(resources),
  };
}

/** Finds the cloud among the ancestors of a resource, by URN. */
function cloudAbove(resources: readonly ModelResource[]): (urn: string) => string | undefined {
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  const above = (urn: string | undefined): string | undefined => {
    const resource = urn === undefined ? undefined : byUrn.get(urn);
    return resource?.type === factTypes.cloud ? resource.name : resource && above(resource.parent);
  };
  return above;
}

function firewallRules(rules: Fact<FirewallRuleFacts>[]): FirewallRule[] {
  const sides = Map.groupBy(rules, (rule) => `${rule.to} ${rule.from}`);
  return [...sides.values()]
    .map((group) => {
      const [first] = group;
      const sorted = group.toSorted((a, b) => a.fromPort - b.fromPort || a.toPort - b.toPort);
      return {
        to: first?.to ?? "",
        from: first?.from ?? "",
        ports: [...new Set(sorted.map(portsOf))],
        descriptions: [...new Set(sorted.map((rule) => rule.description))],
      };
    })
    .sort((a, b) => byNumber(a.to, b.to) || byNumber(a.from, b.from));
}

/** `3306`, `4567-4568`, `123/udp`. */
function portsOf(rule: { fromPort: number; toPort: number; protocol: string }): string {
  const ports = rule.fromPort === rule.toPort ? `${rule.fromPort}` : `${rule.fromPort}-${rule.toPort}`;
  return rule.protocol === "tcp" ? ports : `${ports}/${rule.protocol}`;
}

function stateful(resources: readonly ModelResource[]): Stateful[] {
  const holding = resources.filter((r) => r.custom && (r.protect || r.retainOnDelete || statefulTypes.has(r.type)));
  const alike = Map.groupBy(holding, (r) => [r.type, r.protect, r.retainOnDelete, series(r.name)].join(" "));
  return [...alike.values()].map((group) => {
    const [first] = group as [ModelResource, ...ModelResource[]];
    const gib = group.map((r) => r.inputs.size).filter((size) => typeof size === "number");
    const each = new Set(gib).size === 1 && gib.length > 1 ? `${gib[0]} GiB each` : undefined;
    return {
      type: first.type,
      names: group.map((r) => r.name).sort(byNumber),
      ...(gib.length > 0 && { what: each ?? `${gib.reduce((sum, size) => sum + size, 0)} GiB` }),
      protect: first.protect,
      retained: first.retainOnDelete,
    };
  });
}

/** The same text for all names of one series: `galera-0-data` and `galera-1-data` give `galera-#-data`. */
function series(name: string): string {
  return name.replace(/\d+/g, "#");
}

/** `8 machines, 142 resources`. */
export function headline(model: Model, resources: readonly unknown[]): string {
  return `${count(model.machines.length, "machine")}, ${count(resources.length, "resource")}`;
}
