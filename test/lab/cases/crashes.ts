import { sleep, until } from "../lab.ts";
import type { Machine } from "../machines.ts";
import { type Case, lossOfOne } from "./case.ts";
import { empty, createStaleVolume } from "../volumes.ts";

export const serverKilled: Case = {
  name: "kill -9 of the writer",
  gapGoalSeconds: lossOfOne,
  everyFlavor: true,
  async run({ lab, load }) {
    const writer = await lab.writer();
    await writer.exec(["pkill", "-KILL", "--exact", "mysqld|mariadbd"]);
    await load.flowing(50, 20);
  },
};

export const writerPowerLoss: Case = {
  name: "power loss of the writer's node",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load, check }) {
    const writer = await lab.writer();
    await writer.withoutPower(async () => {
      await load.flowing(50, 20);
      check((await lab.writer()) !== writer, "another node is the writer now");
      await sleep(3);
    });
  },
};

export const emptyVolume: Case = {
  name: "a node with an emptied data volume",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load }) {
    const [reader] = await lab.readers();
    await reader!.withoutPower(async () => {
      await createStaleVolume(reader!);
      await empty(reader!);
    });
    await load.flowing(50, 20);
  },
};

export const allKilled: Case = {
  name: "all nodes killed at once",
  everyFlavor: true,
  async run({ lab, check }) {
    const before = (await lab.keys()).get("uuid");
    const nodes = lab.of("galera");
    const fault = Date.now();
    await Promise.all(nodes.map((node) => node.powerOff()));
    await sleep(2);
    await Promise.all(nodes.map((node) => node.powerOn()));
    await lab.healthy(300);
    check((await lab.keys()).get("uuid") === before, "the cluster is the same");
    await restartedFromNewest(nodes, fault, check);
  },
};

export const staleFirst: Case = {
  name: "all killed, one of them earlier and back first",
  async run({ lab, load, check }) {
    const [stale, other] = await lab.readers();
    const writer = await lab.writer();
    await stale!.powerOff();
    // The other nodes continue without this one. It misses the writes from here on.
    await load.flowing(300, 20);
    await until(
      "the cluster continues without the lost node",
      30,
      async () => !(await lab.keys()).has(`members/${stale!.name}`),
    );
    await load.flowing(100, 20);
    const fault = Date.now();
    await Promise.all([writer.powerOff(), other!.powerOff()]);
    await stale!.powerOn();
    await until("the returned node waits for the others", 30, async () =>
      (await stale!.log("galera.service", fault)).includes("galera-start: wait "),
    );
    await sleep(5);
    check(!(await stale!.ready()), `${stale!.name} misses the last writes and does not start another cluster`);
    await Promise.all([writer.powerOn(), other!.powerOn()]);
    await lab.healthy(300);
    await restartedFromNewest([writer, other!], fault, check);
  },
};

/** Checks that exactly one node has restarted the cluster since the fault, and that no node had newer data. */
async function restartedFromNewest(
  nodes: readonly Machine[],
  fault: number,
  check: (holds: boolean, statement: string) => void,
): Promise<void> {
  const logs = await Promise.all(nodes.map((node) => node.log("galera.service", fault)));
  const positions = logs.map((log) =>
    Number(/the data here goes up to [0-9a-f-]+:(-?\d+)/.exec(log)?.[1] ?? Number.NaN),
  );
  const restarted = nodes.flatMap((_, index) =>
    logs[index]!.includes("restarting the cluster from the data here") ? [index] : [],
  );
  const names = restarted.map((index) => nodes[index]!.name).join(" and ") || "none";
  check(restarted.length === 1, `exactly one node restarts the cluster, not ${names}`);
  const newest = Math.max(...positions);
  const reported = nodes.map((node, index) => `${node.name} ${positions[index]}`).join(", ");
  check(
    restarted.length === 1 && positions[restarted[0]!] === newest,
    `the node with the highest seqno restarts the cluster (${reported})`,
  );
}
