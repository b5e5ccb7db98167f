import type { PlannedResource } from "../plan/resource.ts";
import type { Openstack } from "./api.ts";
import { flavorsOf } from "./names.ts";

/** What a quota limits, as its service reports it. */
interface Quota {
  /** `cores`, for messages. */
  name: string;
  /** Negative: no limit. */
  limit: number;
  used: number;
}

/** What new resources add to each quota. */
type Demand = ReadonlyMap<string, number>;

/**
 * Compares the quotas of the project with what the new resources of the plan need.
 * @param resources Planned resources that are not in the state.
 * @returns a line for each quota that is too small
 */
export async function quotaProblems(cloud: Openstack, resources: readonly PlannedResource[]): Promise<string[]> {
  const demand = await demandOf(cloud, resources);
  if (demand.size === 0) return [];
  const quotas = (await Promise.all([novaQuotas(cloud), cinderQuotas(cloud), neutronQuotas(cloud)])).flat();
  return quotas.flatMap(({ name, limit, used }) => {
    const needed = demand.get(name) ?? 0;
    if (limit < 0 || needed === 0 || used + needed <= limit) return [];
    return [
      `quota of ${name}: ${limit}, of which ${used} are in use; the new resources need ${needed}: ` +
        `ask the operator of the cloud for ${used + needed}, or plan less`,
    ];
  });
}

async function demandOf(cloud: Openstack, resources: readonly PlannedResource[]): Promise<Demand> {
  const demand = new Map<string, number>();
  const add = (name: string, count: number) => demand.set(name, (demand.get(name) ?? 0) + count);
  const instances = resources.filter(({ type }) => type === "openstack:compute/instance:Instance");
  const flavors = instances.length > 0 ? await flavorsOf(cloud) : [];
  for (const { inputs } of instances) {
    const flavor = flavors.find(({ name }) => name === inputs.flavorName);
    add("instances", 1);
    add("cores", flavor?.vcpus ?? 0);
    add("memory in MiB", flavor?.ram ?? 0);
    for (const size of createdVolumes(inputs.blockDevices)) {
      add("volumes", 1);
      add("volume storage in GiB", size);
    }
  }
  for (const { type, inputs } of resources) {
    const neutron = neutronNames[type];
    if (neutron !== undefined) add(neutron, 1);
    if (type === "openstack:compute/serverGroup:ServerGroup") add("server groups", 1);
    if (type !== "openstack:blockstorage/volume:Volume") continue;
    add("volumes", 1);
    add("volume storage in GiB", Number(inputs.size));
  }
  return demand;
}

/** Sizes of the volumes that Nova creates with an instance. */
function createdVolumes(devices: unknown): number[] {
  const all = (devices ?? []) as { sourceType?: string; destinationType?: string; volumeSize?: number }[];
  return all
    .filter(({ sourceType, destinationType }) => sourceType === "image" && destinationType === "volume")
    .map(({ volumeSize = 0 }) => volumeSize);
}

const neutronNames: Record<string, string> = {
  "openstack:networking/floatingIp:FloatingIp": "floating IPs",
  "openstack:networking/network:Network": "networks",
  "openstack:networking/port:Port": "ports",
  "openstack:networking/router:Router": "routers",
  "openstack:networking/secGroup:SecGroup": "security groups",
  "openstack:networking/secGroupRule:SecGroupRule": "security group rules",
  "openstack:networking/subnet:Subnet": "subnets",
};

const neutronKeys: Record<string, string> = {
  floatingip: "floating IPs",
  network: "networks",
  port: "ports",
  router: "routers",
  security_group: "security groups",
  security_group_rule: "security group rules",
  subnet: "subnets",
};

/** The limits of a service. None if the cloud does not show them: then a quota has no limit here. */
async function limitsOf(cloud: Openstack, service: "compute" | "volume"): Promise<Record<string, number>> {
  if (!cloud.has(service)) return {};
  const answer = await cloud.find<{ limits: { absolute: Record<string, number> } }>(service, "/limits");
  return answer?.limits.absolute ?? {};
}

async function novaQuotas(cloud: Openstack): Promise<Quota[]> {
  const absolute = await limitsOf(cloud, "compute");
  return [
    quota("instances", absolute.maxTotalInstances, absolute.totalInstancesUsed),
    quota("cores", absolute.maxTotalCores, absolute.totalCoresUsed),
    quota("memory in MiB", absolute.maxTotalRAMSize, absolute.totalRAMUsed),
    quota("server groups", absolute.maxServerGroups, absolute.totalServerGroupsUsed),
  ];
}

async function cinderQuotas(cloud: Openstack): Promise<Quota[]> {
  const absolute = await limitsOf(cloud, "volume");
  return [
    quota("volumes", absolute.maxTotalVolumes, absolute.totalVolumesUsed),
    quota("volume storage in GiB", absolute.maxTotalVolumeGigabytes, absolute.totalGigabytesUsed),
  ];
}

async function neutronQuotas(cloud: Openstack): Promise<Quota[]> {
  if (!cloud.has("network")) return [];
  type Details = { quota: Record<string, { limit: number; used: number; reserved: number }> };
  const details = await cloud.find<Details>("network", `/v2.0/quotas/${cloud.projectId}/details.json`);
  return Object.entries(neutronKeys).flatMap(([key, name]) => {
    const found = details?.quota[key];
    return found === undefined ? [] : [quota(name, found.limit, found.used + found.reserved)];
  });
}

function quota(name: string, limit = -1, used = 0): Quota {
  return { name, limit, used };
}
