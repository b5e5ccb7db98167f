import { sleep } from "../lab.ts";
import { type Case, lossOfOne } from "./case.ts";

export const etcdLeaderLoss: Case = {
  name: "loss of the etcd leader",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load, check }) {
    const leader = await lab.etcdLeader();
    await leader.withoutPower(async () => {
      await load.flowing(200, 20);
      await sleep(5);
      check((await lab.etcdLeader()) !== leader, "another member leads");
    });
  },
};

export const etcdLoss: Case = {
  name: "loss of all of etcd",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load, check }) {
    const before = await lab.keys();
    const members = lab.of("etcd");
    await Promise.all(members.map((member) => member.powerOff()));
    const lost = performance.now();
    const [, second] = lab.of("haproxy");
    await second!.reboot();
    await load.flowing(200, 20);
    const started = performance.now();
    while (!(await second!.ready()) && performance.now() - started < 30_000) await sleep(0.5);
    check(await second!.ready(), "a load balancer that starts without etcd uses the last known members");
    // Longer than any lease: the keys of the nodes have expired when etcd returns.
    await sleep(Math.max(0, 12 - (performance.now() - lost) / 1000));
    await Promise.all(members.map((member) => member.powerOn()));
    await lab.healthy(120);
    check((await lab.keys()).get("uuid") === before.get("uuid"), "the cluster is the same");
  },
};
