import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { missing, named } from "../requirements.ts";
import { roles } from "../role-folder.ts";

const uuid = "06478a63-e5a2-11f1-9faf-0b1a8a4f7c63";
const otherUuid = "11111111-e5a2-11f1-9faf-0b1a8a4f7c63";
const prefix = "/paasmas/galera/db/";
const address = "10.0.0.21";

/** Every start of the agent deletes the keys from before. */
const start = ["nodes", "alive", "recovered"].map((kind) => `delete ${prefix}${kind}/galera-1`);
/** Keys of a healthy cluster with two nodes, as seen by galera-1. */
const healthy = {
  uuid,
  "members/galera-0": "10.0.0.20",
  "members/galera-1": address,
  "alive/galera-0": "primary 10.0.0.20",
  "alive/galera-1": `primary ${address}`,
  "nodes/galera-0": '{"address":"10.0.0.20"}',
  "nodes/galera-1": `{"address":"${address}"}`,
};
const view = (more: Record<string, string> = {}) => ({
  synced: "yes",
  cluster_status: "Primary",
  cluster_state_uuid: uuid,
  incoming_addresses: "galera-0:3306,galera-1:3306",
  ...more,
});

const reason = missing({ programs: ["bash", "awk", "cmp"] });

describe.skipIf(reason !== undefined)(named("one round of galera-agent", reason), () => {
  let root = "";
  let run = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "galera-agent-"));
    run = join(root, "run/paasmas/galera");
    for (const folder of [join(root, "opt/paasmas/bin"), join(root, "data"), run])
      mkdirSync(folder, { recursive: true });
    cpSync(new URL("agent-etcd.sh", import.meta.url), join(root, "opt/paasmas/bin/etcd.sh"));
    cpSync(`${roles}galera/position.sh`, join(root, "opt/paasmas/bin/position.sh"));
    mark("wanted", "accounts");
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const lines = (values: Record<string, string>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${value}\n`)
      .join("");
  const mark = (...names: string[]) => {
    for (const name of names) writeFileSync(join(run, name), "");
  };
  /** The changes of one round on galera-1, after those of the start. */
  const round = (keys: Record<string, string>, state?: Record<string, string>) => {
    writeFileSync(join(root, "keys"), lines(keys));
    if (state !== undefined) writeFileSync(join(run, "view"), lines(state));
    const { status, stderr } = spawnSync("bash", [`${roles}galera/galera-agent`], {
      encoding: "utf8",
      timeout: 20_000,
      env: {
        PATH: process.env.PATH,
        PAASMAS_ROOT: root,
        NAME: "galera-1",
        ADDRESS: address,
        PREFIX: prefix,
        DATA_PATH: join(root, "data"),
        ETCD_KEYS: join(root, "keys"),
        ETCD_CHANGES: join(root, "changes"),
      },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const changes = readFileSync(join(root, "changes"), "utf8").trimEnd().split("\n");
    expect(changes.slice(0, start.length)).toEqual(start);
    return changes.slice(start.length);
  };

  test("keeps all keys of a healthy cluster", () => {
    expect(round(healthy, view())).toEqual([]);
    expect(readFileSync(join(run, "lease"), "utf8")).toBe("7\n");
    expect(readFileSync(join(root, "data/cluster"), "utf8")).toBe(`${uuid}\ngalera-0\ngalera-1\n`);
  });

  test("puts the cluster, the member and its leased keys into an empty etcd", () => {
    expect(round({}, view({ incoming_addresses: "galera-1:3306" }))).toEqual([
      `if absent ${prefix}uuid: put ${prefix}uuid 0 ${uuid}`,
      `put ${prefix}members/galera-1 ${address}`,
      `put ${prefix}alive/galera-1 primary ${address} 7`,
      `put ${prefix}nodes/galera-1 {"address":"${address}"} 7`,
    ]);
    expect(existsSync(join(run, "alone"))).toBe(true);
  });

  test("removes a member that is neither in the component nor alive", () => {
    expect(round({ ...healthy, "members/galera-2": "10.0.0.22" }, view())).toEqual([
      `if absent ${prefix}alive/galera-2 and present ${prefix}members/galera-2: delete ${prefix}members/galera-2`,
    ]);
  });

  test("keeps a member that is alive outside of the component", () => {
    const joiner = { "members/galera-2": "10.0.0.22", "alive/galera-2": "starting 10.0.0.22" };
    expect(round({ ...healthy, ...joiner }, view())).toEqual([]);
  });

  test("keeps a member in the component whose alive key has expired", () => {
    const { "alive/galera-0": _, ...keys } = healthy;
    expect(round(keys, view())).toEqual([]);
  });

  test("ends its recovery and its turn to join when it is Synced", () => {
    expect(round({ ...healthy, recovery: "galera-1", joining: "galera-1" }, view())).toEqual([
      `delete ${prefix}recovery`,
      `if equal ${prefix}joining galera-1: delete ${prefix}joining`,
    ]);
  });

  test("keeps the recovery and the turn of another node", () => {
    expect(round({ ...healthy, recovery: "galera-0", joining: "galera-0" }, view())).toEqual([]);
  });

  test("removes itself from the nodes for clients while it is not Synced, and changes no member", () => {
    const keys = { ...healthy, joining: "galera-1", "members/galera-2": "10.0.0.22" };
    expect(round(keys, view({ synced: "no" }))).toEqual([`delete ${prefix}nodes/galera-1`]);
  });

  test.each([
    ["it is draining", () => mark("draining")],
    ["the accounts are missing", () => rmSync(join(run, "accounts"))],
  ])("removes itself from the nodes for clients while %s", (_, change) => {
    change();
    expect(round(healthy, view())).toEqual([`delete ${prefix}nodes/galera-1`]);
  });

  test("publishes nothing about a cluster that differs from etcd", () => {
    expect(round({ ...healthy, uuid: otherUuid, "members/galera-2": "10.0.0.22" }, view())).toEqual([
      `delete ${prefix}nodes/galera-1`,
    ]);
  });

  test("reports a node without a Primary component as lost", () => {
    expect(round(healthy, view({ synced: "no", cluster_status: "non-Primary" }))).toEqual([
      `put ${prefix}alive/galera-1 lost ${address} 7`,
      `delete ${prefix}nodes/galera-1`,
    ]);
  });

  test("reports a server that does not answer yet as starting", () => {
    expect(round({ uuid, "members/galera-1": address })).toEqual([`put ${prefix}alive/galera-1 starting ${address} 7`]);
  });

  test("deletes its leased keys and ends its turn to join when its server is stopped", () => {
    rmSync(join(run, "wanted"));
    expect(round({ ...healthy, joining: "galera-1" })).toEqual([
      `delete ${prefix}alive/galera-1`,
      `delete ${prefix}nodes/galera-1`,
      `if equal ${prefix}joining galera-1: delete ${prefix}joining`,
    ]);
  });

  test("serves clients alone only while there is no other node for clients", () => {
    const { "nodes/galera-0": _, ...keys } = healthy;
    round(keys, view());
    expect(existsSync(join(run, "alone"))).toBe(true);
    rmSync(join(root, "changes"));
    round(healthy, view());
    expect(existsSync(join(run, "alone"))).toBe(false);
  });
});
