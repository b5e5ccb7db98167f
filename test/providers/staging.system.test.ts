import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { factTypes, type MachineFacts } from "../../components/cloud/facts.ts";
import { type Config, parse } from "../../ignition/index.ts";
import { compose } from "../../stacks/compose.ts";
import { parseEnvironment } from "../../stacks/environment.ts";
import { FakeServers } from "./fake-servers.ts";
import { openstackHere } from "./openstack.ts";
import { noEngine } from "./requirements.ts";
import { EngineStack, type StateResource } from "./stack.ts";

const userDataCommand = process.env.PAASMAS_USERDATA_COMMAND;
const engineMissing = noEngine(["random", "tls", "command", "openstack"]);
const openstack = engineMissing ?? (await openstackHere());
const reason =
  typeof openstack === "string"
    ? openstack
    : userDataCommand
      ? undefined
      : "no PAASMAS_USERDATA_COMMAND, which prints the user data of the server whose id follows";
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const minutes = 60_000;
const here = typeof openstack === "string" || reason !== undefined ? undefined : openstack;
const there = await here?.defaults();
const settings = [
  `openstack.imageId=${there?.imageId}`,
  `openstack.externalNetworkId=${there?.externalNetworkId}`,
  `openstack.volumeType=${there?.volumeType}`,
  "sshAuthorizedKeys=[]",
  // The tests pull no image from this registry.
  "registry.ecr.host=123456789012.dkr.ecr.eu-central-1.amazonaws.com",
  "registry.ecr.accessKey=AKIAIOSFODNN7EXAMPLE",
  "registry.ecr.secretKey=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  // The tests write no data to these volumes.
  "etcd.volumeGiB=1",
  "galera.volumeGiB=4",
  "galera.tuning.gcacheMiB=512",
  "deployHook.volumeGiB=1",
  "logs.volumeGiB=1",
];
// No server boots, so there is no Kubernetes API for the components that need one.
const stack = new EngineStack("engine-staging", "staging", settings, ["kubernetes", "monitoring", "paas"]);
const changed = "galera.tuning.maxConnections=210";
const log = (line: string) => console.log(`engine, staging: ${line}`);

const names = ["apps-0", "etcd-0", "etcd-1", "etcd-2", "galera-0", "galera-1", "galera-2", "lb-0", "lb-1", "logs"];
const databaseNodes = ["galera-0", "galera-1", "galera-2"];

let servers: FakeServers;
let ofStaging: StateResource[];

/** The Ignition config that the stack uploaded for a machine. */
function registered(machine: string): { text: string; facts: MachineFacts } {
  const facts = ofStaging.find(({ type, name }) => type === factTypes.machine && name === machine)!
    .inputs as unknown as MachineFacts;
  return { text: ofStaging.find(({ name }) => name === `${machine}-config`)!.inputs.content as string, facts };
}

describe("staging with the engine", { timeout: 40 * minutes }, () => {
  beforeAll(async () => {
    if (here === undefined) return;
    await stack.open();
    servers = new FakeServers(here, stack.name, userDataCommand!);
  }, 40 * minutes);
  afterAll(async () => {
    if (here === undefined) return;
    await stack.close();
    await servers.end();
  }, 40 * minutes);

  it("creates 10 machines with gates, and a load balancer", async () => {
    const started = Date.now();
    const steps = await stack.up();
    log(`up: ${steps.count("create")} created in ${seconds(started)} s`);
    ofStaging = await stack.resources();
    expect(servers.failures).toEqual([]);
    expect((await here!.servers(stack.name)).map(({ name, status }) => `${name} ${status}`).sort()).toEqual(
      names.map((name) => `${name} ACTIVE`),
    );
  });

  it("points every machine's user data in the metadata service to the registered Ignition config", () => {
    expect(servers.booted.map(({ name }) => name).sort()).toEqual(names);
    for (const { name, text, userData } of servers.booted) {
      const { text: wanted, facts } = registered(name);
      expect(text, name).toBe(wanted);
      expect(Buffer.byteLength(text), name).toBe(facts.ignitionBytes);
      expect(parse(JSON.parse(userData)).ignition.config?.replace?.verification, name).toEqual({
        hash: `sha512-${facts.ignitionSha512}`,
      });
      expect(Buffer.byteLength(userData), name).toBe(facts.userDataBytes);
    }
  });

  it("boots machines with the configs of a plan without an engine", async () => {
    const config = Object.fromEntries(
      Object.entries(stack.config()).map(([key, value]) => [
        key,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    );
    const { resources } = await evaluate(() => compose(parseEnvironment(stack.name, config)), {
      stack: stack.name,
      config,
    });
    for (const { name, text } of servers.booted) {
      const planned = resources.find((resource) => resource.name === `${name}-config`)!.inputs.content as string;
      expect(outline(parse(JSON.parse(text))), name).toEqual(outline(parse(JSON.parse(planned))));
    }
  });

  it("previews no changes, also after a refresh", async () => {
    expect((await stack.preview()).changes).toEqual([]);
    expect((await stack.preview({ refresh: true })).changes).toEqual([]);
  });

  it("replaces the database nodes one at a time after a changed setting, each after the previous gate", async () => {
    const before = await here!.servers(stack.name);
    const started = Date.now();
    const steps = await stack.up(changed);
    log(`roll in ${seconds(started)} s: ${steps.order.join(", ")}`);
    expect(steps.order.filter((step) => /-(instance|ready)$/.test(step))).toEqual(databaseNodes.flatMap(rollOf));
    // Ports and volumes stay, and with them addresses and data.
    expect(steps.order.filter((step) => !/-(instance|ready|config|config-url)$/.test(step))).toEqual([]);

    const after = await here!.servers(stack.name);
    const same = after.filter(({ id }) => before.some((server) => server.id === id)).map(({ name }) => name);
    expect(same.sort()).toEqual(names.filter((name) => !databaseNodes.includes(name)));
    expect(servers.failures).toEqual([]);
    ofStaging = await stack.resources();
    const anew = servers.booted.slice(names.length);
    expect(anew.map(({ name }) => name)).toEqual(databaseNodes);
    for (const { name, text } of anew) expect(text, name).toBe(registered(name).text);
    expect((await stack.preview({ set: [changed] })).changes).toEqual([]);
  });

  it("leaves nothing behind after destroy", async () => {
    expect((await here!.belongings(stack.name)).length).toBeGreaterThan(names.length);
    const started = Date.now();
    const steps = await stack.destroy();
    log(`destroy: ${steps.count("delete")} deleted in ${seconds(started)} s`);
    await here!.connect();
    expect(await here!.belongings(stack.name)).toEqual([]);
    expect(await stack.resources()).toEqual([]);
  });
});

/** Pulumi replaces the gate first, because it belongs to this instance. */
function rollOf(machine: string): string[] {
  return [
    `delete ${machine}-ready`,
    `delete ${machine}-instance`,
    `create ${machine}-instance`,
    `create ${machine}-ready`,
  ];
}

/** The parts of a config without keys and passwords, which differ in every stack. */
function outline({ ignition, passwd, storage, systemd }: Config) {
  const files = storage?.files?.map(({ path, mode, user, group }) => ({ path, mode, user, group }));
  return { ignition, passwd, systemd, directories: storage?.directories, links: storage?.links, files };
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}
