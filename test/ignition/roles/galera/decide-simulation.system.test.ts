import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { roles } from "../role-folder.ts";

/**
 * Runs the real decide() on a model of the cluster, with random failures: machines fail together or one by one, disks
 * are emptied, leases expire late, etcd loses its keys. The model simulates galera-start, galera-agent and Galera.
 * After each step, there is at most one Primary component; a restarted one has every acknowledged write.
 */
class Decider {
  readonly #bash: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    const loop = [
      '. "$1"; while IFS= read -r call; do keys=""',
      "while IFS= read -r key && [[ $key ]]; do keys+=$key$'\\n'; done",
      'decide $call <<<"$keys"; done',
    ].join("; ");
    this.#bash = spawn("bash", ["-euo", "pipefail", "-c", loop, "decider", `${roles}galera/decide.sh`]);
    this.#answers = createInterface(this.#bash.stdout)[Symbol.asyncIterator]();
  }

  async ask(node: string, data: string, keys: ReadonlyMap<string, { value: string }>): Promise<string> {
    const lines = [...keys].map(([key, { value }]) => `${key} ${value}\n`).join("");
    this.#bash.stdin.write(`${node} ${data}\n${lines}\n`);
    return (await this.#answers.next()).value;
  }

  close(): void {
    this.#bash.stdin.end();
  }
}

/** Random numbers from a seed, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Node {
  name: string;
  /** Whether the machine and its agent run. */
  up: boolean;
  /** Data on the disk while the server is down. */
  disk?: { cluster: string; seqno: number };
  /** Number of writes that are safely on the disk while the server runs. */
  durable: number;
  /** Number of consecutive `create` decisions. */
  creating: number;
  /** All nodes that it has ever seen in the cluster. */
  memory?: { cluster: string; members: string[] };
}

class Model {
  readonly keys = new Map<string, { value: string; owner?: string }>();
  readonly nodes: Node[];
  /** Names of the nodes in the Primary component. */
  primary: string[] = [];
  /** Nodes whose server runs without a Primary component. */
  lost: string[] = [];
  cluster = "";
  seqno = 0;
  acknowledged = 0;
  created = 0;
  readonly history: string[] = [];
  readonly #decider: Decider;
  readonly #below: (below: number) => number;

  constructor(size: number, decider: Decider, below: (below: number) => number) {
    this.nodes = Array.from({ length: size }, (_, ordinal) => ({
      name: `galera-${ordinal}`,
      up: true,
      durable: 0,
      creating: 0,
    }));
    this.#decider = decider;
    this.#below = below;
  }

  node(name: string): Node {
    return this.nodes.find((node) => node.name === name)!;
  }

  runs({ name }: Node): boolean {
    return this.primary.includes(name) || this.lost.includes(name);
  }

  /** One round of the loop in galera-start. */
  async start(node: Node): Promise<void> {
    if (!node.up || this.runs(node)) return;
    const verdict = await this.#decider.ask(node.name, node.disk?.cluster ?? "none", this.keys);
    this.history.push(`${node.name} ${verdict}`);
    if (verdict !== "create") node.creating = 0;
    switch (verdict.split(" ")[0]) {
      case "join": {
        // A node joins only addresses that answer, and not during a recovery.
        const reachable = verdict
          .slice(5)
          .split(",")
          .some((address) => this.primary.includes(address));
        if (this.keys.get("recovery")?.value === node.name) this.keys.delete("recovery");
        if (!reachable || this.keys.has("recovery")) return;
        expect(this.keys.get("joining")?.value ?? node.name, "the joining node").toBe(node.name);
        this.keys.set("joining", { value: node.name, owner: node.name });
        this.#enter(node);
        // The server can fail during the state transfer.
        if (this.#below(4) === 0) return;
        node.disk = undefined;
        node.durable = this.seqno;
        this.#remember(
          node,
          [...this.keys.keys()].filter((key) => key.startsWith("members/")).map((key) => key.slice(8)),
        );
        this.primary.push(node.name);
        return;
      }
      case "elect":
        if (!this.keys.has("bootstrap") && !this.keys.has("uuid")) this.keys.set("bootstrap", { value: node.name });
        return;
      case "create":
        // Gives all agents time to restore their keys.
        if (node.creating++ < 5) return;
        if (this.keys.has("uuid") || this.keys.get("bootstrap")?.value !== node.name || this.keys.has("recovery"))
          return;
        this.#enter(node);
        this.created++;
        this.cluster = `cluster-${this.created}`;
        this.seqno = 0;
        this.#restart(node);
        return;
      case "register": {
        if (this.keys.has("uuid")) return;
        const known = node.memory?.cluster === node.disk!.cluster ? node.memory.members : [];
        this.keys.set("uuid", { value: node.disk!.cluster });
        for (const name of [node.name, ...known]) this.keys.set(`members/${name}`, { value: "-" });
        return;
      }
      case "report": {
        const { cluster = "00000000", seqno = -1 } = node.disk ?? {};
        this.keys.set(`recovered/${node.name}`, { value: `${cluster}:${seqno}`, owner: node.name });
        return;
      }
      case "recover":
        this.keys.set("recovery", { value: node.name, owner: node.name });
        this.keys.delete(`recovered/${node.name}`);
        // The server can fail before it is Primary.
        if (this.#below(4) === 0) return;
        this.seqno = node.disk!.seqno;
        this.cluster = node.disk!.cluster;
        this.#restart(node);
        return;
    }
  }

  #remember(node: Node, members: readonly string[]): void {
    node.memory = { cluster: this.cluster, members: [...new Set([...(node.memory?.members ?? []), ...members])] };
  }

  #enter(node: Node): void {
    this.keys.set(`members/${node.name}`, { value: node.name });
    this.keys.delete(`recovered/${node.name}`);
  }

  #restart(node: Node): void {
    expect(this.primary, "a second Primary component").toEqual([]);
    // Servers without a component join the new one by themselves, unless they have newer data.
    node.disk = undefined;
    node.durable = this.seqno;
    this.primary = [node.name];
    expect(this.seqno, "writes of the cluster that came back").toBeGreaterThanOrEqual(this.acknowledged);
    this.acknowledged = this.seqno;
  }

  /** One round of the loop in galera-agent. */
  agent(node: Node): void {
    if (!node.up) return;
    const primary = this.primary.includes(node.name);
    const state = primary ? "primary" : this.lost.includes(node.name) ? "lost" : "starting";
    this.keys.set(`alive/${node.name}`, { value: `${state} ${node.name}`, owner: node.name });
    if (state !== "lost" && this.keys.get("joining")?.value === node.name) this.keys.delete("joining");
    if (!primary) {
      const anybody = [...this.keys].some(
        ([key, { value }]) => key.startsWith("alive/") && value.startsWith("primary "),
      );
      // There is no Primary component: the server stops, to take part in a recovery.
      if (state === "lost" && !anybody) this.#stop(node, this.seqno);
      return;
    }
    this.#remember(node, this.primary);
    if (!this.keys.has("uuid")) this.keys.set("uuid", { value: this.cluster });
    if (this.keys.get("uuid")!.value !== this.cluster) return;
    this.keys.set(`members/${node.name}`, { value: node.name });
    for (const { name } of this.nodes) {
      if (!this.primary.includes(name) && !this.keys.has(`alive/${name}`)) this.keys.delete(`members/${name}`);
    }
    if (this.keys.get("recovery")?.value === node.name) this.keys.delete("recovery");
  }

  #stop(node: Node, seqno: number): void {
    this.primary = this.primary.filter((name) => name !== node.name);
    this.lost = this.lost.filter((name) => name !== node.name);
    node.disk = { cluster: this.cluster, seqno };
  }

  /** A write through the load balancer; acknowledged when it is on the disk of the writer. */
  write(): void {
    if (this.primary.length === 0) return;
    this.seqno++;
    this.acknowledged = this.seqno;
    this.node(this.primary[0]!).durable = this.seqno;
  }

  /** Machines lose power at the same time. */
  kill(names: readonly string[]): void {
    const before = this.primary.length;
    for (const name of names) {
      const node = this.node(name);
      if (!node.up) continue;
      if (this.runs(node)) this.#stop(node, Math.max(node.durable, this.seqno - this.#below(4)));
      node.up = false;
      node.creating = 0;
    }
    if (before > 0 && this.primary.length * 2 <= before) {
      this.lost.push(...this.primary);
      this.primary = [];
    }
    this.history.push(`killed ${names.join(" ")}`);
  }

  /** A clean stop: the other nodes keep the Primary component, even as a minority. */
  stop(node: Node): void {
    if (!node.up || !this.runs(node)) return;
    this.#stop(node, this.seqno);
    this.history.push(`stopped ${node.name}`);
  }

  boot(node: Node): void {
    if (node.up) return;
    node.up = true;
    for (const key of ["alive", "recovered"]) this.keys.delete(`${key}/${node.name}`);
  }

  /** Leases of failed machines expire at a random time. */
  expire(): void {
    for (const [key, { owner }] of this.keys) {
      if (owner && !this.node(owner).up && this.#below(2) === 0) this.keys.delete(key);
    }
  }

  /** Empties a disk if another node has all data; without one, the data would be lost in any case. */
  empty(node: Node): void {
    const elsewhere =
      this.primary.length > 0 ||
      this.nodes.some((other) => other !== node && (other.disk?.seqno ?? -1) >= this.acknowledged);
    if (this.runs(node) || !node.disk || !elsewhere) return;
    node.disk = undefined;
    node.memory = undefined;
    this.keys.delete(`recovered/${node.name}`);
    this.history.push(`emptied ${node.name}`);
  }
}

const decider = new Decider();
afterAll(() => decider.close());

async function run(
  seed: number,
  size: number,
  fail: (model: Model, below: (below: number) => number) => void,
): Promise<Model> {
  const below = random(seed);
  const model = new Model(size, decider, below);
  const round = async () => {
    for (const node of model.nodes) model.agent(node);
    await model.start(model.nodes[below(size)]!);
    model.expire();
  };
  try {
    for (let step = 0; step < 60; step++) {
      if (below(3) > 0) model.write();
      if (below(4) === 0) fail(model, below);
      if (below(3) === 0) model.boot(model.nodes[below(size)]!);
      await round();
    }
    // Then the failures end, and all nodes return.
    for (const node of model.nodes) model.boot(node);
    for (let step = 0; step < 40 * size && model.primary.length < size; step++) await round();
    expect(model.primary.length, "nodes in the Primary component in the end").toBe(size);
    return model;
  } catch (error) {
    throw new Error(`seed ${seed}: ${(error as Error).message}\n${model.history.slice(-40).join("\n")}`, {
      cause: error,
    });
  }
}

/** Checks that the cluster was created once and has all acknowledged writes. */
function expectOneCluster(model: Model): void {
  expect([model.created, model.cluster, model.seqno]).toEqual([1, "cluster-1", model.acknowledged]);
}

describe("a cluster with random failures", () => {
  const some = (model: Model, below: (below: number) => number) =>
    model.nodes.filter(() => below(2) === 0).map(({ name }) => name);

  test.each([3, 5])("of %i nodes stays one cluster when machines fail and return", async (size) => {
    for (let seed = 1; seed <= 60; seed++) {
      expectOneCluster(
        await run(seed * size, size, (model, below) => {
          if (below(3) === 0) model.kill(model.nodes.map(({ name }) => name));
          else if (below(2) === 0) model.kill(some(model, below));
          else model.stop(model.nodes[below(size)]!);
        }),
      );
    }
  });

  test("stays one cluster when disks are emptied while another node has all data", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      expectOneCluster(
        await run(seed, 3, (model, below) => {
          if (below(2) === 0) model.kill(some(model, below));
          else model.empty(model.nodes[below(3)]!);
        }),
      );
    }
  });

  test("stays one cluster when etcd loses its keys", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      expectOneCluster(
        await run(seed, 3, (model, below) => {
          // Not before the cluster exists: without data on any node, creating a new cluster is correct.
          if (below(3) === 0 && model.nodes.every((node) => node.disk || model.runs(node))) {
            model.keys.clear();
            model.history.push("etcd lost its keys");
          } else model.kill(some(model, below));
        }),
      );
    }
  });
});
