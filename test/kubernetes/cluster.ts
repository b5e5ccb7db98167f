import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { KubernetesClusterArgs } from "../../components/kubernetes-cluster/args.ts";
import { KubernetesCluster } from "../../components/kubernetes-cluster/index.ts";
import type { Config } from "../../ignition/index.ts";
import type { Planned } from "../components/planned.ts";
import { killGroup, Lan, Machine, type Outcome, withParameters } from "./machine.ts";
import { planWithKeys } from "./real-keys.ts";
import { programs } from "./requirements.ts";

/** Version of the built programs. */
export const version = /k8s\.io\/kubernetes v(\S+)/.exec(
  readFileSync(new URL("../tools/kubernetes/go.mod", import.meta.url), "utf8"),
)![1]!;

const standIn = fileURLToPath(new URL("kubelet.ts", import.meta.url));

/** Description of a cluster, from a plan or from another source. */
export type Described = Pick<Planned, "config" | "machine" | "outputs">;

/** Machines of a planned cluster, within the limits of this machine. */
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

  /** Creates a machine with an empty disk and its applied config. It can get the data of a data volume. */
  make(name: string, more: readonly string[] = []): Machine {
    const address = String(this.planned.machine(name).address);
    const machine = new Machine(this.#lan, name, [address, ...more]);
    machine.install(this.config(name));
    // Programs of the machine's image that are not needed here.
    for (const program of ["systemctl", "crictl"])
      machine.write(`/usr/local/bin/${program}`, "#!/bin/sh\nexit 0\n", 0o755);
    // The preflight checks of a worker need a container runtime, cgroups and more.
    machine.write(
      "/usr/local/bin/kubeadm",
      `#!/bin/bash\nif [[ $1 == join ]]; then set -- "$@" --ignore-preflight-errors=all; fi\n` +
        `exec ${programs}kubeadm "$@"\n`,
      0o755,
    );
    this.#machines.set(name, machine);
    return machine;
  }

  get(name: string): Machine {
    return this.#machines.get(name)!;
  }

  /** Starts the stand-in for kubelet and containers. It runs everything that has a manifest. */
  startKubelet(machine: Machine): void {
    const address = String(this.planned.machine(machine.name).address);
    this.#kubelets.set(machine.name, machine.start("stand-in", [process.execPath, standIn, machine.name, address]));
  }

  /** Kills the stand-in and its processes. */
  stopKubelet(machine: Machine): void {
    const kubelet = this.#kubelets.get(machine.name);
    if (kubelet) killGroup(kubelet);
    this.#kubelets.delete(machine.name);
  }

  /** Runs the boot of a control plane's unit. */
  boot(machine: Machine): Outcome {
    this.startKubelet(machine);
    return machine.script("kubernetes-control-plane", [], { timeoutSeconds: 240 });
  }

  /**
   * Boots the first control plane, with the API's address and an administrator's kubeconfig in `/etc/outside.conf`.
   * @throws Error with the output of the boot and of its processes if it failed.
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

  /** Starts the boot without waiting for its end. Its output is in a log. */
  startBoot(machine: Machine): void {
    this.startKubelet(machine);
    this.startUnit(machine);
  }

  /** Starts the unit of a control plane. It restarts after a failure, except for errors that a retry cannot solve. */
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

/** Output of etcdctl on a control plane, with the certificate of its etcd. */
export function etcdctl(machine: Machine, ...args: string[]): string {
  const pki = "/etc/kubernetes/pki/etcd";
  const identity = [
    `--cacert=${pki}/ca.crt`,
    `--cert=${pki}/healthcheck-client.crt`,
    `--key=${pki}/healthcheck-client.key`,
  ];
  return machine.ask(["etcdctl", "--endpoints=https://127.0.0.1:2379", ...identity, ...args]);
}

/** Waits until a condition is true, with one check per second. */
export async function until(what: string, holds: () => boolean, seconds = 60): Promise<void> {
  const deadline = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
