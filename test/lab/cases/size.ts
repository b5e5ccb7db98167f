import { sleep, until } from "../lab.ts";
import { type Case, lossOfOne, planned } from "./case.ts";
import { dataVolume, empty, inVolumes, createStaleVolume, hasStaleVolume } from "../volumes.ts";

export const grow: Case = {
  name: "grow 3 -> 5, the fourth node with stale data",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load, check }) {
    // The volume exists if an earlier case has emptied a node.
    const [reader] = await lab.readers();
    if (!(await hasStaleVolume(reader!))) {
      await reader!.withoutPower(() => createStaleVolume(reader!));
      await lab.healthy(120);
      await load.flowing(500, 20);
    }

    const before = lab.machines.map(({ name }) => name);
    const { steps } = await lab.up("galera.size=5");
    const touched = steps.filter(
      ({ name, action }) => action !== "create" || before.some((machine) => name === `${machine}-node`),
    );
    check(
      touched.length === 0,
      `growing changes no existing machine, not: ${touched.map(({ action, name }) => `${action} ${name}`).join(", ")}`,
    );
    check(lab.of("galera").length === 5, "there are five nodes");
    await sleep(2);
  },
};

export const shrink: Case = {
  name: "shrink 5 -> 3",
  gapGoalSeconds: planned,
  async run({ lab, check }) {
    const { steps } = await lab.up("galera.size=3");
    const replaced = steps.filter(({ action }) => action !== "delete");
    check(
      replaced.length === 0,
      `shrinking only removes machines, not: ${replaced.map(({ action, name }) => `${action} ${name}`).join(", ")}`,
    );
    for (const node of lab.of("galera")) {
      const [row] = await lab.on(node, (query) => query("SHOW GLOBAL STATUS LIKE 'wsrep_cluster_size'"));
      check(String(row!.Value) === "3", `${node.name} sees a cluster of three, not ${row!.Value}`);
    }
  },
};

export const foreignData: Case = {
  name: "a node with another cluster's data",
  gapGoalSeconds: lossOfOne,
  async run({ lab, load, check }) {
    const before = (await lab.keys()).get("uuid")!;
    const foreign = "0badc0de-0bad-11ee-8bad-0badc0dec0de";
    const [reader] = await lab.readers();
    const fault = Date.now();
    await reader!.withoutPower(() =>
      inVolumes(
        { "/volume": dataVolume(reader!) },
        `sed -i 's/^uuid:.*/uuid: ${foreign}/; s/^safe_to_bootstrap:.*/safe_to_bootstrap: 1/' ` +
          "/volume/mysql/grastate.dat",
      ),
    );
    const says = async () =>
      (await reader!.log("galera.service", fault)).includes(`holds data of cluster ${foreign}, not of ${before}`);
    await until(`${reader!.name} logs why it stays out`, 30, says);
    await sleep(3);
    check(!(await reader!.ready()), `${reader!.name} with data of another cluster stays out`);
    for (const node of lab.of("galera").filter((each) => each !== reader)) {
      const [row] = await lab.on(node, (query) => query("SHOW GLOBAL STATUS LIKE 'wsrep_cluster_state_uuid'"));
      check(row!.Value === before, `${node.name} is in the same cluster`);
    }
    await load.flowing(50, 20);
    await reader!.withoutPower(() => empty(reader!));
  },
};
