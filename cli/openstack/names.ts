import { formatValue } from "../../components/internal/format-value.ts";
import { suggestName } from "../../components/internal/suggest-name.ts";
import type { StagingEnvironment } from "../../stacks/environment.ts";
import type { PlannedResource } from "../plan/resource.ts";
import { ApiError, type Openstack, type Service } from "./api.ts";

/** What the checks read. */
interface Given {
  cloud: Openstack;
  environment: StagingEnvironment;
  /** The planned resources. */
  resources: readonly PlannedResource[];
}

/** Lines of the form `openstack.imageName: "fcos" is not ...; use ...`. */
type Check = (given: Given) => Promise<string[]>;

/** Each check, with the service that it asks. */
const checks: readonly (readonly [Service, Check])[] = [
  ["image", images],
  ["compute", flavors],
  ["compute", machineZones],
  ["network", externalNetwork],
  ["network", mtu],
  ["volume", volumeTypes],
  ["volume", volumeZones],
  ["objectStore", objectStores],
  ["dns", dnsZones],
];

/** Services that a resource needs, by the module of its type. */
const modules: Record<string, Service> = {
  blockstorage: "volume",
  compute: "compute",
  dns: "dns",
  images: "image",
  loadbalancer: "loadBalancer",
  networking: "network",
  objectstorage: "objectStore",
};

const serviceNames: Record<Service, string> = {
  compute: "Nova (compute)",
  network: "Neutron (network)",
  image: "Glance (image)",
  volume: "Cinder (block-storage or volumev3)",
  loadBalancer: "Octavia (load-balancer)",
  objectStore: "Swift (object-store)",
  dns: "Designate (dns)",
};

/**
 * Compares the settings with the cloud: every name and id that the cloud can confirm, and the services of the plan.
 * @returns a line for each problem, and a line for each request that the cloud refused
 */
export async function settingProblems(given: Given): Promise<{ problems: string[]; unchecked: string[] }> {
  const { cloud, resources } = given;
  const region = regionProblem(given);
  if (region !== undefined) return { problems: [region], unchecked: [] };
  const needed = new Set<Service>(["image", ...resources.flatMap(({ type }) => serviceOf(type) ?? [])]);
  const missing = [...needed].filter((service) => !cloud.has(service));
  const lines = missing.map(
    (service) =>
      `this cloud has no ${serviceNames[service]} in ${cloud.region ?? "its service catalog"}, ` +
      `and the plan needs it for ${users(service, resources)}`,
  );
  const unchecked = new Set<string>();
  const found = checks.map(async ([service, check]) => {
    if (!cloud.has(service)) return [];
    try {
      return await check(given);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      unchecked.add(`not checked, because the cloud refuses it: ${error.message}`);
      return [];
    }
  });
  return { problems: [...lines, ...(await Promise.all(found)).flat()], unchecked: [...unchecked] };
}

function serviceOf(type: string): Service | undefined {
  return modules[/^openstack:(\w+)\//.exec(type)?.[1] ?? ""];
}

function users(service: Service, resources: readonly PlannedResource[]): string {
  return resources.find(({ type }) => serviceOf(type) === service)?.name ?? "its machines";
}

function regionProblem({ cloud, environment }: Given): string | undefined {
  const { regions } = cloud;
  const given: [path: string, region: string | undefined][] = [
    ["OS_REGION_NAME", cloud.region],
    ["openstack.region", environment.openstack.region],
  ];
  const wrong = given.find(([, region]) => region !== undefined && !regions.includes(region));
  return wrong && `${wrong[0]}: ${unknown(wrong[1]!, "a region of this cloud", regions)}`;
}

/** `"m1.smal" is not a flavor of this project; did you mean m1.small? It has m1.small, m1.medium`. */
function unknown(given: string, what: string, known: readonly string[]): string {
  const close = suggestName(given, known);
  const shown = known.slice(0, 12);
  const rest = known.length > shown.length ? ` and ${known.length - shown.length} more` : "";
  const list = known.length === 0 ? "there is none" : `there are: ${shown.join(", ")}${rest}`;
  return `${formatValue(given)} is not ${what}; ${close === undefined ? "" : `did you mean ${close}? `}${list}`;
}

interface Image {
  id: string;
  name: string;
  status: string;
  min_disk: number;
  min_ram: number;
}

async function images({ cloud, environment }: Given): Promise<string[]> {
  const image = await givenImage(cloud, environment);
  if (typeof image === "string") return [image];
  const { path, found } = image;
  if (found.status !== "active") return [`${path}: the image is ${found.status}; use an image that is active`];
  const volume = environment.openstack.bootVolume?.sizeGiB;
  if (volume === undefined || volume >= found.min_disk) return [];
  return [`openstack.bootVolume.sizeGiB: ${volume} is smaller than the image's disk; use ${found.min_disk} or more`];
}

/** The image of the machines, or a line with the problem. */
async function givenImage(
  cloud: Openstack,
  { openstack: { imageId, imageName } }: StagingEnvironment,
): Promise<{ path: string; found: Image } | string> {
  const all = () => cloud.list<Image>("image", "/v2/images?limit=500&status=active", "images");
  if (imageId !== undefined) {
    const path = "openstack.imageId";
    const found = await cloud.find<Image>("image", `/v2/images/${imageId}`);
    if (found !== undefined) return { path, found };
    const known = (await all()).map(({ id, name }) => `${id} (${name})`);
    return `${path}: ${unknown(imageId, "the id of an image that this project can use", known)}`;
  }
  const path = "openstack.imageName";
  const name = imageName!;
  const found = await cloud.list<Image>("image", `/v2/images?name=${encodeURIComponent(name)}`, "images");
  if (found.length === 1) return { path, found: found[0]! };
  if (found.length > 1) {
    const ids = found.map(({ id }) => id).join(", ");
    return `${path}: ${formatValue(name)} is the name of ${found.length} images; set openstack.imageId instead: ${ids}`;
  }
  const known = [...new Set((await all()).map((image) => image.name))];
  return `${path}: ${unknown(name, "the name of an image that this project can use", known)}`;
}

export interface Flavor {
  id: string;
  name: string;
  vcpus: number;
  ram: number;
  disk: number;
}

async function flavors({ cloud, environment }: Given): Promise<string[]> {
  const { flavors: chosen, bootVolume } = environment.openstack;
  const [all, image] = await Promise.all([
    flavorsOf(cloud),
    cloud.has("image") ? givenImage(cloud, environment) : "no images",
  ]);
  const names = all.map(({ name }) => name);
  return Object.entries(chosen).flatMap(([size, name]) => {
    if (name === undefined) return [];
    const path = `openstack.flavors.${size}`;
    const flavor = all.find((each) => each.name === name);
    if (flavor === undefined) return [`${path}: ${unknown(name, "a flavor of this project", names)}`];
    const lines: string[] = [];
    if (bootVolume === undefined && flavor.disk === 0) {
      lines.push(
        `${path}: ${formatValue(name)} has no local disk; set openstack.bootVolume.sizeGiB, or use another flavor`,
      );
    }
    if (typeof image === "string") return lines;
    const { min_disk: minDisk, min_ram: minRam } = image.found;
    if (bootVolume === undefined && flavor.disk > 0 && flavor.disk < minDisk)
      lines.push(`${path}: ${formatValue(name)} has a disk of ${flavor.disk} GiB; the image needs ${minDisk} GiB`);
    if (flavor.ram < minRam)
      lines.push(`${path}: ${formatValue(name)} has ${flavor.ram} MiB of memory; the image needs ${minRam} MiB`);
    return lines;
  });
}

export function flavorsOf(cloud: Openstack): Promise<Flavor[]> {
  return cloud.list<Flavor>("compute", "/flavors/detail?is_public=None", "flavors");
}

interface Zone {
  zoneName: string;
  zoneState: { available: boolean };
}

async function zonesOf(cloud: Openstack, service: Service): Promise<string[]> {
  const { availabilityZoneInfo: zones } = await cloud.get<{ availabilityZoneInfo: Zone[] }>(
    service,
    "/os-availability-zone",
  );
  return zones.filter(({ zoneState }) => zoneState.available).map(({ zoneName }) => zoneName);
}

async function machineZones({ cloud, environment }: Given): Promise<string[]> {
  const { zones = [] } = environment.network;
  if (zones.length === 0) return [];
  const known = await zonesOf(cloud, "compute");
  return zones.flatMap((zone, index) =>
    known.includes(zone) ? [] : [`network.zones[${index}]: ${unknown(zone, "an available zone of Nova", known)}`],
  );
}

async function volumeZones({ cloud, environment }: Given): Promise<string[]> {
  const { volumeZone } = environment.openstack;
  const { zones = [] } = environment.network;
  if (volumeZone === undefined && zones.length === 0) return [];
  const known = await zonesOf(cloud, "volume");
  if (volumeZone !== undefined) {
    const what = "an available zone of Cinder";
    return known.includes(volumeZone) ? [] : [`openstack.volumeZone: ${unknown(volumeZone, what, known)}`];
  }
  const foreign = zones.filter((zone) => !known.includes(zone));
  if (foreign.length === 0) return [];
  return [
    `network.zones: Cinder has no zone ${foreign.map((zone) => formatValue(zone)).join(", ")} for the volumes; ` +
      `set openstack.volumeZone to a zone of Cinder: ${known.join(", ")}`,
  ];
}

interface Network {
  id: string;
  name: string;
  "router:external": boolean;
}

async function externalNetwork({ cloud, environment }: Given): Promise<string[]> {
  const id = environment.openstack.externalNetworkId;
  if (id === undefined) return [];
  const network = (await cloud.find<{ network: Network }>("network", `/v2.0/networks/${id}`))?.network;
  if (network?.["router:external"] === true) return [];
  const external = await cloud.list<Network>("network", "/v2.0/networks?router:external=true", "networks");
  const known = external.map((each) => `${each.id} (${each.name})`);
  const what =
    network === undefined ? "the id of a network of this cloud" : `an external network: it is ${network.name}`;
  return [`openstack.externalNetworkId: ${unknown(id, what, known)}`];
}

async function mtu({ cloud, environment }: Given): Promise<string[]> {
  const { mtu: given } = environment.openstack;
  if (given === undefined) return [];
  if ((await cloud.find("network", "/v2.0/extensions/net-mtu-writable")) !== undefined) return [];
  return [`openstack.mtu: ${given} is given, and Neutron has no extension net-mtu-writable; remove the setting`];
}

async function volumeTypes({ cloud, environment }: Given): Promise<string[]> {
  const { volumeType, bootVolume } = environment.openstack;
  const given = Object.entries({
    "openstack.volumeType": volumeType,
    "openstack.bootVolume.volumeType": bootVolume?.volumeType,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (given.length === 0) return [];
  const types = await cloud.list<{ name: string }>("volume", "/types", "volume_types");
  const known = types.map(({ name }) => name);
  return given.flatMap(([path, type]) =>
    known.includes(type) ? [] : [`${path}: ${unknown(type, "a volume type of this project", known)}`],
  );
}

/** Part of Swift's answer to `/info`. Ceph answers with less. */
interface SwiftInfo {
  object_versioning?: object;
  versioned_writes?: { allowed_flags?: string[] };
  tempurl?: { methods?: string[]; allowed_digests?: string[] };
}

async function objectStores({ cloud, environment, resources }: Given): Promise<string[]> {
  const info = await swiftInfo(cloud);
  // Some operators switch it off.
  if (info === undefined) return [];
  const lines: string[] = [];
  const versioned = resources.find(
    ({ type, inputs }) => type === "openstack:objectstorage/container:Container" && inputs.versioning === true,
  );
  if (versioned !== undefined && info.object_versioning === undefined) {
    const given = environment.openstack.objectVersioning === undefined ? "is true by default" : "is true";
    lines.push(
      `openstack.objectVersioning: ${given}, and the object store of this cloud keeps no versions ` +
        `(${versioned.name} needs them); set it to false, and read what then is lost: ` +
        "docs/components/openstack-cloud.md",
    );
  }
  const { methods = [], allowed_digests: digests } = info.tempurl ?? {};
  const needed = ["GET", "HEAD", "PUT"].filter((method) => !methods.includes(method));
  if (needed.length > 0 || (digests !== undefined && !digests.includes("sha256"))) {
    const lacks = needed.length > 0 ? `no temporary URLs for ${needed.join(", ")}` : "no temporary URLs with sha256";
    lines.push(`the object store of this cloud has ${lacks}, which every machine needs; ask its operator`);
  }
  return lines;
}

async function swiftInfo(cloud: Openstack): Promise<SwiftInfo | undefined> {
  const endpoint = new URL(cloud.endpoint("objectStore"));
  const below = endpoint.pathname.split("/v1")[0]!;
  const paths = new Set([`${below}/info`, "/info"]);
  for (const path of paths) {
    const info = await cloud.openly<SwiftInfo>(new URL(path, endpoint).href);
    if (info !== undefined) return info;
  }
  return undefined;
}

interface DnsZone {
  id: string;
  name: string;
}

async function dnsZones({ cloud, environment, resources }: Given): Promise<string[]> {
  const zones = zoneSettings(environment);
  if (zones.length === 0) return [];
  const known = await cloud.list<DnsZone>("dns", "/v2/zones", "zones");
  return zones.flatMap(([path, id]) => {
    const zone = known.find((each) => each.id === id);
    if (zone === undefined) {
      const names = known.map((each) => `${each.id} (${each.name})`);
      return [`${path}: ${unknown(id, "the id of a zone of this project", names)}`];
    }
    const records = resources.filter(
      ({ type, inputs }) => type === "openstack:dns/recordSet:RecordSet" && inputs.zoneId === id,
    );
    const outside = records
      .map(({ inputs }) => String(inputs.name))
      .filter((name) => !`.${name}`.endsWith(`.${zone.name}`));
    if (outside.length === 0) return [];
    return [`${path}: ${formatValue(id)} is the zone ${zone.name}, which cannot contain ${outside.join(", ")}`];
  });
}

/** The zones of Designate in the settings, with their paths. */
function zoneSettings({ deployHook, jenkins, paas }: StagingEnvironment): [path: string, id: string][] {
  const all: [string, string | undefined][] = [
    ["deployHook.publicEndpoint.dns.zoneId", deployHook?.publicEndpoint?.dns?.zoneId],
    ["jenkins.publicEndpoint.dns.zoneId", jenkins?.publicEndpoint?.dns?.zoneId],
    ["paas.dns.zoneId", paas?.dns?.zoneId],
  ];
  return all.filter((entry): entry is [string, string] => entry[1] !== undefined);
}
