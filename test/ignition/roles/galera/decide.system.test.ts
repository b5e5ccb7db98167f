import { describe, expect, test } from "vitest";
import { call } from "../bash.ts";

const cluster = "11111111-aaaa-11ee-8000-000000000001";
const other = "22222222-bbbb-11ee-8000-000000000002";
const nowhere = "00000000-0000-0000-0000-000000000000";

/** Decision of a node, given the cluster of its data and the keys in etcd. */
function decide(data: "none" | string, keys: readonly string[], node = "galera-0"): string {
  return call("galera/decide.sh", "decide", [node, data], keys.map((key) => `${key}\n`).join(""));
}

const members = ["members/galera-0 10.0.0.20", "members/galera-1 10.0.0.21", "members/galera-2 10.0.0.22"];
const known = [`uuid ${cluster}`, "bootstrap galera-0", ...members];
const report = (node: number, seqno: number | bigint, uuid = cluster) => `recovered/galera-${node} ${uuid}:${seqno}`;

describe("without a cluster", () => {
  test.each([
    ["tries to be elected if no node is elected", [], "elect"],
    ["creates the cluster if it is elected", ["bootstrap galera-0"], "create"],
    [
      "creates the cluster if it is elected and was interrupted",
      ["bootstrap galera-0", "members/galera-0 10.0.0.20"],
      "create",
    ],
    ["waits if another node is elected", ["bootstrap galera-1"], "wait galera-1 creates the cluster"],
    [
      "waits if another node is elected and starting",
      ["bootstrap galera-1", "members/galera-1 10.0.0.21", "alive/galera-1 starting 10.0.0.21"],
      "wait galera-1 creates the cluster",
    ],
    ["tries to be elected if other nodes are starting", ["alive/galera-1 starting 10.0.0.21"], "elect"],
  ])("%s", (_, keys, verdict) => {
    expect(decide("none", keys)).toBe(verdict);
  });
});

describe("with a Primary component", () => {
  const running = [...known, "alive/galera-1 primary 10.0.0.21", "alive/galera-2 primary 10.0.0.22"];
  test.each([
    ["joins with an empty disk", "none", running, "join 10.0.0.21,10.0.0.22"],
    ["joins with old data", cluster, running, "join 10.0.0.21,10.0.0.22"],
    [
      "joins if it is not a member any more",
      cluster,
      running.filter((key) => !key.startsWith("members/galera-0")),
      "join 10.0.0.21,10.0.0.22",
    ],
    ["joins if it was elected and has lost its disk", "none", running, "join 10.0.0.21,10.0.0.22"],
    [
      "joins only nodes in the Primary component",
      cluster,
      [...known, "alive/galera-1 lost 10.0.0.21", "alive/galera-2 primary 10.0.0.22"],
      "join 10.0.0.22",
    ],
    [
      "joins despite reports of an earlier recovery",
      cluster,
      [...running, report(0, 9), report(1, 9), report(2, 9)],
      "join 10.0.0.21,10.0.0.22",
    ],
    [
      "waits until another node has ended its recovery",
      cluster,
      [...running, "recovery galera-1"],
      "wait galera-1 restarts the cluster",
    ],
    ["waits while another node joins", cluster, [...running, "joining galera-3"], "wait galera-3 is joining"],
    [
      "waits with an empty disk while another node joins",
      "none",
      [...running, "joining galera-3"],
      "wait galera-3 is joining",
    ],
    ["joins again if it already has the turn", cluster, [...running, "joining galera-0"], "join 10.0.0.21,10.0.0.22"],
  ])("%s", (_, data, keys, verdict) => {
    expect(decide(data, keys)).toBe(verdict);
  });

  test("does not join its own address from before a crash", () => {
    expect(decide(cluster, [...known, "alive/galera-0 primary 10.0.0.20"])).toBe("report");
  });
});

describe("with data of another cluster", () => {
  test.each([
    ["the cluster runs", [...known, "alive/galera-1 primary 10.0.0.21"]],
    ["no node runs", known],
    ["all nodes have reported", [...known, report(0, 9, other), report(1, 5), report(2, 5)]],
  ])("neither joins nor starts when %s", (_, keys) => {
    expect(decide(other, keys)).toBe(
      `refuse this disk holds data of cluster ${other}, not of ${cluster}; empty it to join`,
    );
  });
});

describe("when all nodes are down", () => {
  const all = [report(0, 70), report(1, 90), report(2, 80)];
  test.each([
    ["reports its position", known, "galera-0", "report"],
    ["reports its position if another node was joining", [...known, "joining galera-1"], "galera-0", "report"],
    ["reports its position after the other nodes", [...known, report(1, 90), report(2, 80)], "galera-0", "report"],
    [
      "waits for one late report",
      [...known, report(0, 70), report(1, 90)],
      "galera-1",
      "wait these members have not said how far their data goes: galera-2",
    ],
    [
      "waits for two late reports",
      [...known, report(0, 70)],
      "galera-0",
      "wait these members have not said how far their data goes: galera-1 galera-2",
    ],
    ["restarts the cluster if it has the newest data", [...known, ...all], "galera-1", "recover"],
    [
      "waits for the node with the newest data",
      [...known, ...all],
      "galera-0",
      "wait galera-1 has the newest data (seqno 90) and restarts the cluster",
    ],
    [
      "restarts the cluster as the first by name of equal nodes",
      [...known, report(0, 90), report(1, 90), report(2, 90)],
      "galera-0",
      "recover",
    ],
    [
      "waits for the first by name of equal nodes",
      [...known, report(0, 90), report(1, 90), report(2, 90)],
      "galera-1",
      "wait galera-0 has the newest data (seqno 90) and restarts the cluster",
    ],
    [
      "restarts a cluster without any write",
      [...known, report(0, 0), report(1, 0), report(2, 0)],
      "galera-0",
      "recover",
    ],
    ["compares seqnos as numbers", [...known, report(0, 9), report(1, 10), report(2, 1)], "galera-1", "recover"],
    [
      "compares seqnos of 64 bits",
      [...known, report(0, 9223372036854775807n), report(1, 10), report(2, 1)],
      "galera-1",
      "wait galera-0 has the newest data (seqno 9223372036854775807) and restarts the cluster",
    ],
    [
      "waits while another node restarts the cluster",
      [...known, report(0, 70), report(2, 80), "recovery galera-1"],
      "galera-0",
      "wait galera-1 restarts the cluster",
    ],
    [
      "reports its position while another node restarts the cluster",
      [...known, report(2, 80), "recovery galera-1"],
      "galera-0",
      "report",
    ],
    [
      "restarts the cluster again after its recovery was interrupted",
      [...known, ...all, "recovery galera-1"],
      "galera-1",
      "recover",
    ],
    [
      "reports its position again after its recovery was interrupted",
      [...known, report(0, 70), report(2, 80), "recovery galera-1"],
      "galera-1",
      "report",
    ],
  ])("%s", (_, keys, node, verdict) => {
    expect(decide(cluster, keys, node)).toBe(verdict);
  });

  test("reports a member with an empty disk, which never restarts the cluster", () => {
    const keys = [...known, report(0, -1, nowhere), report(1, 90), report(2, 80)];
    expect(decide("none", keys, "galera-0")).toBe(
      "wait galera-1 has the newest data (seqno 90) and restarts the cluster",
    );
    expect(decide(cluster, keys, "galera-1")).toBe("recover");
    expect(decide("none", known, "galera-0")).toBe("report");
  });

  test("accepts a report with data of another cluster, which never wins", () => {
    const keys = [...known, report(0, 500, other), report(1, 90), report(2, 80)];
    expect(decide(cluster, keys, "galera-1")).toBe("recover");
  });

  test("never chooses a report without a seqno", () => {
    const keys = [...known, report(0, -1), report(1, -1), report(2, 3)];
    expect(decide(cluster, keys, "galera-2")).toBe("recover");
  });

  test("refuses to start if no member has usable data", () => {
    const keys = [...known, report(0, -1, nowhere), report(1, -1, nowhere), report(2, -1)];
    for (const node of ["galera-0", "galera-1", "galera-2"]) {
      expect(decide("none", keys, node)).toBe(
        `refuse no member has usable data of cluster ${cluster}; ` +
          "restore a backup on one, or delete all keys to create a new cluster",
      );
    }
  });

  test("ignores the report of a node that is not a member", () => {
    const keys = [`uuid ${cluster}`, "members/galera-0 10.0.0.20", report(0, 90), report(3, 900)];
    expect(decide(cluster, keys, "galera-3")).toBe(
      "wait none of the last members (galera-0) runs, and the data here does not count",
    );
    expect(decide(cluster, keys, "galera-0")).toBe("recover");
  });

  test("restarts the cluster from its only member", () => {
    expect(decide(cluster, [`uuid ${cluster}`, "members/galera-2 10.0.0.22", report(2, 7)], "galera-2")).toBe(
      "recover",
    );
  });

  test("refuses to start if there are no members", () => {
    expect(decide(cluster, [`uuid ${cluster}`, "bootstrap galera-0"])).toBe(
      `refuse no member of cluster ${cluster} is recorded: put members/<node> for the nodes with the newest data`,
    );
  });
});

describe("when etcd has lost its keys", () => {
  test("registers the cluster of a node with data", () => {
    expect(decide(cluster, [])).toBe("register");
    expect(decide(cluster, ["bootstrap galera-1"])).toBe("register");
  });

  test("waits without data while a node runs, even if it is elected", () => {
    const waiting = "wait the running nodes have not registered the cluster again yet";
    expect(decide("none", ["alive/galera-1 primary 10.0.0.21"])).toBe(waiting);
    expect(decide("none", ["bootstrap galera-0", "alive/galera-1 primary 10.0.0.21"])).toBe(waiting);
    expect(decide(cluster, ["alive/galera-1 primary 10.0.0.21"])).toBe(waiting);
  });

  test.each([
    ["no node is elected", members, "galera-0"],
    ["this node is elected", ["bootstrap galera-0", ...members], "galera-0"],
  ])("creates no cluster while members exist and %s", (_, keys, node) => {
    expect(decide("none", keys, node)).toBe(
      "refuse etcd knows members (galera-0 galera-1 galera-2) of a cluster without a uuid",
    );
  });
});
