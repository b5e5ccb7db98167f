import { type Lab, sleep, until } from "../lab.ts";
import type { Machine } from "../machines.ts";
import { type Case, lossOfOne } from "./case.ts";

export const minorityPartition: Case = {
  name: "writer cut off from the others",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load, check }) {
    const writer = await lab.writer();
    await writer.isolate();
    try {
      await load.flowing(50, 20);
      check((await lab.writer()) !== writer, "the majority has another writer");
      const outcome = await lab
        .on(writer, (query) =>
          query("INSERT INTO writes (run, writer, sequence, text) VALUES (-1, -1, -1, 'written in a minority')"),
        )
        .then(
          () => "accepted",
          (error: Error) => error.message,
        );
      check(
        /WSREP has not yet prepared node/.test(outcome),
        `${writer.name} is isolated and refuses writes (${outcome})`,
      );
      check(!(await writer.ready()), `${writer.name} is isolated and not healthy`);
      await sleep(5);
    } finally {
      await writer.reconnect();
    }
  },
};

export const loadBalancerLoss: Case = {
  name: "loss of one load balancer",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load, check }) {
    const [balancer] = lab.of("haproxy");
    const before = await lab.writer();
    await balancer!.withoutPower(async () => {
      await load.flowing(200, 20);
      check((await lab.writer()) === before, "the other load balancer writes to the same node");
    });
    await lab.healthy(120);
    await load.flowing(200, 20);
    check((await lab.writer()) === before, "the returned load balancer gets the writer from its peer");
  },
};

export const writerOutOfSight: Case = {
  name: "writer out of one load balancer's sight",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load, check }) {
    const [first, second] = lab.of("haproxy") as [Machine, Machine];
    const writer = await lab.writer();
    await second.isolateFrom(writer);
    try {
      // If one load balancer cannot reach a node, neither of them sends writes to it.
      await until("both load balancers leave the writer", 20, async () => {
        const chosen = await Promise.all([first, second].map((balancer) => writerBehind(lab, balancer)));
        return chosen.every((name) => name !== undefined && name !== writer.name);
      });
      await load.flowing(200, 20);
    } finally {
      await second.reconnect();
    }
    await sleep(5);
    const [one, other] = await Promise.all([first, second].map((balancer) => writerBehind(lab, balancer)));
    check(one === other, `both load balancers write to the same node, not to ${one} and ${other}`);
    check(one !== writer.name, `both stay away from ${writer.name} after it is reachable again`);
  },
};

/** The node that gets new write connections through one load balancer. Undefined if there is none. */
async function writerBehind(lab: Lab, balancer: Machine): Promise<string | undefined> {
  return lab
    .on(balancer, (query) => query("SELECT @@hostname AS name"))
    .then(
      ([row]) => String(row!.name),
      () => undefined,
    );
}
