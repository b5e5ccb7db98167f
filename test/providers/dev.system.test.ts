import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { factTypes, type MachineFacts } from "../../components/cloud/facts.ts";
import { lock } from "../lab/lock.ts";
import { run } from "../lab/builds.ts";
import { databaseStandIns, prepareImages } from "../lab/images.ts";
import { type Connection, Load, schema } from "../lab/load.ts";
import { docker } from "../lab/monitor/docker.ts";
import { imageStore } from "../lab/paths.ts";
import { missingCapabilities, missingRequirement } from "../lab/requirements.ts";
import { throughLoadBalancer } from "../lab/sql.ts";
import { noEngine } from "./requirements.ts";
import { EngineStack, type StateResource } from "./stack.ts";

const reason = noEngine(["random", "tls", "command", "docker"]) ?? (await noNodes());
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const minutes = 60_000;
const [writePort, readPort] = await freePorts(2);
const stack = new EngineStack("engine-dev", "dev", [
  // The developer's dev stack may be running.
  "network.cidr=10.78.0.0/24",
  `docker.imageStore=${imageStore}`,
  `docker.dropCapabilities=${JSON.stringify(missingCapabilities())}`,
  `docker.publishedPorts={3306: ${writePort}, 3307: ${readPort}}`,
]);
const log = (line: string) => console.log(`engine, dev: ${line}`);

/** Objects of the stack on this Docker host, such as `container paasmas-engine-dev-etcd-0`. */
async function onHost(): Promise<string[]> {
  const filters = { label: ["Project=paasmas", `Environment=${stack.name}`] };
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) as never });
  return [
    ...(await docker.listContainers({ all: true, filters })).map(
      ({ Names, State }) => `container ${Names[0]!.slice(1)} ${State}`,
    ),
    ...(await docker.listNetworks({ filters })).map(({ Name }) => `network ${Name}`),
    ...(Volumes ?? []).map(({ Name }) => `volume ${Name}`),
  ].sort();
}

async function noNodes(): Promise<string | undefined> {
  const missing = await missingRequirement();
  return missing && `no nodes: ${missing}`;
}

let connection: Connection;
let ofDev: StateResource[];
const machines = () =>
  ofDev
    .filter(({ type }) => type === factTypes.machine)
    .map(({ name, inputs }) => ({ name, facts: inputs as unknown as MachineFacts }));
const inNode = (machine: string, ...command: string[]) =>
  run("docker", ["exec", `paasmas-${stack.name}-${machine}`, ...command]);

describe("dev with the engine", { timeout: 20 * minutes }, () => {
  beforeAll(async () => {
    if (reason !== undefined) return;
    // Most machines cannot run two clusters at once, and the measurements of the lab would be wrong.
    await lock(log);
    await prepareImages(log, databaseStandIns);
    await stack.open();
  }, 40 * minutes);
  afterAll(async () => {
    if (reason !== undefined) return;
    await stack.close();
  }, 10 * minutes);

  it("creates 7 machines with gates, and a load balancer", async () => {
    const started = Date.now();
    const steps = await stack.up();
    log(`up: ${steps.count("create")} created in ${seconds(started)} s`);
    expect(await onHost()).toEqual(
      [
        ...["etcd-0", "etcd-1", "etcd-2", "galera-0", "galera-1", "galera-2", "lb-0", "lb-front"].map(
          (name) => `container paasmas-engine-dev-${name} running`,
        ),
        "network paasmas-engine-dev-paasmas",
        ...["etcd-0", "etcd-1", "etcd-2", "galera-0", "galera-1", "galera-2", "lb-0"].map(
          (name) => `volume paasmas-engine-dev-${name}-containers`,
        ),
        ...["etcd-0", "etcd-1", "etcd-2", "galera-0", "galera-1", "galera-2"].map(
          (name) => `volume paasmas-engine-dev-${name}-data`,
        ),
      ].sort(),
    );
    ofDev = await stack.resources();
    const { connections } = await stack.outputs();
    expect(connections!.secret).toBe(true);
    const { app } = connections!.value as Record<string, Record<string, string>>;
    connection = {
      host: "127.0.0.1",
      port: writePort!,
      user: app!.DATABASE_USER!,
      password: app!.DATABASE_PASSWORD!,
      database: app!.DATABASE_NAME!,
      ssl: { ca: app!.DATABASE_CA! },
    };
  });

  it("boots every machine at its address from the exact bytes that the stack registered", async () => {
    expect(machines().map(({ name }) => name)).toEqual([
      "etcd-0",
      "etcd-1",
      "etcd-2",
      "galera-0",
      "galera-1",
      "galera-2",
      "lb-0",
    ]);
    for (const { name, facts } of machines()) {
      const config = await inNode(name, "cat", "/ignition/config.ign");
      expect(createHash("sha512").update(config).digest("hex"), name).toBe(facts.ignitionSha512);
      expect(Buffer.byteLength(config), name).toBe(facts.ignitionBytes);
      expect((await inNode(name, "hostname", "-I")).split(" "), name).toContain(facts.address);
    }
  });

  it("takes writes through the published port and copies them to every node", async () => {
    await throughLoadBalancer(connection, async (query) => {
      await query(schema);
      await query("INSERT INTO writes VALUES (0, 0, 0, 'round trip')");
      expect(await query("SELECT text FROM writes WHERE run = 0")).toEqual([{ text: "round trip" }]);
      const [size] = await query("SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'");
      expect(size!.Value).toBe("3");
    });
    await throughLoadBalancer({ ...connection, port: readPort! }, async (query) => {
      await query("SET SESSION wsrep_sync_wait = 1");
      expect(await query("SELECT text FROM writes WHERE run = 0")).toEqual([{ text: "round trip" }]);
    });
  });

  it("previews no changes, also after a refresh", async () => {
    expect((await stack.preview()).changes).toEqual([]);
    expect((await stack.preview({ refresh: true })).changes).toEqual([]);
  });

  it("rolls a changed setting through the database nodes one at a time and loses no write", async () => {
    const load = new Load(connection, 1);
    await load.flowing(10, 60);
    const started = Date.now();
    const steps = await stack.up("galera.tuning.maxConnections=210");
    log(`roll in ${seconds(started)} s: ${steps.order.join(", ")}`);
    await load.flowing(10, 60);
    const report = await load.stop();
    const gap = Math.max(0, ...report.gaps.map((each) => each.seconds));
    log(`roll: ${report.acknowledged} writes acknowledged, longest gap ${gap.toFixed(2)} s`);

    expect(steps.order).toEqual(["galera-0", "galera-1", "galera-2"].flatMap(rollOf));
    await throughLoadBalancer(connection, async (query) => {
      const found = new Set(
        (await query("SELECT writer, sequence FROM writes WHERE run = 1")).map(
          ({ writer, sequence }) => `${writer}-${sequence}`,
        ),
      );
      const acknowledged = report.logs.flatMap(({ writer, attempts, unacknowledged }) =>
        Array.from({ length: attempts }, (_, sequence) => sequence).flatMap((sequence) =>
          unacknowledged.includes(sequence) ? [] : [`${writer}-${sequence}`],
        ),
      );
      expect(acknowledged.length).toBe(report.acknowledged);
      expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
      expect(await query("SELECT @@max_connections AS value")).toEqual([{ value: 210 }]);
    });
    expect((await stack.preview({ set: ["galera.tuning.maxConnections=210"] })).changes).toEqual([]);
  });

  it("leaves nothing behind after destroy", async () => {
    const started = Date.now();
    const steps = await stack.destroy();
    log(`destroy: ${steps.count("delete")} deleted in ${seconds(started)} s`);
    expect(await onHost()).toEqual([]);
    expect(await stack.resources()).toEqual([]);
  });
});

/** Pulumi replaces the gate first, because it belongs to this container. */
function rollOf(machine: string): string[] {
  return [`delete ${machine}-ready`, `delete ${machine}-node`, `create ${machine}-node`, `create ${machine}-ready`];
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}

/** Ports of this machine that are free. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once("listening", resolve))));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
