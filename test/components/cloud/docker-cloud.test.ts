import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { expect, test } from "vitest";
import { evaluate } from "../../../cli/plan/evaluate.ts";
import { DockerCloud, type DockerCloudArgs } from "../../../components/cloud/docker/index.ts";
import { haproxyConfig } from "../../../components/cloud/docker/haproxy-config.ts";
import type { Machine } from "../../../components/cloud/cloud.ts";
import { config, file, sha512 } from "../../../ignition/index.ts";
import { brief, Plan } from "./aws-plan.ts";

const cidr = "10.77.0.0/24";

async function plan(program: (cloud: DockerCloud) => void, args: Partial<DockerCloudArgs> = {}): Promise<Plan> {
  const { resources } = await evaluate(
    () => {
      program(new DockerCloud("dev", { cidr, ...args }));
    },
    { stack: "laptop" },
  );
  return new Plan(resources);
}

/** Three machines with a generated password each, replaced one at a time, behind a load balancer. */
function cluster(cloud: DockerCloud, count = 3): Machine[] {
  const firewall = cloud.firewall("db", { description: "database nodes" });
  const group = cloud.group("db");
  const machines: Machine[] = [];
  for (let i = 0; i < count; i++) {
    const password = new random.RandomPassword(`db-${i}-password`, { length: 20 }).result;
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
          dataVolume: { path: "/var/lib/paasmas/galera", sizeGiB: 8 },
          config: ({ address }) =>
            password.apply((text) => config(file({ path: "/etc/paasmas/secret", text: `${address} ${text}` }))),
        },
        { dependsOn: previous ? [previous.gate] : [] },
      ),
    );
  }
  cloud.allow("db-peers", { to: firewall, from: firewall, ports: [{ port: 4567, description: "replication" }] });
  cloud.loadBalancer("front", {
    hostNumber: 40,
    targets: machines,
    targetFirewall: firewall,
    ports: [
      { port: 3306, description: "MySQL" },
      { port: 80, targetPort: 8080, description: "web" },
    ],
    health: { port: 8404, path: "/healthz" },
  });
  return machines;
}

function counts(plan: Plan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of plan.resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

test("plans exactly the resources of a cluster behind a load balancer", async () => {
  expect(counts(await plan((cloud) => void cluster(cloud)))).toEqual({
    "pulumi:pulumi:Stack": 1,
    "paasmas:cloud:Cloud": 1,
    "paasmas:cloud:Firewall": 1,
    "paasmas:cloud:FirewallRule": 4,
    "paasmas:cloud:LoadBalancer": 1,
    "paasmas:cloud:Machine": 3,
    "paasmas:cloud:MachineGroup": 1,
    "command:local:Command": 4,
    "docker:index/container:Container": 4,
    "docker:index/network:Network": 1,
    "docker:index/remoteImage:RemoteImage": 2,
    "docker:index/volume:Volume": 6,
    "random:index/randomPassword:RandomPassword": 3,
  });
});

test("creates a separate network with a fixed range and gateway", async () => {
  const planned = await plan(() => {});
  expect(planned.inputs("Network", "dev-network")).toMatchObject({
    name: "paasmas-laptop-dev",
    driver: "bridge",
    ipamConfigs: [{ subnet: cidr, gateway: "10.77.0.1" }],
  });
  expect(planned.one("Network", "dev-network").deleteBeforeReplace).toBe(true);
});

test("creates an unprivileged container with systemd and without published ports for each machine", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const { uploads, ...node } = planned.inputs("Container", "db-1-node");
  expect(node).toEqual({
    name: "paasmas-laptop-db-1",
    hostname: "db-1",
    image: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    entrypoints: ["/ignition/node-init.sh"],
    networksAdvanced: [{ name: "paasmas-laptop-dev", ipv4Address: "10.77.0.21" }],
    volumes: [
      { containerPath: "/var/lib/containers", volumeName: "paasmas-laptop-db-1-containers" },
      { containerPath: "/var/lib/paasmas/galera", volumeName: "paasmas-laptop-db-1-data" },
    ],
    tmpfs: { "/run": "exec,mode=755", "/run/lock": "", "/tmp": "exec,mode=1777" },
    cgroupnsMode: "private",
    capabilities: { adds: ["ALL"], drops: [] },
    securityOpts: ["apparmor=unconfined", "label=disable", "seccomp=unconfined"],
    devices: [{ hostPath: "/dev/fuse", containerPath: "/dev/fuse", permissions: "rwm" }],
    memory: 2048,
    memorySwap: 2048,
    restart: "unless-stopped",
    stopSignal: "SIGRTMIN+3",
    stopTimeout: 60,
    destroyGraceSeconds: 60,
    labels: [
      { label: "Environment", value: "laptop" },
      { label: "ManagedBy", value: "pulumi" },
      { label: "Project", value: "paasmas" },
      { label: "Role", value: "galera" },
    ],
  });
  expect(uploads.map(({ file, permissions }: Record<string, string>) => `${file} ${permissions}`)).toEqual([
    "/ignition/config.ign 0600",
    "/ignition/node-init.sh 0755",
  ]);
  expect(uploads[1].content).toMatch(/^#!\/bin\/bash\n/);
  expect(JSON.stringify(planned.resources)).not.toMatch(/docker\.sock|"privileged":true/);
});

test("marks a machine's config as secret, and describes exactly its bytes in the facts", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const node = planned.one("Container", "db-0-node");
  expect(node.secretPaths).toEqual(["$.uploads[0].content"]);
  const text = (node.inputs.uploads as { content: string }[])[0]!.content;
  expect(planned.inputs("Machine", "db-0")).toEqual({
    role: "galera",
    hostNumber: 20,
    address: "10.77.0.20",
    zone: "local",
    size: "medium",
    type: "2048 MiB",
    dataVolumeGiB: 8,
    dataVolumePath: "/var/lib/paasmas/galera",
    retained: false,
    firewall: "db",
    delivery: "upload",
    ignitionBytes: Buffer.byteLength(text),
    ignitionSha512: sha512(text),
  });
  expect(planned.one("Machine", "db-0").secretPaths).toEqual([]);
});

test("replaces one machine at a time after the previous gate, and deletes it first", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  expect(planned.dependencies("Container", "db-0-node")).not.toContain("Command db-0-ready");
  expect(planned.dependencies("Container", "db-1-node")).toContain("Command db-0-ready");
  expect(planned.dependencies("Container", "db-2-node")).toContain("Command db-1-ready");
  for (const ordinal of [0, 1, 2]) {
    expect(planned.one("Container", `db-${ordinal}-node`).deleteBeforeReplace).toBe(true);
    expect(planned.one("Command", `db-${ordinal}-ready`).deleteBeforeReplace).toBe(true);
  }
  // A volume also does not depend on its machine.
  expect(planned.dependencies("Volume", "db-2-data")).toEqual([]);
});

test("runs a gate again after a change of the container or its config", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const gate = planned.one("Command", "db-1-ready");
  expect(gate.inputs).toMatchObject({
    interpreter: ["/bin/sh", "-c"],
    environment: {
      SUBJECT: "machine db-1",
      CONTAINER: "paasmas-laptop-db-1",
      READY: "/opt/paasmas/bin/ready",
      TIMEOUT_SECONDS: "900",
    },
    addPreviousOutputInEnv: false,
  });
  expect(gate.inputs.triggers).toEqual([expect.any(String), planned.inputs("Machine", "db-1").ignitionSha512]);
  expect(gate.propertyDependencies.triggers!.map(brief)).toContain("Container db-1-node");
  expect(gate.secretPaths).toEqual([]);
});

test("has a gate for every container, which runs again after its replacement", async () => {
  const planned = await plan((cloud) => {
    cluster(cloud);
    cloud.objectStore("files", { description: "uploads" });
  });
  const gateOf = (name: unknown) =>
    planned.resources.filter(
      ({ type, inputs }) =>
        type === "command:local:Command" && (inputs.environment as Record<string, string>).CONTAINER === name,
    );
  const containers = planned.resources.filter(({ type }) => type === "docker:index/container:Container");
  expect(containers).toHaveLength(5);
  for (const { name, inputs } of containers) {
    const gates = gateOf(inputs.name);
    expect(gates, name).toHaveLength(1);
    expect(gates[0]!.propertyDependencies.triggers!.map(brief), name).toContain(`Container ${name}`);
  }
  expect(planned.inputs("Command", "front-ready").environment).toEqual({
    SUBJECT: "load balancer front",
    CONTAINER: "paasmas-laptop-front",
    READY: "",
    TIMEOUT_SECONDS: "60",
  });
});

test("applies timeouts and limits of the machine and the cloud", async () => {
  const planned = await plan(
    (cloud) => {
      const firewall = cloud.firewall("x", { description: "x" });
      cloud.machine("x-0", {
        role: "x",
        hostNumber: 10,
        firewall,
        config: () => config(),
        size: "large",
        readyTimeoutSeconds: 30,
        stopGraceSeconds: 120,
      });
    },
    {
      limits: { large: { memoryMiB: 512, cpus: 1.5 } },
      dropCapabilities: ["CAP_SYS_RESOURCE"],
      imageStore: "/srv/images",
    },
  );
  expect(planned.inputs("Container", "x-0-node")).toMatchObject({
    memory: 512,
    memorySwap: 512,
    cpus: "1.5",
    stopTimeout: 120,
    destroyGraceSeconds: 120,
    capabilities: { adds: ["ALL"], drops: ["CAP_SYS_RESOURCE"] },
    volumes: [
      { containerPath: "/var/lib/containers", volumeName: "paasmas-laptop-x-0-containers" },
      { containerPath: "/usr/lib/containers/storage", hostPath: "/srv/images", readOnly: true },
    ],
  });
  expect(planned.inputs("Command", "x-0-ready").environment.TIMEOUT_SECONDS).toBe("30");
  expect(planned.inputs("Machine", "x-0")).not.toHaveProperty("dataVolumeGiB");
});

test.each([
  [true, true],
  [false, false],
])("with retainData %s, protects and retains data volumes: %s, but never image layers", async (retainData, kept) => {
  const planned = await plan((cloud) => void cluster(cloud, 1), { retainData });
  const data = planned.one("Volume", "db-0-data");
  expect([data.protect, data.retainOnDelete]).toEqual([kept, kept]);
  const layers = planned.one("Volume", "db-0-containers");
  expect([layers.protect, layers.retainOnDelete]).toEqual([false, false]);
  expect(planned.inputs("Machine", "db-0").retained).toBe(kept);
});

test("pulls images once, and keeps them after the stack is deleted", async () => {
  const planned = await plan((cloud) => void cluster(cloud), { image: "example.org/node:1" });
  expect(planned.inputs("RemoteImage", "dev-node-image")).toEqual({ name: "example.org/node:1", keepLocally: true });
  expect(planned.inputs("RemoteImage", "dev-load-balancer-image")).toEqual({
    name: "docker.io/library/haproxy:2.8",
    keepLocally: true,
  });
  expect(planned.all("RemoteImage")).toHaveLength(2);
});

test("publishes only the load balancer, on the loopback address", async () => {
  const planned = await plan((cloud) => void cluster(cloud), { publishedPorts: { "80": 10080 } });
  const published = planned.all("Container").filter(({ inputs }) => inputs.ports !== undefined);
  expect(published.map(({ name }) => name)).toEqual(["front-haproxy"]);
  expect(published[0]!.inputs).toMatchObject({
    ports: [
      { internal: 80, external: 10080, ip: "127.0.0.1", protocol: "tcp" },
      { internal: 3306, external: 3306, ip: "127.0.0.1", protocol: "tcp" },
    ],
    networksAdvanced: [{ name: "paasmas-laptop-dev", ipv4Address: "10.77.0.40" }],
    capabilities: { drops: ["ALL"] },
    securityOpts: ["no-new-privileges"],
    user: "99:99",
  });
  expect(planned.inputs("LoadBalancer", "front")).toEqual({
    role: "load-balancer",
    ports: [
      { port: 3306, targetPort: 3306, description: "MySQL" },
      { port: 80, targetPort: 8080, description: "web" },
    ],
    targets: ["db-0", "db-1", "db-2"],
    allowFrom: [cidr],
    address: "10.77.0.40",
    scheme: "published",
  });
});

test("has facts for firewall rules with source, target and port, also for health checks", async () => {
  const planned = await plan((cloud) => void cluster(cloud));
  const rules = planned
    .all("FirewallRule")
    .map(({ name, inputs }) => `${name}: ${inputs.from} -> ${inputs.to} ${inputs.fromPort}`);
  expect(rules.sort()).toEqual([
    "db-peers-4567: db -> db 4567",
    "front-to-db-3306: 10.77.0.40/32 -> db 3306",
    "front-to-db-8080: 10.77.0.40/32 -> db 8080",
    "front-to-db-8404: 10.77.0.40/32 -> db 8404",
  ]);
});

test("has one rule for several ports with the same target or health check port", async () => {
  const planned = await plan((cloud) => {
    const targetFirewall = cloud.firewall("web", { description: "web" });
    cloud.allow("dns", {
      to: targetFirewall,
      from: cidr,
      ports: [
        { port: 53, description: "a" },
        { port: 53, protocol: "udp", description: "b" },
      ],
    });
    cloud.loadBalancer("front", {
      hostNumber: 40,
      targets: [],
      targetFirewall,
      ports: [
        { port: 80, targetPort: 8080, description: "web" },
        { port: 81, targetPort: 8080, description: "same" },
      ],
      health: { port: 8080, path: "/" },
    });
  });
  expect(
    planned
      .all("FirewallRule")
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["dns-53", "dns-53-udp", "front-to-web-8080"]);
});

test("configures HAProxy to pass TCP to healthy targets, and to close connections to other targets", () => {
  expect(
    haproxyConfig({
      ports: [{ port: 3306, targetPort: 3307 }],
      targets: [
        { name: "lb-0", address: "10.0.0.30" },
        { name: "lb-1", address: "10.0.0.31" },
      ],
      health: { port: 8404, path: "/healthz" },
    }).split("\nlisten ")[1],
  ).toBe(`tcp-3306
  bind :3306
  option httpchk GET /healthz
  default-server check port 8404 inter 300ms fall 2 rise 2 on-marked-down shutdown-sessions
  server lb-0 10.0.0.30:3307
  server lb-1 10.0.0.31:3307
`);
});

test("creates an object store only on request, with a secret key", async () => {
  const planned = await plan((cloud) => void cloud.objectStore("files", { description: "uploads" }));
  expect(counts(planned)).toMatchObject({
    "paasmas:cloud:ObjectStore": 1,
    "docker:index/container:Container": 1,
    "command:local:Command": 2,
  });
  expect(planned.inputs("ObjectStore", "files")).toEqual({ description: "uploads", purpose: "objects" });
  const server = planned.one("Container", "files-server");
  expect(server.secretPaths).toEqual(["$.uploads[0].content"]);
  expect(server.inputs.envs).toEqual(["ROOT_ACCESS_KEY=files"]);
  expect(server.inputs.ports).toBeUndefined();
  expect(planned.one("Command", "files-bucket").secretPaths).toEqual(["$.environment.SECRET_KEY"]);
  expect(planned.dependencies("Command", "files-bucket")).toContain("Command files-ready");
});

const machineArgs = (cloud: DockerCloud, hostNumber: number) => ({
  role: "x",
  hostNumber,
  firewall: cloud.firewall(`x-${hostNumber}`, { description: "x" }),
  config: () => pulumi.output(config()),
});

test.each<[string, (cloud: DockerCloud) => void, string]>([
  [
    "the address of the gateway",
    (cloud) => void cloud.address(1),
    "host number 1 does not fit into 10.77.0.0/24: it has room for 2 to 254",
  ],
  [
    "a duplicate address",
    (cloud) => {
      cloud.machine("a", machineArgs(cloud, 10));
      cloud.machine("b", { ...machineArgs(cloud, 11), hostNumber: 10 });
    },
    "host number 10 is used twice, by a and by b: use another number for one of them",
  ],
  [
    "a duplicate port of the Docker host",
    (cloud) => {
      const target = cloud.firewall("x", { description: "x" });
      for (const [i, name] of ["one", "two"].entries()) {
        cloud.loadBalancer(name, {
          hostNumber: 40 + i,
          targets: [],
          targetFirewall: target,
          ports: [{ port: 3306, description: "MySQL" }],
          health: { port: 1, path: "/" },
        });
      }
    },
    'port 3306 of the Docker host is published twice, by one and by two: set another port in publishedPorts["two:3306"]',
  ],
])("rejects %s", async (_what, program, message) => {
  await expect(plan(program)).rejects.toThrow(message);
});

test("rejects an invalid range", async () => {
  await expect(plan(() => {}, { cidr: "10.77.0.5/24" })).rejects.toThrow("did you mean 10.77.0.0/24?");
});
