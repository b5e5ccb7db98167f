import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { roles } from "../role-folder.ts";

/**
 * The real decide() drives a model of the cluster through thousands of random misfortunes: machines die together or one
 * by one, disks are emptied, leases expire late, etcd forgets everything. The model does what galera-start, galera-agent
 * and Galera do; after each step it is checked that there is one Primary component at most, and that one which comes
 * back has every write that was ever acknowledged.
 */
class Decider {
  readonly #bash: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;

  constructor() {
    const loop =
      '. "$1"; while IFS= read -r call; do keys=""; while IFS= read -r key && [[ $key ]]; do keys+=$key$\'\\n\'; done; decide $call <<<"$keys"; done';
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

/** A small generator, so that a failure can be repeated from its seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Node {
  name: string;
  /** Whether machine and agent run. */
  up: boolean;
  /** What is on the disk while the server is down: how many of the acknowledged writes. */
  disk?: { cluster: string; seqno: number };
  /** While the server runs: the writes that are on its disk for certain, the later ones being on their way there. */
  durable: number;
  /** How often in a row it was told to make the cluster. */
  creating: number;
  /** Every node it has ever seen in the cluster. */
  memory?: { cluster: string; members: string[] };
}

class Model {
  readonly keys = new Map<string, { value: string; owner?: string }>();
  readonly nodes: Node[];
  /** Names of the nodes in the Primary component. */
  primary: string[] = [];
  /** Servers that run outside of it. */
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

  /** One round of galera-start's loop. */
  async start(node: Node): Promise<void> {
    if (!node.up || this.runs(node)) return;
    const verdict = await this.#decider.ask(node.name, node.disk?.cluster ?? "none", this.keys);
    this.history.push(`${node.name} ${verdict}`);
    if (verdict !== "create") node.creating = 0;
    switch (verdict.split(" ")[0]) {
      case "join": {
        // Only addresses that answer are joined, and nobody becomes a member while a cluster is being restarted.
        const reachable = verdict
          .slice(5)
          .split(",")
          .some((address) => this.primary.includes(address));
        if (this.keys.get("recovery")?.value === node.name) this.keys.delete("recovery");
        if (!reachable || this.keys.has("recovery")) return;
        expect(this.keys.get("joining")?.value ?? node.name, "who is joining").toBe(node.name);
        this.keys.set("joining", { value: node.name, owner: node.name });
        this.#enter(node);
        // The server may die before it has what it lacks.
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
        // Meanwhile every agent has told etcd what it knows.
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
        // The server may die before it is Primary, or come up.
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
    // Servers outside of a component with the same history find the new one by themselves, unless they are ahead of it.
    node.disk = undefined;
    node.durable = this.seqno;
    this.primary = [node.name];
    expect(this.seqno, "writes of the cluster that came back").toBeGreaterThanOrEqual(this.acknowledged);
    this.acknowledged = this.seqno;
  }

  /** One round of galera-agent's loop. */
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
      // Nothing to return to: the server is stopped to take part in a recovery.
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

  /** A write through the load balancer: acknowledged once it is on the disk of the node it was sent to. */
  write(): void {
    if (this.primary.length === 0) return;
    this.seqno++;
    this.acknowledged = this.seqno;
    this.node(this.primary[0]!).durable = this.seqno;
  }

  /** Machines lose power at the same moment. */
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

  /** A clean stop leaves the component without asking it for a majority. */
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

  /** Leases of machines that are down expire, some time. */
  expire(): void {
    for (const [key, { owner }] of this.keys) {
      if (owner && !this.node(owner).up && this.#below(2) === 0) this.keys.delete(key);
    }
  }

  /** An emptied disk, while another node has everything: what was on no other disk is lost, whatever anybody decides. */
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
  misfortune: (model: Model, below: (below: number) => number) => void,
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
      if (below(4) === 0) misfortune(model, below);
      if (below(3) === 0) model.boot(model.nodes[below(size)]!);
      await round();
    }
    // Then the misfortunes end, and everybody comes back.
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

/** The same cluster all along: made once, and everything acknowledged is there. */
function expectOneCluster(model: Model): void {
  expect([model.created, model.cluster, model.seqno]).toEqual([1, "cluster-1", model.acknowledged]);
}

describe("a cluster through random misfortunes", () => {
  const some = (model: Model, below: (below: number) => number) =>
    model.nodes.filter(() => below(2) === 0).map(({ name }) => name);

  test.each([3, 5])("of %i nodes: machines die, alone and together, and come back", async (size) => {
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

  test("with disks that are emptied while another node has everything", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      expectOneCluster(
        await run(seed, 3, (model, below) => {
          if (below(2) === 0) model.kill(some(model, below));
          else model.empty(model.nodes[below(3)]!);
        }),
      );
    }
  });

  test("with an etcd that forgets everything", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      expectOneCluster(
        await run(seed, 3, (model, below) => {
          // Before the cluster was ever there, forgetting is no misfortune; a node without data must be able to begin anew.
          if (below(3) === 0 && model.nodes.every((node) => node.disk || model.runs(node))) {
            model.keys.clear();
            model.history.push("etcd forgot everything");
          } else model.kill(some(model, below));
        }),
      );
    }
  });
});
