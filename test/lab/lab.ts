import { performance } from "node:perf_hooks";
import { readProject, stackConfig } from "../../cli/settings.ts";
import { compose } from "../../stacks/compose.ts";
import { parseEnvironment } from "../../stacks/environment.ts";
import { Engine, type Deployment } from "./engine.ts";
import type { Connection } from "./load.ts";
import { schema } from "./load.ts";
import { type Machine, machinesOf, publishedPorts } from "./machines.ts";
import type { Step } from "./monitor/monitor.ts";
import { cache, imageStore, repository } from "./paths.ts";
import { missingCapabilities } from "./requirements.ts";
import { onNode, type Query, throughLoadBalancer } from "./sql.ts";

const stack = "dev";
/** The database in the config of the stack. */
const database = "app";

/** Settings that replace those of the dev stack: features of this machine, and a second load balancer. */
const overlay = [
  "loadBalancer.size=2",
  `docker.imageStore=${imageStore}`,
  `docker.dropCapabilities=${JSON.stringify(missingCapabilities())}`,
  "docker.publishedPorts={3306: 13306, 3307: 13307}",
];

export const stateFile = `${cache}/state.json`;

/** The running dev stack, and operations on it. */
export class Lab {
  machines: Machine[] = [];
  connection!: Connection;
  readonly engine: Engine;
  readonly #set: string[];

  /** @param set Settings of the stack, such as `galera.flavor=mariadb`. */
  constructor(set: readonly string[], onStep: (step: Step) => void) {
    this.#set = [...overlay, ...set];
    this.engine = new Engine({
      program: (config) => compose(parseEnvironment(stack, config)),
      stack,
      stateFile,
      onStep,
    });
  }

  /**
   * Deploys the stack or updates it.
   * @param set More settings. They stay for the next calls.
   */
  async up(...set: string[]): Promise<Deployment> {
    this.#set.push(...set);
    const config = stackConfig(readProject(repository), stack, { set: this.#set });
    const deployment = await this.engine.up(config);
    this.machines = machinesOf(deployment.resources);
    const published = publishedPorts(deployment.resources).get(3306)!;
    const { [database]: account } = deployment.outputs.connections as Record<string, Record<string, string>>;
    if (!account) throw new Error(`the stack has no database ${database}`);
    this.connection = {
      host: published.ip,
      port: published.port,
      user: account.DATABASE_USER!,
      password: account.DATABASE_PASSWORD!,
      database: account.DATABASE_NAME!,
      ssl: { ca: account.DATABASE_CA! },
    };
    return deployment;
  }

  of(role: "etcd" | "galera" | "haproxy"): Machine[] {
    return this.machines.filter((machine) => machine.role === role);
  }

  /**
   * The node that takes the writes now. Retries like every client: the public load balancer may still send a connection
   * to a load balancer that has just failed.
   */
  async writer(): Promise<Machine> {
    const deadline = performance.now() + 10_000;
    for (;;) {
      try {
        const [row] = await throughLoadBalancer(this.connection, (query) => query("SELECT @@hostname AS name"));
        return this.named(String(row!.name));
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await sleep(0.2);
      }
    }
  }

  /** Nodes that do not take the writes. */
  async readers(): Promise<Machine[]> {
    const writer = await this.writer();
    return this.of("galera").filter((machine) => machine !== writer);
  }

  named(name: string): Machine {
    const found = this.machines.find((machine) => machine.name === name);
    if (!found) throw new Error(`there is no machine ${name}`);
    return found;
  }

  /** Creates the table of the write load. */
  async prepare(): Promise<void> {
    await throughLoadBalancer(this.connection, (query) => query(schema));
  }

  /** Opens a session on one node. */
  on<T>(machine: Machine, work: (query: Query) => Promise<T>): Promise<T> {
    return onNode(machine, this.connection, work);
  }

  /** The keys of the cluster in etcd, as seen by a node. */
  async keys(): Promise<Map<string, string>> {
    const text = await Promise.any(this.of("galera").map((node) => node.exec(["bash", "-c", listKeys])));
    return new Map(
      text
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]),
    );
  }

  /** The leader of etcd. */
  async etcdLeader(): Promise<Machine> {
    for (const member of this.of("etcd")) {
      const metrics = await member.exec(["curl", "-s", "http://127.0.0.1:2381/metrics"]).catch(() => "");
      if (/^etcd_server_is_leader 1$/m.test(metrics)) return member;
    }
    throw new Error("etcd has no leader");
  }

  /** The first problem, or an empty list: all machines are healthy, and etcd lists every database node as Synced. */
  async problems(): Promise<string[]> {
    // Checks in sequence and stops at the first problem: a check takes processor time from the measured nodes.
    for (const machine of this.machines) if (!(await machine.ready())) return [`${machine.name} is not ready`];
    const keys = await this.keys().catch(() => new Map<string, string>());
    const listed = [...keys.keys()]
      .filter((key) => key.startsWith("nodes/"))
      .map((key) => key.slice("nodes/".length))
      .sort();
    const wanted = this.of("galera")
      .map(({ name }) => name)
      .sort();
    return listed.join() === wanted.join()
      ? []
      : [`etcd lists ${listed.join(", ") || "no node"} as Synced, not ${wanted.join(", ")}`];
  }

  /** Restores power and network of every machine after a failed case. */
  async restore(): Promise<void> {
    await Promise.all(this.machines.map((machine) => machine.restore()));
  }

  /** Reports of the machines that are not healthy. */
  async diagnosis(): Promise<string[]> {
    const lines: string[] = [];
    for (const machine of this.machines) {
      if (!(await machine.ready()))
        lines.push(
          `${machine.name} is not ready:`,
          ...(await machine.diagnosis())
            .trimEnd()
            .split("\n")
            .map((line) => `  ${line}`),
        );
    }
    return lines;
  }

  /**
   * Waits until there is no problem.
   * @returns The duration in seconds.
   * @throws Error with the remaining problems after the timeout.
   */
  async healthy(timeoutSeconds: number): Promise<number> {
    const start = performance.now();
    for (;;) {
      const problems = await this.problems();
      const seconds = (performance.now() - start) / 1000;
      if (problems.length === 0) return seconds;
      if (seconds > timeoutSeconds) throw new Error(`not healthy after ${timeoutSeconds} s: ${problems.join("; ")}`);
      await sleep(1);
    }
  }
}

const listKeys =
  "set -a; . /etc/paasmas/galera.env; . /opt/paasmas/bin/etcd.sh; " +
  `etcd_list "$PREFIX"; printf '%s\\n' "$etcd_lines"`;

/** Seconds since a time of `performance.now()`. */
export function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

export function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}

/** Waits until a condition is true. */
export async function until(what: string, timeoutSeconds: number, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + timeoutSeconds * 1000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutSeconds} s`);
    await sleep(0.3);
  }
}
