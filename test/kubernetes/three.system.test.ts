import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Cluster, etcdctl, until } from "./cluster.ts";
import type { Machine } from "./machine.ts";
import { noKubernetes } from "./requirements.ts";

const reason = noKubernetes();
beforeEach(({ skip }) => skip(reason !== undefined, reason));

const minutes = 60_000;
let cluster: Cluster;

beforeAll(async () => {
  if (reason === undefined) cluster = new Cluster(await Cluster.plan({ controlPlanes: 3, pools: [] }, "10.8.0.0/24"));
}, 2 * minutes);
afterAll(() => cluster?.stop());

const ready = (machine: Machine) => machine.run(["/opt/paasmas/bin/ready"]).status === 0;
const finished = (machine: Machine) => /: ready name=/.test(machine.log("boot"));
const members = (machine: Machine) =>
  (JSON.parse(etcdctl(machine, "member", "list", "--write-out", "json")).members as { name?: string }[])
    .map(({ name }) => name)
    .sort();

/**
 * Sends a command to the API server of one control plane. It rejects requests while etcd elects a leader, so retry
 * them.
 */
function kubectl(machine: Machine, ...args: string[]): string {
  const command = ["kubectl", "--kubeconfig", "/etc/kubernetes/admin.conf", "--request-timeout=20s", ...args];
  for (let left = 20; left > 0; left--) {
    const { status, stdout, stderr } = machine.run(command);
    if (status === 0) return stdout;
    if (!/etcdserver: |connection refused|Unable to connect/.test(stderr)) break;
    machine.run(["sleep", "0.5"]);
  }
  return machine.ask(command);
}
const note = (machine: Machine) =>
  kubectl(machine, "get", "configmap", "note", "--namespace", "default", "--output", "jsonpath={.data.text}");

/** The failure, for the message of the test. */
function explain(machine: Machine): string {
  return ["boot", "etcd", "kube-apiserver", "stand-in"]
    .map((name) => `${name}: ${machine.log(name).slice(-1200)}`)
    .join("\n");
}

async function isIn(machine: Machine): Promise<void> {
  await until(`${machine.name} is in`, () => finished(machine) && ready(machine), 200).catch((error) => {
    throw new Error(`${error.message}\n${explain(machine)}`);
  });
}

async function boots(machine: Machine): Promise<void> {
  cluster.startBoot(machine);
  await isIn(machine);
}

describe("three control planes", () => {
  test(
    "start in sequence: the first one is ready without a quorum, the second one is not",
    async () => {
      const [first, second] = [cluster.make("kube-0"), cluster.make("kube-1")];
      cluster.startBoot(first);
      await until("the first one waits for others", () => ready(first), 120);
      expect(first.log("boot")).toContain("etcd starts state=new");
      expect(first.has("/etc/kubernetes/manifests/kube-apiserver.yaml")).toBe(false);
      expect(ready(second)).toBe(false);
      await boots(second);
      await until("the first one is done as well", () => finished(first) && ready(first), 200);
      const third = cluster.make("kube-2");
      await boots(third);
      for (const machine of [first, second, third]) expect(members(machine)).toEqual(["kube-0", "kube-1", "kube-2"]);
      expect(kubectl(third, "get", "nodes", "--output", "jsonpath={.items[*].metadata.name}")).toBe(
        "kube-0 kube-1 kube-2",
      );
      // Without workers, pods run on control planes.
      expect(kubectl(third, "get", "nodes", "--output", "jsonpath={.items[*].spec.taints[*].key}")).not.toContain(
        "control-plane",
      );
      kubectl(third, "create", "configmap", "note", "--from-literal=text=kept", "--namespace", "default");
      expect(note(first)).toBe("kept");
    },
    10 * minutes,
  );

  test(
    "accept the first one with an empty disk as a new member of the same cluster",
    async () => {
      const cluster0 = () =>
        JSON.parse(etcdctl(cluster.get("kube-1"), "endpoint", "status", "--write-out", "json"))[0].Status.header
          .cluster_id as number;
      const id = cluster0();
      cluster.destroy(cluster.get("kube-0"));
      expect(note(cluster.get("kube-1"))).toBe("kept");
      const back = cluster.make("kube-0");
      await boots(back);
      expect(back.log("boot")).toMatch(/etcd data is missing, removing the former member id=\d+/);
      expect(back.log("boot")).toContain("etcd starts state=existing");
      expect(members(back)).toEqual(["kube-0", "kube-1", "kube-2"]);
      expect([cluster0(), note(back)]).toEqual([id, "kept"]);
    },
    6 * minutes,
  );

  test(
    "restore a snapshot on one of them, and the others join it again",
    async () => {
      const machines = ["kube-0", "kube-1", "kube-2"].map((name) => cluster.get(name));
      const [first, second, third] = machines as [Machine, Machine, Machine];
      const taken = machines.flatMap(
        (machine) =>
          /^kubernetes-backup: saved path=(\/\S+\.db)$/m.exec(machine.script("kubernetes-backup").stdout)?.[1] ?? [],
      );
      // The leader at that moment.
      expect(taken).toHaveLength(1);
      const snapshot = taken[0]!;
      const leader = machines.find((machine) => machine.has(snapshot.slice(1)))!;
      kubectl(first, "create", "configmap", "later", "--namespace", "default");

      for (const machine of machines) cluster.stopKubelet(machine);
      for (const machine of machines)
        if (machine !== leader)
          machine.ask(["mv", "/var/lib/paasmas/kubernetes/etcd", "/var/lib/paasmas/kubernetes/etcd.before"]);
      await until("etcd has ended", () =>
        machines.every((machine) => machine.run(["bash", "-c", ": </dev/tcp/127.0.0.1/2379"]).status !== 0),
      );
      expect(leader.script("kubernetes-restore", [snapshot]).status).toBe(0);
      await boots(leader);
      expect(members(leader)).toEqual([leader.name]);
      for (const machine of machines) if (machine !== leader) await boots(machine);
      expect(members(third)).toEqual(["kube-0", "kube-1", "kube-2"]);
      expect([note(first), note(second), note(third)]).toEqual(["kept", "kept", "kept"]);
      expect(kubectl(second, "get", "configmaps", "--namespace", "default", "--output", "name")).not.toContain("later");
    },
    10 * minutes,
  );

  test(
    "shrink to one, which removes the others from etcd and from the nodes, even if one is down",
    async () => {
      const only = cluster.get("kube-0");
      // etcd removes no running member before the one that is down, so that one must be the last in its list.
      const listed = JSON.parse(etcdctl(only, "member", "list", "--write-out", "json")).members as { name: string }[];
      const down = cluster.get(listed.map(({ name }) => name).findLast((name) => name !== only.name)!);
      cluster.stopKubelet(down);
      only.write(
        "/etc/paasmas/kubernetes.env",
        only
          .read("/etc/paasmas/kubernetes.env")
          .replace("CONTROL_PLANES=kube-0,kube-1,kube-2", "CONTROL_PLANES=kube-0"),
      );
      cluster.startUnit(only);
      await until("the first machine of the others may go", () => ready(only), 200);
      expect(members(only)).toEqual(["kube-0"]);
      await isIn(only);
      expect(only.log("boot")).toMatch(
        new RegExp(`removed etcd member name=${down.name}[^]*removed etcd member name=kube-\\d`),
      );
      expect(members(only)).toEqual(["kube-0"]);
      expect(kubectl(only, "get", "nodes", "--output", "jsonpath={.items[*].metadata.name}")).toBe("kube-0");
      for (const name of ["kube-1", "kube-2"]) cluster.destroy(cluster.get(name));
      expect(note(only)).toBe("kept");
      kubectl(only, "create", "configmap", "after", "--namespace", "default");
    },
    6 * minutes,
  );

  test(
    "grow to three again, and keep the data",
    async () => {
      const only = cluster.get("kube-0");
      only.write(
        "/etc/paasmas/kubernetes.env",
        only
          .read("/etc/paasmas/kubernetes.env")
          .replace("CONTROL_PLANES=kube-0", "CONTROL_PLANES=kube-0,kube-1,kube-2"),
      );
      cluster.startUnit(only);
      await isIn(only);
      for (const name of ["kube-1", "kube-2"]) await boots(cluster.make(name));
      expect(members(only)).toEqual(["kube-0", "kube-1", "kube-2"]);
      expect(note(cluster.get("kube-2"))).toBe("kept");
      expect(
        kubectl(cluster.get("kube-1"), "get", "configmap", "after", "--namespace", "default", "--output", "name"),
      ).toBe("configmap/after\n");
    },
    6 * minutes,
  );
});
