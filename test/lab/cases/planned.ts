import { type Case, planned } from "./case.ts";

export const rebootWriter: Case = {
  name: "graceful reboot of the writer",
  gapGoalSeconds: planned,
  everyFlavor: true,
  async run({ lab }) {
    await (await lab.writer()).reboot();
  },
};

export const rebootReader: Case = {
  name: "graceful reboot of a reader",
  gapGoalSeconds: planned,
  async run({ lab }) {
    const [reader] = await lab.readers();
    await reader!.reboot();
  },
};

export const roll: Case = {
  name: "roll of all nodes' config",
  gapGoalSeconds: planned,
  async run({ lab, check }) {
    const { steps } = await lab.up("galera.tuning.maxConnections=210");
    const expected = lab.of("galera").flatMap(({ name }) => [`replace ${name}-node`, `replace ${name}-ready`]);
    const done = steps.map((step) => `${step.action} ${step.name}`);
    check(
      done.join() === expected.join(),
      `only the database nodes are replaced, each after the previous gate, not: ${done.join(", ")}`,
    );
    for (const node of lab.of("galera")) {
      const [row] = await lab.on(node, (query) => query("SELECT @@max_connections AS value"));
      check(Number(row!.value) === 210, `${node.name} has the new setting`);
    }
  },
};
