import { factTypes, type LoadBalancerFacts, type MachineFacts } from "../../components/cloud/facts.ts";
import type { PlannedResource } from "../../cli/plan/resource.ts";
import { run } from "./builds.ts";
import { docker } from "./monitor/docker.ts";

/** A machine of the plan, and its container. */
export class Machine {
  readonly name: string;
  readonly role: string;
  readonly address: string;
  readonly ignitionBytes: number;
  /** Name of the container on the Docker host. */
  readonly container: string;
  readonly network: string;
  /** Volumes by mount path. */
  readonly volumes: ReadonlyMap<string, string>;

  constructor(name: string, facts: MachineFacts, container: Record<string, unknown>) {
    this.name = name;
    this.role = facts.role;
    this.address = facts.address as string;
    this.ignitionBytes = facts.ignitionBytes as number;
    this.container = String(container.name);
    this.network = (container.networksAdvanced as { name: string }[])[0]!.name;
    this.volumes = new Map(
      (container.volumes as { containerPath: string; volumeName?: string }[]).flatMap(
        ({ containerPath, volumeName }) => (volumeName === undefined ? [] : [[containerPath, volumeName] as const]),
      ),
    );
  }

  /** Runs a command in the machine, with an optional text on stdin. */
  async exec(command: readonly string[], input?: string): Promise<string> {
    return run("docker", ["exec", ...(input === undefined ? [] : ["-i"]), this.container, ...command], { input });
  }

  /** Whether a command succeeds in the machine. False if the machine is off. */
  async succeeds(...command: string[]): Promise<boolean> {
    return this.exec(command).then(
      () => true,
      () => false,
    );
  }

  /** Whether the machine reports itself as healthy, like its gate asks. */
  ready(): Promise<boolean> {
    return this.succeeds("timeout", "5", "/opt/paasmas/bin/ready");
  }

  /**
   * The log of a unit.
   * @param since Milliseconds since 1970. The boots of a container share the boot id of the host, so the journal cannot
   * distinguish them.
   */
  async log(unit: string, since: number): Promise<string> {
    const all = await this.exec(["journalctl", `--unit=${unit}`, "--output=short-unix", "--no-pager"]);
    // Not --since: it skips entries of a journal that was not closed, as after a power loss. A line without a time
    // belongs to the line before.
    let wanted = false;
    const lines = all.split("\n").filter((line) => {
      const time = /^\d+\.\d+/.exec(line)?.[0];
      if (time !== undefined) wanted = Number(time) * 1000 >= since;
      return wanted;
    });
    return lines.join("\n");
  }

  /** Removes the power: all processes end at once. */
  async powerOff(): Promise<void> {
    await docker.getContainer(this.container).kill({ signal: "SIGKILL" });
  }

  async powerOn(): Promise<void> {
    await docker.getContainer(this.container).start();
  }

  /** Removes the power during some work, and restores it afterwards in any case. */
  async withoutPower<T>(work: () => Promise<T>): Promise<T> {
    await this.powerOff();
    try {
      return await work();
    } finally {
      await this.powerOn();
    }
  }

  /** Restores power and network connections after a case. */
  async restore(): Promise<void> {
    await run("docker", ["start", this.container]);
    await this.reconnect().catch(() => {});
  }

  /** Diagnosis of a machine that is not healthy: its report, failed units, the end of its journal. */
  async diagnosis(): Promise<string> {
    const script =
      "timeout 5 /opt/paasmas/bin/ready 2>&1; systemctl --failed --no-legend --plain; " +
      "systemctl list-jobs --no-legend; journalctl --no-pager --lines=25 --output=short";
    return this.exec(["bash", "-c", script]).catch((error: Error) => error.message);
  }

  /** Stops the services in order, like a real machine, and starts the machine again. */
  async reboot(): Promise<void> {
    await docker.getContainer(this.container).restart({ t: 120 });
  }

  /** Isolates the machine: all packets except those of its loopback are dropped. */
  async isolate(): Promise<void> {
    await this.#drop("policy drop; iif lo accept", "policy drop; oif lo accept");
  }

  /** Isolates the machine from one other machine. */
  async isolateFrom({ address }: Machine): Promise<void> {
    await this.#drop(`ip saddr ${address} drop`, `ip daddr ${address} drop`);
  }

  async reconnect(): Promise<void> {
    await this.exec(["nft", "delete", "table", "inet", "lab"]);
  }

  async #drop(input: string, output: string): Promise<void> {
    const chain = (name: string, rules: string) =>
      `  chain ${name} { type filter hook ${name} priority -300; ${rules}; }\n`;
    await this.exec(["nft", "-f", "-"], `table inet lab {\n${chain("input", input)}${chain("output", output)}}\n`);
  }
}

/** The machines of an evaluated stack, in the order of the plan. */
export function machinesOf(resources: readonly PlannedResource[]): Machine[] {
  return resources
    .filter(({ type }) => type === factTypes.machine)
    .map((machine) => {
      const container = resources.find(
        ({ type, parent }) => type === "docker:index/container:Container" && parent === machine.urn,
      );
      if (!container) throw new Error(`machine ${machine.name} has no container`);
      return new Machine(machine.name, machine.inputs as unknown as MachineFacts, container.inputs);
    });
}

/** Published ports of the stack's load balancer on this machine, by the port that each stands for. */
export function publishedPorts(resources: readonly PlannedResource[]): Map<number, { ip: string; port: number }> {
  const balancer = resources.find(({ type }) => type === factTypes.loadBalancer);
  const container = resources.find(
    ({ type, parent }) => type === "docker:index/container:Container" && parent === balancer?.urn,
  );
  const ports = (container?.inputs.ports ?? []) as { internal: number; external: number; ip: string }[];
  const facts = balancer?.inputs as LoadBalancerFacts | undefined;
  if (!facts || ports.length === 0) throw new Error("the stack publishes no load balancer");
  return new Map(ports.map(({ internal, external, ip }) => [internal, { ip, port: external }]));
}
