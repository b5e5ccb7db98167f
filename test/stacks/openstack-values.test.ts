import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Planned } from "../components/planned.ts";
import { evaluated } from "./evaluated.ts";
import { stagingWithEverything } from "./staging-everything.ts";

type Values = Record<string, unknown>;
interface NodeConfig {
  storage: { files: { path: string; contents: { source: string } }[] };
}
type Allowed = readonly unknown[] | RegExp | ((value: unknown, inputs: Values) => boolean);

/** A value that the provider and the API accept in any form, or that is the id or the output of another resource. */
const any = () => true;
const name = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/;
const description = /^[\x20-\x7e]{1,255}$/;
const text = /^[\x20-\x7e]{0,255}$/;
const ipv4 = /^(\d{1,3}\.){3}\d{1,3}$/;
const cidr = /^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/;
const port = whole(1, 65535);
const milliseconds = whole(0, 24 * 3600 * 1000);
const flag = [true, false];
/** Neutron stores a tag of up to 60 characters. Its API separates tags by commas, and addresses them in a path. */
const tag = /^[^,/]{1,60}$/;

/**
 * Allowed values of each planned property, from the doc comments of `@pulumi/openstack` and the APIs behind them. Only
 * the provider checks these values, in the middle of an update. A planned property without an entry fails the test.
 */
const properties: Record<string, Record<string, Allowed>> = {
  "openstack:blockstorage/volume:Volume": {
    availabilityZone: name,
    description,
    enableOnlineResize: flag,
    "metadata.*": text,
    name,
    size: whole(1, 65536),
    volumeType: name,
  },
  "openstack:compute/instance:Instance": {
    availabilityZone: name,
    "blockDevices[].bootIndex": [-1, 0],
    "blockDevices[].deleteOnTermination": flag,
    "blockDevices[].destinationType": ["local", "volume"],
    "blockDevices[].sourceType": ["blank", "image", "volume", "snapshot"],
    "blockDevices[].uuid": any,
    "blockDevices[].volumeSize": whole(1, 65536),
    "blockDevices[].volumeType": name,
    configDrive: flag,
    flavorName: name,
    imageId: any,
    "metadata.*": text,
    // Nova makes a host name of it.
    name: /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "networks[].port": any,
    "schedulerHints[].group": any,
    stopBeforeDestroy: flag,
    // Nova limits the encoded data to 65,535 bytes.
    userData: (value) => Buffer.from(String(value)).toString("base64").length <= 65535,
  },
  "openstack:compute/serverGroup:ServerGroup": {
    name,
    "policies[]": ["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"],
  },
  "openstack:dns/recordSet:RecordSet": {
    name: /^(\*\.)?([a-z0-9-]{1,63}\.)+$/,
    "records[]": (value, { type }) => (type === "A" ? ipv4 : /^([a-z0-9-]{1,63}\.)+$/).test(String(value)),
    ttl: whole(1, 2147483647),
    type: ["A", "CNAME"],
    zoneId: any,
  },
  "openstack:loadbalancer/listener:Listener": {
    "allowedCidrs[]": cidr,
    description,
    loadbalancerId: any,
    name,
    protocol: ["TCP", "HTTP", "HTTPS", "TERMINATED_HTTPS", "UDP", "SCTP", "PROMETHEUS"],
    protocolPort: port,
    "tags[]": tag,
    timeoutClientData: milliseconds,
    timeoutMemberConnect: milliseconds,
    timeoutMemberData: milliseconds,
  },
  "openstack:loadbalancer/loadBalancer:LoadBalancer": {
    description,
    name,
    "tags[]": tag,
    vipAddress: ipv4,
    vipSubnetId: any,
  },
  "openstack:loadbalancer/member:Member": {
    address: ipv4,
    monitorPort: port,
    name,
    poolId: any,
    protocolPort: port,
    subnetId: any,
  },
  "openstack:loadbalancer/monitor:Monitor": {
    delay: whole(1, 3600),
    expectedCodes: /^[1-5]\d\d(([,]|-)[1-5]\d\d)*$/,
    httpMethod: ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"],
    maxRetries: whole(1, 10),
    maxRetriesDown: whole(1, 10),
    name,
    poolId: any,
    // Octavia refuses a time limit that is longer than the interval.
    timeout: (value, { delay }) => whole(1, 3600)(value) && Number(value) <= Number(delay),
    type: ["HTTP", "HTTPS", "PING", "SCTP", "TCP", "TLS-HELLO", "UDP-CONNECT"],
    urlPath: /^\/[\x21-\x7e]*$/,
  },
  "openstack:loadbalancer/pool:Pool": {
    description,
    lbMethod: ["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "SOURCE_IP_PORT"],
    listenerId: any,
    name,
    protocol: ["TCP", "HTTP", "HTTPS", "PROXY", "PROXYV2", "UDP", "SCTP"],
  },
  "openstack:networking/floatingIp:FloatingIp": { description, pool: name, portId: any, "tags[]": tag },
  "openstack:networking/network:Network": { description, mtu: whole(68, 65535), name, "tags[]": tag },
  "openstack:networking/port:Port": {
    description,
    "fixedIps[].ipAddress": ipv4,
    "fixedIps[].subnetId": any,
    name,
    networkId: any,
    "securityGroupIds[]": any,
    "tags[]": tag,
  },
  "openstack:networking/router:Router": { description, externalNetworkId: any, name, "tags[]": tag },
  "openstack:networking/routerInterface:RouterInterface": { routerId: any, subnetId: any },
  "openstack:networking/secGroup:SecGroup": { description, name, "tags[]": tag },
  "openstack:networking/secGroupRule:SecGroupRule": {
    description,
    direction: ["ingress", "egress"],
    ethertype: ["IPv4", "IPv6"],
    portRangeMax: (value, { portRangeMin }) => port(value) && Number(value) >= Number(portRangeMin),
    portRangeMin: port,
    protocol: ["tcp", "udp", "icmp", "sctp"],
    remoteGroupId: any,
    remoteIpPrefix: cidr,
    securityGroupId: any,
  },
  "openstack:networking/subnet:Subnet": {
    "allocationPools[].end": ipv4,
    "allocationPools[].start": ipv4,
    cidr,
    description,
    "dnsNameservers[]": ipv4,
    enableDhcp: flag,
    gatewayIp: ipv4,
    ipVersion: [4, 6],
    name,
    networkId: any,
    "tags[]": tag,
  },
  "openstack:objectstorage/container:Container": {
    forceDestroy: flag,
    "metadata.*": text,
    // Part of a path, and of temporary URLs.
    name: /^[A-Za-z0-9_.-]{1,255}$/,
    versioning: flag,
  },
  "openstack:objectstorage/containerObject:ContainerObject": {
    containerName: any,
    content: any,
    contentType: /^[a-z]+\/[a-z0-9.+-]+$/,
    name: /^[A-Za-z0-9_./-]{1,1024}$/,
  },
  "openstack:objectstorage/tempUrl:TempUrl": {
    container: any,
    // The provider refuses other methods; the machines' URLs for PUT are signed from this one.
    method: ["get", "post"],
    object: /^[A-Za-z0-9_./-]{1,1024}$/,
    regenerate: flag,
    ttl: whole(1, 2147483647),
  },
  "openstack:identity/ec2CredentialV3:Ec2CredentialV3": {},
};

/** Pairs of properties that contradict each other. */
const contradictions: Record<string, readonly (readonly [string, string])[]> = {
  // The port has the security groups. The provider reports a difference for ever if the instance lists them, too.
  "openstack:compute/instance:Instance": [["networks", "securityGroups"]],
  "openstack:loadbalancer/pool:Pool": [["listenerId", "loadbalancerId"]],
  "openstack:networking/secGroupRule:SecGroupRule": [["remoteGroupId", "remoteIpPrefix"]],
};

const plans = {
  "the committed staging": () => evaluated("staging"),
  "staging with every optional setting": () => evaluated("staging", stagingWithEverything()),
};

describe.each(Object.entries(plans))("%s", (_what, plan) => {
  test("has only values that the OpenStack provider and its APIs accept", async () => {
    expect(problems(await plan())).toEqual([]);
  });

  test("has no pair of properties that contradict each other", async () => {
    const { resources } = await plan();
    const found = resources.flatMap(({ type, name: resource, inputs }) =>
      (contradictions[type] ?? [])
        .filter((pair) => pair.every((property) => inputs[property] !== undefined))
        .map((pair) => `${resource}: ${pair.join(" and ")}`),
    );
    expect(found).toEqual([]);
  });

  // The provider's faults, each of which stops an update or shows a difference for ever.
  test("deletes an instance before its replacement, because only one instance can use the port", async () => {
    const { resources } = await plan();
    const instances = resources.filter(({ type }) => type === "openstack:compute/instance:Instance");
    expect(instances.length).toBeGreaterThan(10);
    expect(instances.filter(({ deleteBeforeReplace }) => !deleteBeforeReplace)).toEqual([]);
  });

  test("attaches no volume separately, and leaves the choice of the load balancer service to the provider", async () => {
    const planned = await plan();
    expect(planned.names("openstack:compute/volumeAttach:VolumeAttach")).toEqual([]);
    const providers = planned.resources.filter(({ type }) => type === "pulumi:providers:openstack");
    expect(providers.filter(({ inputs }) => inputs.useOctavia !== undefined)).toEqual([]);
  });

  test("creates a key for each container with temporary URLs, and keeps URL and key secret", async () => {
    const { resources } = await plan();
    const urls = resources.filter(({ type }) => type === "openstack:objectstorage/tempUrl:TempUrl");
    const containers = resources.filter(({ type }) => type === "openstack:objectstorage/container:Container");
    for (const { inputs } of urls) {
      const container = containers.find((found) => found.inputs.name === inputs.container)!;
      expect((container.inputs.metadata as Values)["Temp-URL-Key"]).toMatch(/^\w{40}$/);
      expect(container.secretPaths).toEqual(["$.metadata.Temp-URL-Key"]);
    }
  });

  test("associates floating addresses after the router has its interface", async () => {
    const { resources } = await plan();
    const addresses = resources.filter(({ type }) => type === "openstack:networking/floatingIp:FloatingIp");
    for (const { dependencies } of addresses)
      expect(dependencies.some((urn) => urn.includes("routerInterface:RouterInterface"))).toBe(true);
  });
});

test("the two plans have each type and each property of the table", async () => {
  const resources = (await Promise.all(Object.values(plans).map((plan) => plan()))).flatMap(
    (planned) => planned.resources,
  );
  const planned = new Set(
    resources.flatMap(({ type, inputs }) => [type, ...leaves(inputs).map(([path]) => `${type} ${entryOf(path)}`)]),
  );
  const known = Object.entries(properties).flatMap(([type, entries]) => [
    type,
    ...Object.keys(entries).map((path) => `${type} ${path}`),
  ]);
  expect(known.filter((entry) => !planned.has(entry))).toEqual([]);
});

test("signs the control planes' URL for PUT, with the address and the expiry of the provider's URL", async () => {
  const planned = await evaluated("staging");
  const { inputs, outputs } = planned.one("openstack:objectstorage/tempUrl:TempUrl", "kube-backups-upload");
  expect(inputs).toMatchObject({ method: "get", object: "etcd/kube", ttl: 315_360_000, regenerate: false });
  const key = planned.one("random:index/randomPassword:RandomPassword", "kube-backups-key").outputs.result as string;
  const provided = new URL(outputs.url as string);
  const content = planned.one("openstack:objectstorage/containerObject:ContainerObject", "kube-0-config").inputs
    .content;
  const { files } = (JSON.parse(content as string) as NodeConfig).storage;
  const { source } = files.find(({ path }) => path === "/etc/paasmas/kubernetes/backup.conf")!.contents;
  const signed = new URL(/UPLOAD_URL="(.*)"/.exec(decodeURIComponent(source))![1]!);
  expect(`${signed.origin}${signed.pathname}`).toBe(`${provided.origin}${provided.pathname}/`);
  const expires = provided.searchParams.get("temp_url_expires");
  const signature = (method: string) =>
    createHmac("sha256", key).update(`${method}\n${expires}\nprefix:${provided.pathname}/`).digest("hex");
  expect(Object.fromEntries(signed.searchParams)).toEqual({
    temp_url_sig: signature("PUT"),
    temp_url_expires: expires,
    temp_url_prefix: "etcd/kube/",
  });
  expect(signed.searchParams.get("temp_url_sig")).not.toBe(signature("GET"));
});

function whole(min: number, max: number): (value: unknown) => boolean {
  return (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

/** Values that the table does not allow, and types and properties that it does not have. */
function problems({ resources }: Planned): string[] {
  return resources
    .filter(({ type }) => type.startsWith("openstack:"))
    .flatMap(({ type, name: resource, inputs }) => {
      const entries = properties[type];
      if (entries === undefined) return [`${type} is not in the table`];
      return leaves(inputs).flatMap(([path, value]) => {
        const allowed = entries[entryOf(path)];
        if (allowed === undefined) return [`${type} ${entryOf(path)} is not in the table`];
        return fits(allowed, value, inputs) ? [] : [`${resource} ${path}: ${JSON.stringify(value)} is not allowed`];
      });
    });
}

function fits(allowed: Allowed, value: unknown, inputs: Values): boolean {
  if (allowed instanceof RegExp) return typeof value === "string" && allowed.test(value);
  return typeof allowed === "function" ? allowed(value, inputs) : allowed.includes(value);
}

/** The table's name of a path: all keys of metadata have one entry. */
function entryOf(path: string): string {
  return path.replace(/^metadata\..*/, "metadata.*");
}

/** Path and value of each text, number and flag in inputs: `fixedIps[].ipAddress`. */
function leaves(value: unknown, path = ""): [path: string, value: unknown][] {
  if (Array.isArray(value)) return value.flatMap((item) => leaves(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return value === undefined ? [] : [[path, value]];
  return Object.entries(value).flatMap(([key, item]) => leaves(item, path === "" ? key : `${path}.${key}`));
}
