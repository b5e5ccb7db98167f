import { committed } from "../../stacks/committed.ts";

export const imageId = "11111111-1111-1111-1111-111111111111";
export const networkId = "22222222-2222-2222-2222-222222222222";
export const zoneId = "33333333-3333-3333-3333-333333333333";

/** The committed staging, with the ids of {@link healthy}. */
export function stagingConfig(openstack: Record<string, unknown> = {}, more: Record<string, unknown> = {}) {
  const config = committed("staging");
  const own = { ...(config["paasmas:openstack"] as object), imageId, externalNetworkId: networkId, volumeType: "lab" };
  const merged = Object.fromEntries(
    Object.entries({ ...own, ...openstack }).filter(([, value]) => value !== undefined),
  );
  const paas = { ...(config["paasmas:paas"] as object), dns: { zoneId } };
  return { ...config, "paasmas:openstack": merged, "paasmas:paas": paas, ...more };
}

const zones = (...names: string[]) => ({
  availabilityZoneInfo: names.map((zoneName) => ({ zoneName, zoneState: { available: true }, hosts: null })),
});

/** Answers of an OpenStack without objects of the stack, in the forms of OpenStack Zed (Debian 12). */
export const healthy: Record<string, unknown> = {
  [`GET /image/v2/images/${imageId}`]: image(),
  "GET /image/v2/images": { images: [image()] },
  "GET /compute/v2.1/flavors/detail": {
    flavors: [flavor("m1.tiny", 1, 512, 1), flavor("m1.small", 1, 2048, 20), flavor("m1.medium", 2, 4096, 40)],
  },
  "GET /compute/v2.1/os-availability-zone": zones("nova"),
  "GET /compute/v2.1/limits": {
    limits: {
      rate: [],
      absolute: {
        maxTotalInstances: -1,
        totalInstancesUsed: 0,
        maxTotalCores: -1,
        totalCoresUsed: 0,
        maxTotalRAMSize: -1,
        totalRAMUsed: 0,
        maxServerGroups: -1,
        totalServerGroupsUsed: 0,
      },
    },
  },
  "GET /compute/v2.1/servers/detail": { servers: [] },
  [`GET /network/v2.0/networks/${networkId}`]: { network: network() },
  "GET /network/v2.0/networks": { networks: [network()] },
  "GET /volume/v3/p1/os-availability-zone": zones("nova"),
  "GET /volume/v3/p1/types": { volume_types: [{ id: "t1", name: "lab", is_public: true }] },
  "GET /volume/v3/p1/limits": {
    limits: {
      rate: [],
      absolute: { maxTotalVolumes: -1, totalVolumesUsed: 0, maxTotalVolumeGigabytes: -1, totalGigabytesUsed: 0 },
    },
  },
  "GET /volume/v3/p1/volumes/detail": { volumes: [] },
  "GET /load-balancer/v2/lbaas/loadbalancers": { loadbalancers: [], loadbalancers_links: [] },
  "GET /dns/v2/zones": { zones: [{ id: zoneId, name: "staging.example.com." }] },
  "GET /swift/info": {
    swift: { version: "2.30.1" },
    tempurl: { methods: ["GET", "HEAD", "PUT", "POST", "DELETE"], allowed_digests: ["sha1", "sha256", "sha512"] },
    versioned_writes: { allowed_flags: ["x-versions-location", "x-history-location"] },
    object_versioning: {},
  },
};

export function image(more: Record<string, unknown> = {}) {
  return { id: imageId, name: "fcos", status: "active", min_disk: 0, min_ram: 0, ...more };
}

export function flavor(name: string, vcpus: number, ram: number, disk: number) {
  return { id: name, name, vcpus, ram, disk, "OS-FLV-EXT-DATA:ephemeral": 0 };
}

function network(more: Record<string, unknown> = {}) {
  return { id: networkId, name: "public", "router:external": true, ...more };
}
