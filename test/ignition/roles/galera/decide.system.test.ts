import { describe, expect, test } from "vitest";
import { call } from "../bash.ts";

const cluster = "11111111-aaaa-11ee-8000-000000000001";
const other = "22222222-bbbb-11ee-8000-000000000002";
const nowhere = "00000000-0000-0000-0000-000000000000";

/** What galera-0, or another node, decides with this on its disk and these keys in etcd. */
function decide(data: "none" | string, keys: readonly string[], node = "galera-0"): string {
  return call("galera/decide.sh", "decide", [node, data], keys.map((key) => `${key}\n`).join(""));
}

const members = ["members/galera-0 10.0.0.20", "members/galera-1 10.0.0.21", "members/galera-2 10.0.0.22"];
const known = [`uuid ${cluster}`, "bootstrap galera-0", ...members];
const report = (node: number, seqno: number, uuid = cluster) => `recovered/galera-${node} ${uuid}:${seqno}`;

describe("a cluster that has never been", () => {
  test.each([
    ["nobody is elected yet", [], "elect"],
    ["this node is elected", ["bootstrap galera-0"], "create"],
    ["this node is elected and was interrupted", ["bootstrap galera-0", "members/galera-0 10.0.0.20"], "create"],
    ["another node is elected", ["bootstrap galera-1"], "wait galera-1 makes the cluster"],
    [
      "another node is elected and at it",
      ["bootstrap galera-1", "members/galera-1 10.0.0.21", "alive/galera-1 starting 10.0.0.21"],
      "wait galera-1 makes the cluster",
    ],
    ["others are merely alive", ["alive/galera-1 starting 10.0.0.21"], "elect"],
  ])("%s", (_, keys, verdict) => {
    expect(decide("none", keys)).toBe(verdict);
  });
});

describe("a cluster with a Primary component", () => {
  const running = [...known, "alive/galera-1 primary 10.0.0.21", "alive/galera-2 primary 10.0.0.22"];
  test.each([
    ["an empty disk", "none", running, "join 10.0.0.21,10.0.0.22"],
    ["old data", cluster, running, "join 10.0.0.21,10.0.0.22"],
    [
      "a node that is no member any more",
      cluster,
      running.filter((key) => !key.startsWith("members/galera-0")),
      "join 10.0.0.21,10.0.0.22",
    ],
    ["a node that was elected and lost its disk", "none", running, "join 10.0.0.21,10.0.0.22"],
    [
      "only the nodes in the Primary component",
      cluster,
      [...known, "alive/galera-1 lost 10.0.0.21", "alive/galera-2 primary 10.0.0.22"],
      "join 10.0.0.22",
    ],
    [
      "reports of an earlier recovery",
      cluster,
      [...running, report(0, 9), report(1, 9), report(2, 9)],
      "join 10.0.0.21,10.0.0.22",
    ],
    [
      "another node still has to end its recovery",
      cluster,
      [...running, "recovery galera-1"],
      "wait galera-1 restarts the cluster",
    ],
    ["another node is joining", cluster, [...running, "joining galera-3"], "wait galera-3 is joining"],
    [
      "another node is joining, and the disk is empty",
      "none",
      [...running, "joining galera-3"],
      "wait galera-3 is joining",
    ],
    [
      "it is this node's turn, which begins again",
      cluster,
      [...running, "joining galera-0"],
      "join 10.0.0.21,10.0.0.22",
    ],
  ])("%s", (_, data, keys, verdict) => {
    expect(decide(data, keys)).toBe(verdict);
  });

  test("its own key from before the crash is not somebody to join", () => {
    expect(decide(cluster, [...known, "alive/galera-0 primary 10.0.0.20"])).toBe("report");
  });
});

describe("data of another cluster", () => {
  test.each([
    ["while the cluster runs", [...known, "alive/galera-1 primary 10.0.0.21"]],
    ["while nobody runs", known],
    ["with everybody's reports", [...known, report(0, 9, other), report(1, 5), report(2, 5)]],
  ])("is neither joined with nor started: %s", (_, keys) => {
    expect(decide(other, keys)).toBe(
      `refuse this disk holds data of cluster ${other}, not of ${cluster}; empty it to join`,
    );
  });
});

describe("all nodes are down", () => {
  const all = [report(0, 70), report(1, 90), report(2, 80)];
  test.each([
    ["this node has not reported", known, "galera-0", "report"],
    ["nor has it, and another one was joining when all fell", [...known, "joining galera-1"], "galera-0", "report"],
    ["nor has it when the others have", [...known, report(1, 90), report(2, 80)], "galera-0", "report"],
    [
      "one is late",
      [...known, report(0, 70), report(1, 90)],
      "galera-1",
      "wait these members have not said how far their data goes: galera-2",
    ],
    [
      "two are late",
      [...known, report(0, 70)],
      "galera-0",
      "wait these members have not said how far their data goes: galera-1 galera-2",
    ],
    ["the newest starts", [...known, ...all], "galera-1", "recover"],
    [
      "the others wait for it",
      [...known, ...all],
      "galera-0",
      "wait galera-1 has the newest data (seqno 90) and restarts the cluster",
    ],
    [
      "of equals the first by name starts",
      [...known, report(0, 90), report(1, 90), report(2, 90)],
      "galera-0",
      "recover",
    ],
    [
      "of equals no other",
      [...known, report(0, 90), report(1, 90), report(2, 90)],
      "galera-1",
      "wait galera-0 has the newest data (seqno 90) and restarts the cluster",
    ],
    ["a cluster that never wrote", [...known, report(0, 0), report(1, 0), report(2, 0)], "galera-0", "recover"],
    ["seqnos are numbers, not text", [...known, report(0, 9), report(1, 10), report(2, 1)], "galera-1", "recover"],
    [
      "seqnos may be large",
      [...known, report(0, 9223372036854775806), report(1, 10), report(2, 1)].map(String),
      "galera-1",
      "wait galera-0 has the newest data (seqno 9223372036854775807) and restarts the cluster",
    ],
    [
      "somebody is at it already",
      [...known, report(0, 70), report(2, 80), "recovery galera-1"],
      "galera-0",
      "wait galera-1 restarts the cluster",
    ],
    [
      "somebody is at it, and this node comes late",
      [...known, report(2, 80), "recovery galera-1"],
      "galera-0",
      "report",
    ],
    ["this node was at it, and has to start over", [...known, ...all, "recovery galera-1"], "galera-1", "recover"],
    [
      "this node was at it, and is asked anew",
      [...known, report(0, 70), report(2, 80), "recovery galera-1"],
      "galera-1",
      "report",
    ],
  ])("%s", (_, keys, node, verdict) => {
    expect(
      decide(
        cluster,
        keys.map((key) => key.replace("9223372036854776000", "9223372036854775807")),
        node,
      ),
    ).toBe(verdict);
  });

  test("a member with an empty disk is asked, and never starts", () => {
    const keys = [...known, report(0, -1, nowhere), report(1, 90), report(2, 80)];
    expect(decide("none", keys, "galera-0")).toBe(
      "wait galera-1 has the newest data (seqno 90) and restarts the cluster",
    );
    expect(decide(cluster, keys, "galera-1")).toBe("recover");
    expect(decide("none", known, "galera-0")).toBe("report");
  });

  test("a report of another cluster's data counts as an answer, and never wins", () => {
    const keys = [...known, report(0, 500, other), report(1, 90), report(2, 80)];
    expect(decide(cluster, keys, "galera-1")).toBe("recover");
  });

  test("a position without a number never wins", () => {
    const keys = [...known, report(0, -1), report(1, -1), report(2, 3)];
    expect(decide(cluster, keys, "galera-2")).toBe("recover");
  });

  test("no usable data anywhere: nobody starts", () => {
    const keys = [...known, report(0, -1, nowhere), report(1, -1, nowhere), report(2, -1)];
    for (const node of ["galera-0", "galera-1", "galera-2"]) {
      expect(decide("none", keys, node)).toBe(
        `refuse no member has usable data of cluster ${cluster}; restore a backup on one, or delete all keys to begin anew`,
      );
    }
  });

  test("only members count: a node with old data waits, and cannot win", () => {
    const keys = [`uuid ${cluster}`, "members/galera-0 10.0.0.20", report(0, 90), report(3, 900)];
    expect(decide(cluster, keys, "galera-3")).toBe(
      "wait none of the last members (galera-0) runs, and the data here does not count",
    );
    expect(decide(cluster, keys, "galera-0")).toBe("recover");
  });

  test("the last of them to run is enough", () => {
    expect(decide(cluster, [`uuid ${cluster}`, "members/galera-2 10.0.0.22", report(2, 7)], "galera-2")).toBe(
      "recover",
    );
  });

  test("no member is recorded: nobody starts", () => {
    expect(decide(cluster, [`uuid ${cluster}`, "bootstrap galera-0"])).toBe(
      `refuse no member of cluster ${cluster} is recorded: put members/<node> for the nodes with the newest data`,
    );
  });
});

describe("etcd has lost its keys", () => {
  test("a node with data tells what it knows", () => {
    expect(decide(cluster, [])).toBe("register");
    expect(decide(cluster, ["bootstrap galera-1"])).toBe("register");
  });

  test("a node without data waits while somebody runs, whoever was elected", () => {
    const waiting = "wait the running nodes have not registered the cluster again yet";
    expect(decide("none", ["alive/galera-1 primary 10.0.0.21"])).toBe(waiting);
    expect(decide("none", ["bootstrap galera-0", "alive/galera-1 primary 10.0.0.21"])).toBe(waiting);
    expect(decide(cluster, ["alive/galera-1 primary 10.0.0.21"])).toBe(waiting);
  });

  test.each([
    ["nobody elected", members, "galera-0"],
    ["this node elected", ["bootstrap galera-0", ...members], "galera-0"],
  ])("a node without data makes no cluster when there are members of one: %s", (_, keys, node) => {
    expect(decide("none", keys, node)).toBe(
      "refuse etcd knows members (galera-0 galera-1 galera-2) of a cluster without a uuid",
    );
  });
});
