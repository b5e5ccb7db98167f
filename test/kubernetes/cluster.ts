import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { KubernetesClusterArgs } from "../../components/kubernetes-cluster/args.ts";
import { KubernetesCluster } from "../../components/kubernetes-cluster/index.ts";
import type { Config } from "../../ignition/index.ts";
import type { Planned } from "../components/planned.ts";
import { killGroup, Lan, Machine, type Outcome, withParameters } from "./machine.ts";
import { planWithKeys } from "./real-keys.ts";
import { programs } from "./requirements.ts";

/** The version that the programs were built in. */
export const version = /k8s\.io\/kubernetes v(\S+)/.exec(
  readFileSync(new URL("../tools/kubernetes/go.mod", import.meta.url), "utf8"),
)![1]!;

const standIn = fileURLToPath(new URL("kubelet.ts", import.meta.url));

/** What has to be known of a cluster: a plan tells it, and so may who has it from elsewhere. */
export type Described = Pick<Planned, "config" | "machine" | "outputs">;

/** Machines of a planned cluster, as far as this machine allows. */
export class Cluster {
  readonly planned: Described;
  readonly #lan = new Lan();
  readonly #machines = new Map<string, Machine>();
  readonly #kubelets = new Map<string, ReturnType<Machine["start"]>>();

  constructor(planned: Described) {
    this.planned = planned;
  }

  static async plan(args: Partial<KubernetesClusterArgs>, cidr = "10.9.0.0/24"): Promise<Planned> {
    return planWithKeys((cloud) => {
      const made = new KubernetesCluster("kube", { cloud, version, ...args });
      return { kubeconfig: made.kubeconfig };
    }, cidr);
  }

  config(name: string): Config {
    return JSON.parse(this.planned.config(name).text) as Config;
  }

  /** A machine with a fresh disk, its config applied; what a data volume held can be given to it. */
  make(name: string, more: readonly string[] = []): Machine {
    const address = String(this.planned.machine(name).address);
    const machine = new Machine(this.#lan, name, [address, ...more]);
    machine.install(this.config(name));
    // What the machine's image has, and this one has no use for.
    for (const program of ["systemctl", "crictl"])
      machine.write(`/usr/local/bin/${program}`, "#!/bin/sh\nexit 0\n", 0o755);
    // A worker's preflight looks for a container runtime, cgroups and much else.
    machine.write(
      "/usr/local/bin/kubeadm",
      `#!/bin/bash\nif [[ $1 == join ]]; then set -- "$@" --ignore-preflight-errors=all; fi\nexec ${programs}kubeadm "$@"\n`,
      0o755,
    );
    this.#machines.set(name, machine);
    return machine;
  }

  get(name: string): Machine {
    return this.#machines.get(name)!;
  }

  /** Starts what stands in for kubelet and containers; with them, what has a manifest. */
  startKubelet(machine: Machine): void {
    const address = String(this.planned.machine(machine.name).address);
    this.#kubelets.set(machine.name, machine.start("stand-in", [process.execPath, standIn, machine.name, address]));
  }

  /** Stops it, and all that it ran, without asking. */
  stopKubelet(machine: Machine): void {
    const kubelet = this.#kubelets.get(machine.name);
    if (kubelet) killGroup(kubelet);
    this.#kubelets.delete(machine.name);
  }

  /** What a control plane's unit does at boot. */
  boot(machine: Machine): Outcome {
    this.startKubelet(machine);
    return machine.script("kubernetes-control-plane", [], { timeoutSeconds: 240 });
  }

  /**
   * The first control plane, booted, with the API's address and an administrator's kubeconfig in `/etc/outside.conf`.
   * @throws Error with what the boot and those it started said, when it failed.
   */
  bootFirst(): Machine {
    const machine = this.make("kube-0", ["10.9.0.79"]);
    machine.write("/etc/outside.conf", String(this.planned.outputs.kubeconfig));
    const { status, stdout, stderr } = this.boot(machine);
    if (status !== 0) {
      const logs = ["kube-apiserver", "etcd", "stand-in"].map((name) => machine.log(name).slice(-2500));
      throw new Error([stdout, stderr, ...logs].join("\n"));
    }
    return machine;
  }

  /** Boots without waiting for it; what it says is in its log. */
  startBoot(machine: Machine): void {
    this.startKubelet(machine);
    this.startUnit(machine);
  }

  /** Starts a control plane's unit, which is started again as often as it fails, but for what trying again does not help. */
  startUnit(machine: Machine): void {
    for (const left of ["var/log/boot.log", "run/paasmas/kubernetes/boot-done"]) machine.remove(left);
    machine.start("boot", [
      "bash",
      "-c",
      `until (${withParameters("kubernetes-control-plane")}); do if [[ $? == 78 ]]; then exit; fi; sleep 5; done`,
    ]);
  }

  destroy(machine: Machine): void {
    this.stopKubelet(machine);
    machine.destroy();
    this.#machines.delete(machine.name);
  }

  stop(): void {
    for (const machine of [...this.#machines.values()]) this.destroy(machine);
    this.#lan.stop();
  }
}

/** Asks etcd on a control plane, with its own certificate. */
export function etcdctl(machine: Machine, ...args: string[]): string {
  const pki = "/etc/kubernetes/pki/etcd";
  const identity = [
    `--cacert=${pki}/ca.crt`,
    `--cert=${pki}/healthcheck-client.crt`,
    `--key=${pki}/healthcheck-client.key`,
  ];
  return machine.ask(["etcdctl", "--endpoints=https://127.0.0.1:2379", ...identity, ...args]);
}

/** Waits until something holds, asking once a second. */
export async function until(what: string, holds: () => boolean, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
