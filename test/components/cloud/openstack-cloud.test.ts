import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import type { Machine, MachineArgs } from "../../../components/cloud/cloud.ts";
import { OpenstackCloud, type OpenstackCloudArgs } from "../../../components/cloud/openstack/index.ts";
import { ArgumentError } from "../../../components/internal/argument-check.ts";
import { config, file, sha512 } from "../../../ignition/index.ts";
import { PlanMonitor } from "../../../cli/plan/monitor.ts";
import { brief, Plan } from "./aws-plan.ts";

const cidr = "10.30.0.0/24";
const image = "6f1d4b1c-0000-4000-8000-000000000044";
const flavors = { small: "m1.small", medium: "m1.medium" };

async function plan(program: (cloud: OpenstackCloud) => void, args: Partial<OpenstackCloudArgs> = {}): Promise<Plan> {
  const { resources } = await evaluate(
    () => {
      program(new OpenstackCloud("net", { cidr, flavors, imageId: image, ...args }));
    },
    { stack: "staging" },
  );
  return new Plan(resources);
}

const password = (plan: Plan, ordinal: number) => plan.one("RandomPassword", `db-${ordinal}-password`);

/** Machines with a generated password each, replaced one at a time, behind a load balancer. */
function cluster(cloud: OpenstackCloud, count = 3, extra: Partial<MachineArgs> = {}): Machine[] {
  const firewall = cloud.firewall("db", { description: "database nodes" });
  const group = cloud.group("db");
  const machines: Machine[] = [];
  for (let i = 0; i < count; i++) {
    const { result } = new random.RandomPassword(`db-${i}-password`, { length: 20 });
    const previous = machines.at(-1);
    machines.push(
      cloud.machine(
        `db-${i}`,
        {
          role: "galera",
          hostNumber: 20 + i,
          firewall,
          group,
          size: "medium",
          dataVolume: { path: "/var/lib/paasmas/galera", sizeGiB: 40 },
          config: ({ readyReportUrl }) =>
            pulumi
              .all([result, readyReportUrl!])
              .apply(([secret, url]) =>
                config(file({ path: "/etc/paasmas/secret", text: `${secret}\n${url}\n`, mode: 0o600 })),
              ),
          ...extra,
        },
        { dependsOn: previous ? [previous.gate] : [] },
      ),
    );
  }
  cloud.allow("db-peers", {
    to: firewall,
    from: firewall,
    ports: [
      { port: 4567, description: "replication" },
      { port: 4568, to: 4570, protocol: "udp", description: "more" },
    ],
  });
  cloud.loadBalancer("front", {
    hostNumber: 40,
    targets: machines,
    targetFirewall: firewall,
    ports: [{ port: 3306, targetPort: 3307, description: "MySQL" }],
    health: { port: 8404, path: "/healthz" },
  });
  return machines;
}

test("plans exactly the resources of a cluster behind a load balancer", async () => {
  const planned = await plan((cloud) => void cluster(cloud), { externalNetworkId: "ext" });
  const counts: Record<string, number> = {};
  for (const { type } of planned.resources) counts[type] = (counts[type] ?? 0) + 1;
  expect(counts).toEqual({
    "pulumi:pulumi:Stack": 1,
    "paasmas:cloud:Cloud": 1,
    "paasmas:cloud:Firewall": 1,
    "paasmas:cloud:FirewallRule": 4,
    "paasmas:cloud:LoadBalancer": 1,
    "paasmas:cloud:Machine": 3,
    "paasmas:cloud:MachineGroup": 1,
    "paasmas:cloud:ObjectStore": 1,
    "command:local:Command": 3,
    "openstack:blockstorage/volume:Volume": 3,
    "openstack:compute/instance:Instance": 3,
    "openstack:compute/serverGroup:ServerGroup": 1,
    "openstack:loadbalancer/listener:Listener": 1,
    "openstack:loadbalancer/loadBalancer:LoadBalancer": 1,
    "openstack:loadbalancer/member:Member": 3,
    "openstack:loadbalancer/monitor:Monitor": 1,
    "openstack:loadbalancer/pool:Pool": 1,
    "openstack:networking/network:Network": 1,
    "openstack:networking/port:Port": 3,
    "openstack:networking/router:Router": 1,
    "openstack:networking/routerInterface:RouterInterface": 1,
    "openstack:networking/secGroup:SecGroup": 1,
    "openstack:networking/secGroupRule:SecGroupRule": 4,
    "openstack:networking/subnet:Subnet": 1,
    "openstack:objectstorage/container:Container": 1,
    "openstack:objectstorage/containerObject:ContainerObject": 3,
    "openstack:objectstorage/tempUrl:TempUrl": 6,
    "random:index/randomPassword:RandomPassword": 4,
  });
});

test("creates an instance on a port with a fixed address, and its data volume as a block device", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const { userData, networks, ...instance } = planned.inputs("Instance", "db-1-instance");
  expect(instance).toEqual({
    name: "db-1",
    flavorName: "m1.medium",
    imageId: image,
    blockDevices: [
      { uuid: image, sourceType: "image", destinationType: "local", bootIndex: 0, deleteOnTermination: true },
      {
        uuid: expect.any(String),
        sourceType: "volume",
        destinationType: "volume",
        bootIndex: -1,
        deleteOnTermination: false,
      },
    ],
    configDrive: true,
    schedulerHints: [{ group: expect.any(String) }],
    stopBeforeDestroy: true,
    metadata: { Environment: "staging", ManagedBy: "pulumi", Project: "paasmas", Role: "galera" },
  });
  expect(networks).toEqual([{ port: expect.any(String) }]);
  expect(planned.one("Instance", "db-1-instance").deleteBeforeReplace).toBe(true);
  expect(planned.dependencies("Instance", "db-1-instance")).toEqual(
    expect.arrayContaining([
      "Port db-1-port",
      "Volume db-1-data",
      "ServerGroup db-server-group",
      "ContainerObject db-1-config",
    ]),
  );
  expect(planned.inputs("Port", "db-1-port")).toMatchObject({
    fixedIps: [{ ipAddress: "10.30.0.21" }],
    securityGroupIds: [expect.any(String)],
    tags: ["Environment=staging", "ManagedBy=pulumi", "Project=paasmas", "Role=galera"],
  });
  expect(planned.inputs("Volume", "db-1-data")).toMatchObject({ size: 40, enableOnlineResize: true });
});

test("has only a secret pointer to the config with its hash in user data", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const instance = planned.one("Instance", "db-0-instance");
  const object = planned.one("ContainerObject", "db-0-config");
  const content = object.inputs.content as string;
  const pointer = JSON.parse(instance.inputs.userData as string);
  expect(pointer).toEqual({
    ignition: {
      version: "3.4.0",
      config: {
        replace: {
          source: expect.stringMatching(
            new RegExp(
              `^https://.*/paasmas-staging-net-ignition/${object.inputs.name}\\?temp_url_sig=[0-9a-f]{64}&temp_url_expires=\\d+$`,
            ),
          ),
          verification: { hash: `sha512-${sha512(content)}` },
        },
      },
      timeouts: { httpTotal: 300 },
    },
  });
  expect(instance.secretPaths).toEqual(["$.userData"]);
  expect(object.secretPaths).toEqual(["$.content"]);

  // The planned password, as a provider creates it, is only in the config.
  const secret = decodeURIComponent(content.match(/data:,([^%"]*)/)![1]!);
  expect(secret).toHaveLength(Number(password(planned, 0).inputs.length));
  const holders = planned.resources
    .filter(({ inputs }) => JSON.stringify(inputs).includes(secret))
    .map(({ name }) => name);
  expect(holders).toEqual(["db-0-config"]);
});

test("describes exactly the config's bytes in the facts, without a secret", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const content = planned.inputs("ContainerObject", "db-2-config").content;
  expect(planned.inputs("Machine", "db-2")).toEqual({
    role: "galera",
    hostNumber: 22,
    address: "10.30.0.22",
    zone: "any",
    size: "medium",
    type: "m1.medium",
    dataVolumeGiB: 40,
    dataVolumePath: "/var/lib/paasmas/galera",
    retained: false,
    firewall: "db",
    delivery: "object-store",
    ignitionBytes: Buffer.byteLength(content),
    ignitionSha512: sha512(content),
    userDataBytes: Buffer.byteLength(planned.inputs("Instance", "db-2-instance").userData),
    userDataLimit: 49151,
  });
  for (const { type, secretPaths } of planned.resources) {
    if (type.startsWith("paasmas:")) expect(secretPaths).toEqual([]);
  }
});

test("uses one object for the machine's report and for the gate, each with a URL for this object only", async () => {
  const planned = await plan((cloud) => void cluster(cloud, 1));
  const gate = planned.one("Command", "db-0-ready");
  const readUrl = (gate.inputs.environment as Record<string, string>).READY_URL!;
  const writeUrl = decodeURIComponent(
    planned.inputs("ContainerObject", "db-0-config").content.match(/https:[^"]*?(?=%0A)/)![0],
  );
  const target = (url: string) => url.replace(/temp_url_sig=[0-9a-f]{64}/, "temp_url_sig=");
  expect(target(readUrl)).toBe(target(writeUrl));
  expect(target(readUrl)).toMatch(/\/paasmas-staging-net-ignition\/db-0\.ready\?temp_url_sig=&temp_url_expires=\d+$/);
  expect(readUrl).not.toBe(writeUrl);
  expect(gate.secretPaths).toEqual(["$.environment.READY_URL"]);
  expect(gate.inputs.environment).toMatchObject({ MACHINE: "db-0", TIMEOUT_SECONDS: "900" });
});

test("signs URLs for one year for a config and for ten years for reports, equal in later plans", async () => {
  const planned = await plan((cloud) => void cluster(cloud, 1));
  const object = planned.inputs("ContainerObject", "db-0-config").name;
  expect(planned.inputs("TempUrl", "db-0-config-url")).toMatchObject({
    object,
    method: "get",
    ttl: 31_536_000,
    regenerate: false,
  });
  expect(planned.inputs("TempUrl", "db-0-report-url")).toMatchObject({
    object: "db-0.ready",
    ttl: 315_360_000,
    regenerate: false,
  });
});

test.each<[string, Partial<OpenstackCloudArgs>, Partial<MachineArgs>]>([
  ["image", { imageId: "6f1d4b1c-0000-4000-8000-000000000045" }, {}],
  ["flavor", { flavors: { medium: "m2.medium" } }, {}],
  ["config", {}, { config: () => config(file({ path: "/etc/x", text: "y" })) }],
])(
  "after another %s, creates another object, URL and instance, and runs the gate again",
  async (_what, cloudArgs, machineArgs) => {
    const before = await plan((cloud) => void cluster(cloud, 1));
    const after = await plan((cloud) => void cluster(cloud, 1, machineArgs), cloudArgs);
    for (const planned of [before, after]) {
      const { name } = planned.inputs("ContainerObject", "db-0-config");
      expect(name).toMatch(/^db-0-[0-9a-f]{20}\.ign$/);
      expect(planned.inputs("Command", "db-0-ready").triggers).toEqual([expect.any(String), name]);
      expect(planned.one("Command", "db-0-ready").propertyDependencies.triggers!.map(brief)).toContain(
        "Instance db-0-instance",
      );
    }
    expect(after.inputs("ContainerObject", "db-0-config").name).not.toBe(
      before.inputs("ContainerObject", "db-0-config").name,
    );
  },
);

test("makes instance, config and gate wait for the previous gate, and keeps volume and port", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  for (const [type, name] of [
    ["Instance", "db-1-instance"],
    ["ContainerObject", "db-1-config"],
    ["TempUrl", "db-1-config-url"],
  ] as const) {
    expect(planned.dependencies(type, name)).toContain("Command db-0-ready");
    expect(planned.dependencies(type, name)).not.toContain("Command db-1-ready");
  }
  expect(planned.dependencies("Volume", "db-1-data")).toEqual([]);
  expect(planned.dependencies("Port", "db-1-port")).not.toContain("Command db-0-ready");
  expect(planned.one("Command", "db-1-ready").deleteBeforeReplace).toBe(true);
});

test.each([true, false])(
  "with retainData %s, data volumes and object stores are protected and retained accordingly",
  async (retainData) => {
    const planned = await plan(
      (cloud) => {
        cluster(cloud, 1);
        cloud.objectStore("files", { description: "uploads" });
      },
      { retainData },
    );
    for (const kept of [planned.one("Volume", "db-0-data"), planned.one("Container", "files-container")]) {
      expect([kept.protect, kept.retainOnDelete]).toEqual([retainData, retainData]);
    }
    expect(planned.one("Container", "net-ignition-container").protect).toBe(false);
    expect(planned.inputs("Machine", "db-0").retained).toBe(retainData);
  },
);

test("creates a private store for configs, with a secret key", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const store = planned.one("Container", "net-ignition-container");
  expect(store.inputs).toEqual({
    name: "paasmas-staging-net-ignition",
    forceDestroy: true,
    metadata: {
      Environment: "staging",
      ManagedBy: "pulumi",
      Project: "paasmas",
      Role: "ignition",
      "Temp-URL-Key": expect.stringMatching(/^.{40}$/),
    },
  });
  expect(store.secretPaths).toEqual(["$.metadata.Temp-URL-Key"]);
  expect(planned.inputs("ObjectStore", "net-ignition").purpose).toBe("ignition");
});

test("creates security group rules with a group or a range and a description, never for every address", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const group = planned.inputs("Port", "db-0-port").securityGroupIds[0];
  expect(Object.fromEntries(planned.all("SecGroupRule").map(({ name, inputs }) => [name, inputs]))).toEqual({
    "db-peers-4567-rule": {
      securityGroupId: group,
      remoteGroupId: group,
      direction: "ingress",
      ethertype: "IPv4",
      protocol: "tcp",
      portRangeMin: 4567,
      portRangeMax: 4567,
      description: "replication",
    },
    "db-peers-4568-udp-rule": expect.objectContaining({
      protocol: "udp",
      portRangeMin: 4568,
      portRangeMax: 4570,
      remoteGroupId: group,
    }),
    // Octavia connects from addresses in the subnet's pool, which Neutron assigns.
    "front-to-db-3307-rule": expect.objectContaining({
      portRangeMin: 3307,
      remoteIpPrefix: "10.30.0.192/26",
      description: "MySQL",
    }),
    "front-to-db-8404-rule": expect.objectContaining({ portRangeMin: 8404, remoteIpPrefix: "10.30.0.192/26" }),
  });
});

test("separates host numbers from the addresses that OpenStack assigns", async () => {
  const planned = await plan((cloud) =>
    expect([cloud.address(2), cloud.address(191)]).toEqual(["10.30.0.2", "10.30.0.191"]),
  );
  expect(planned.inputs("Subnet", "net-subnet")).toMatchObject({
    cidr,
    gatewayIp: "10.30.0.1",
    enableDhcp: true,
    allocationPools: [{ start: "10.30.0.192", end: "10.30.0.254" }],
  });
});

test("configures Octavia to pass TCP to healthy targets, with the health check on a separate port", async () => {
  const planned = await plan((cloud) => void cluster(cloud, 2));
  expect(planned.resources.find(({ name }) => name === "front-balancer")!.inputs).toMatchObject({
    vipAddress: "10.30.0.40",
  });
  expect(planned.inputs("Listener", "front-3306-listener")).toMatchObject({
    protocol: "TCP",
    protocolPort: 3306,
    allowedCidrs: [cidr],
  });
  expect(planned.inputs("Pool", "front-3306-pool")).toMatchObject({ protocol: "TCP", lbMethod: "ROUND_ROBIN" });
  expect(planned.inputs("Monitor", "front-3306-monitor")).toMatchObject({
    type: "HTTP",
    urlPath: "/healthz",
    expectedCodes: "200",
    delay: 1,
    maxRetriesDown: 2,
  });
  expect(planned.inputs("Member", "front-3306-db-1")).toMatchObject({
    address: "10.30.0.21",
    protocolPort: 3307,
    monitorPort: 8404,
  });
  expect(planned.resources.find(({ type }) => type === "paasmas:cloud:LoadBalancer")!.inputs).toEqual({
    role: "load-balancer",
    ports: [{ port: 3306, targetPort: 3307, description: "MySQL" }],
    targets: ["db-0", "db-1"],
    allowFrom: [cidr],
    address: "10.30.0.40",
    scheme: "internal",
  });
});

test("makes machines wait for the router, if there is one", async () => {
  const withRouter = await plan((cloud) => void cluster(cloud, 1), { externalNetworkId: "ext" });
  expect(withRouter.inputs("Router", "net-router").externalNetworkId).toBe("ext");
  expect(withRouter.dependencies("Instance", "db-0-instance")).toContain("RouterInterface net-router-interface");
  const without = await plan((cloud) => void cluster(cloud, 1));
  expect(without.all("Router")).toEqual([]);
  expect(without.dependencies("Instance", "db-0-instance")).toContain("Subnet net-subnet");
});

test("assigns zones in turn by host number, for the instance and its volume", async () => {
  const planned = await plan((cloud) => void cluster(cloud), {
    zones: ["a", "b"],
    antiAffinity: "preferred",
    volumeType: "luks",
  });
  for (const [ordinal, zone] of [
    [0, "a"],
    [1, "b"],
    [2, "a"],
  ] as const) {
    expect(planned.inputs("Instance", `db-${ordinal}-instance`).availabilityZone).toBe(zone);
    expect(planned.inputs("Volume", `db-${ordinal}-data`)).toMatchObject({
      availabilityZone: zone,
      volumeType: "luks",
    });
    expect(planned.inputs("Machine", `db-${ordinal}`).zone).toBe(zone);
  }
  expect(planned.inputs("ServerGroup", "db-server-group").policies).toEqual(["soft-anti-affinity"]);
  expect((await plan((cloud) => void cluster(cloud, 1))).inputs("ServerGroup", "db-server-group").policies).toEqual([
    "anti-affinity",
  ]);
});

type LookUp = (token: string) => Error | Record<string, unknown> | undefined;

/** Answers look-ups of the program in the cloud: with an error, with values, or, if undefined, as a plan does. */
class CloudMonitor extends PlanMonitor {
  readonly #lookUp: LookUp;

  constructor(lookUp: LookUp) {
    super();
    this.#lookUp = lookUp;
  }

  override async invoke(...[req, callback]: Parameters<PlanMonitor["invoke"]>): Promise<void> {
    const answer = this.#lookUp(req.getTok());
    if (answer === undefined) await super.invoke(req, callback);
    // The SDK reads the details of an error of gRPC.
    else if (answer instanceof Error) callback(Object.assign(answer, { details: answer.message }), undefined);
    else callback(null, { getFailuresList: () => [], getReturn: () => ({ toJavaScript: () => answer }) });
  }
}

test.each([
  ["luks", { sizeGiB: 20, volumeType: "luks-fast" }, "luks-fast"],
  ["luks", { sizeGiB: 20 }, "luks"],
  [undefined, { sizeGiB: 20 }, undefined],
])(
  "with volume type %s, boots from a volume of %j, and keeps the data volume",
  async (volumeType, bootVolume, bootType) => {
    const planned = await plan((cloud) => void cluster(cloud, 1), { bootVolume, volumeType });
    const { imageId, blockDevices } = planned.inputs("Instance", "db-0-instance");
    // With an image id, the provider reports a difference in each update.
    expect(imageId).toBeUndefined();
    expect(blockDevices).toEqual([
      {
        uuid: image,
        sourceType: "image",
        destinationType: "volume",
        volumeSize: 20,
        ...(bootType !== undefined && { volumeType: bootType }),
        bootIndex: 0,
        deleteOnTermination: true,
      },
      {
        uuid: expect.any(String),
        sourceType: "volume",
        destinationType: "volume",
        bootIndex: -1,
        deleteOnTermination: false,
      },
    ]);
    const { size, volumeType: dataType } = planned.inputs("Volume", "db-0-data");
    expect([size, dataType]).toEqual([40, volumeType]);
  },
);

test("accepts the name of an image", async () => {
  const planned = await plan((cloud) => void cluster(cloud, 1), { imageId: undefined, imageName: "fcos-44" });
  const { imageId, blockDevices } = planned.inputs("Instance", "db-0-instance");
  expect(imageId).toMatch(/^[0-9a-f]{8}-/);
  expect(blockDevices[0].uuid).toBe(imageId);
});

const noResult = "Your query returned no results. Please change your search criteria and try again";
const severalResults = "Your query returned more than one result. Please try a more specific search criteria";

test.each<[string, string, string | RegExp]>([
  [
    "getImage",
    noResult,
    'net.imageName: "fcos 44" is not the name of an image that this project can use; use a name of `openstack image list`',
  ],
  [
    "getImage",
    severalResults,
    'net.imageName: "fcos 44" is the name of several images; use imageId instead, with an id of `openstack image list`',
  ],
  [
    "getNetwork",
    noResult,
    'externalNetworkId: "ext" is not the id of a network that this project can use; use an id of `openstack network list --external`',
  ],
])("for %s: %s, reports the argument and the remedy, without a stack trace", async (look, answer, message) => {
  const failing = evaluate(() => publicCluster(), { stack: "staging", monitor: failsAt(look, answer) });
  const error: unknown = await failing.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ArgumentError);
  expect((error as Error).message).toBe(message);
  // The language host of the engine then prints the message only.
  expect(pulumi.RunError.isInstance(error)).toBe(true);
});

test.each(["getImage", "getNetwork"])("passes other errors of %s on", async (look) => {
  const failing = evaluate(() => publicCluster(), { stack: "staging", monitor: failsAt(look, "HTTP 503") });
  await expect(failing).rejects.toThrow("HTTP 503");
  await expect(failing).rejects.not.toBeInstanceOf(ArgumentError);
});

/** A public load balancer, with its machine from a named image. */
function publicCluster(): void {
  const cloud = new OpenstackCloud("net", { cidr, flavors, imageName: "fcos 44", externalNetworkId: "ext" });
  const firewall = cloud.firewall("web", { description: "web" });
  cloud.loadBalancer("front", {
    hostNumber: 40,
    targets: [cloud.machine("web-0", { ...machineArgs(cloud, 20), firewall })],
    targetFirewall: firewall,
    ports: [{ port: 443, description: "web" }],
    health: { port: 8404, path: "/healthz" },
    exposure: "public",
    allowFrom: ["0.0.0.0/0"],
  });
}

/** Lets a look-up fail as the provider does. */
function failsAt(look: string, answer: string): CloudMonitor {
  return new CloudMonitor((token) =>
    token.endsWith(`:${look}`) ? new Error(`Invoke of '${token}' failed: ${answer}. ()`) : undefined,
  );
}

test("keeps versions of objects in an object store", async () => {
  const { resources, outputs } = await evaluate(
    () => {
      const cloud = new OpenstackCloud("net", { cidr, flavors, imageId: image });
      const { bucket, endpoint } = cloud.objectStore("files", { description: "uploads" });
      return { bucket, endpoint };
    },
    { stack: "staging" },
  );
  const container = new Plan(resources).inputs("Container", "files-container");
  expect(container).toMatchObject({
    name: "paasmas-staging-files",
    versioning: true,
    metadata: { Description: "uploads" },
  });
  expect(container).not.toHaveProperty("containerRead");
  expect(outputs).toEqual({
    bucket: "paasmas-staging-files",
    endpoint: expect.stringMatching(/^https:\/\/swift\..*\/v1\/AUTH_/),
  });
});

test("creates volumes in the zone of Cinder, and machines in the zones of Nova", async () => {
  const planned = await plan((cloud) => void cluster(cloud), { zones: ["a", "b"], volumeZone: "SSD zone" });
  expect(planned.all("Instance").map(({ inputs }) => inputs.availabilityZone)).toEqual(["a", "b", "a"]);
  expect(planned.all("Volume").map(({ inputs }) => inputs.availabilityZone)).toEqual(Array(3).fill("SSD zone"));
});

test("sets the MTU of the network only if it is given", async () => {
  expect((await plan(() => {}, { mtu: 1400 })).inputs("Network", "net-network").mtu).toBe(1400);
  expect((await plan(() => {})).inputs("Network", "net-network")).not.toHaveProperty("mtu");
});

const regions = ["one", "two", "three"];
const catalog = regions.map((region) => ({ interface: "public", region, url: `https://${region}.example/v1/AUTH_a` }));

test.each<[string, Partial<OpenstackCloudArgs>, string | undefined, string]>([
  ["argument", { region: "two" }, "three", "two"],
  ["provider", {}, "three", "three"],
  ["first endpoint of the catalog", {}, "", "one"],
  ["first endpoint of the catalog", {}, undefined, "one"],
])("finds Swift in the region of the %s: %j, %s", async (_what, args, ofProvider, region) => {
  const serviceCatalogs = [{ type: "object-store", endpoints: catalog }];
  const monitor = new CloudMonitor((token) =>
    token.endsWith(":getAuthScope") ? { serviceCatalogs, ...(ofProvider !== undefined && { region: ofProvider }) } : {},
  );
  const { outputs } = await evaluate(() => ({ endpoint: filesOf(args).endpoint }), { stack: "staging", monitor });
  expect(outputs.endpoint).toBe(`https://${region}.example/v1/AUTH_a`);
});

test.each([{}, { region: "RegionOne" }])("plans object stores with %j, without a cloud", async (args) => {
  const { outputs } = await evaluate(() => ({ endpoint: filesOf(args).endpoint }), { stack: "staging" });
  expect(outputs.endpoint).toMatch(/^https:\/\/swift\./);
});

function filesOf(args: Partial<OpenstackCloudArgs>) {
  const cloud = new OpenstackCloud("net", { cidr, flavors, imageId: image, ...args });
  return cloud.objectStore("files", { description: "uploads" });
}

test("omits versioning for a cloud that has none, in all object stores", async () => {
  const stores = (cloud: OpenstackCloud) => {
    for (const name of ["files", "images"]) cloud.objectStore(name, { description: "uploads" });
  };
  const versioning = async (objectVersioning?: boolean) =>
    (await plan(stores, { objectVersioning })).all("Container").map(({ inputs }) => inputs.versioning);
  expect(await versioning(false)).toEqual([undefined, undefined]);
  expect(await versioning(true)).toEqual([true, true]);
  expect(await versioning()).toEqual([true, true]);
});

const machineArgs = (cloud: OpenstackCloud, hostNumber: number) => ({
  role: "x",
  hostNumber,
  firewall: cloud.firewall(`x-${hostNumber}`, { description: "x" }),
  config: () => config(),
});

test.each<[string, Partial<OpenstackCloudArgs>, (cloud: OpenstackCloud) => void, string]>([
  [
    "a missing image",
    { imageId: undefined },
    () => {},
    "net: neither imageId nor imageName is given; give one of them",
  ],
  [
    "an image id together with an image name",
    { imageName: "fcos" },
    () => {},
    "net: both imageId and imageName are given; give one of them",
  ],
  [
    "each invalid argument at once",
    { imageId: undefined, bootVolume: { sizeGiB: 5, volumeType: " luks" } },
    () => {},
    [
      "net: neither imageId nor imageName is given; give one of them",
      "net.bootVolume.sizeGiB: 5 is not allowed; use a whole number from 10 to 16384 GiB",
      'net.bootVolume.volumeType: " luks" is not allowed; use a volume type of Cinder',
    ].join("\n"),
  ],
  [
    "a size without a flavor",
    {},
    (cloud) => void cloud.machine("x-0", { ...machineArgs(cloud, 10), size: "large" }),
    "x-0.size: large has no flavor; the cloud net has flavors for: small, medium",
  ],
  [
    "a host number that OpenStack reserves",
    {},
    (cloud) => void cloud.address(192),
    "host number 192 does not fit into 10.30.0.0/24: it has room for 2 to 191",
  ],
  [
    "a range that is too small",
    { cidr: "10.30.0.0/27" },
    () => {},
    "10.30.0.0/27 is too small for 4 subnets: they would be /29, the smallest allowed is /28",
  ],
  [
    "a duplicate address",
    {},
    (cloud) => {
      cloud.machine("a", machineArgs(cloud, 10));
      cloud.machine("b", { ...machineArgs(cloud, 11), hostNumber: 10 });
    },
    "host number 10 is used twice, by a and by b: use another number for one of them",
  ],
])("rejects %s", async (_what, args, program, message) => {
  await expect(plan(program, args)).rejects.toThrow(message);
});
