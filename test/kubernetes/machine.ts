import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Config } from "../../ignition/index.ts";
import { installedFiles } from "../ignition/roles/contents.ts";
import { programs } from "./requirements.ts";

/** Folders that each machine has separately. */
const own = ["/etc", "/opt", "/run", "/var/lib", "/var/log", "/usr/local/bin"];

export interface Outcome {
  status: number;
  stdout: string;
  stderr: string;
}

/** The network of the machines: a network namespace with a bridge. */
export class Lan {
  readonly #process: ChildProcess;
  #ports = 0;

  constructor() {
    this.#process = holder(["--net"]);
    this.#inside("ip link set lo up && ip link add lan type bridge && ip link set lan up");
  }

  /** Connects a machine. */
  connect(machine: number, addresses: readonly string[]): void {
    const port = `port${this.#ports++}`;
    this.#inside(
      `ip link add ${port} type veth peer name eth0 netns ${machine} && ` +
        `ip link set ${port} master lan && ip link set ${port} up`,
    );
    const added = addresses.map((address) => `ip address add ${address}/24 dev eth0`).join(" && ");
    execFileSync("nsenter", [
      "--net",
      `--target=${machine}`,
      "sh",
      "-c",
      `ip link set lo up && ip link set eth0 up && ${added}`,
    ]);
  }

  stop(): void {
    this.#process.kill("SIGKILL");
  }

  #inside(script: string): void {
    execFileSync("nsenter", ["--net", `--target=${this.#process.pid}`, "sh", "-c", script]);
  }
}

/**
 * A machine within the limits of this one: a separate network and separate files, the scripts of the role, and real
 * programs. `kubelet.ts` stands in for the parts that need systemd, containers or a kubelet.
 */
export class Machine {
  readonly name: string;
  /** Its files from outside, such as `etc/kubernetes/...` below this folder. */
  readonly root: string;
  readonly #process: ChildProcess;
  readonly #children = new Set<ChildProcess>();

  constructor(lan: Lan, name: string, addresses: readonly string[]) {
    this.name = name;
    this.root = mkdtempSync(join(tmpdir(), `paasmas-${name}-`));
    for (const folder of own) mkdirSync(join(this.root, folder), { recursive: true });
    cpSync("/etc", join(this.root, "etc"), {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !path.startsWith("/etc/kubernetes"),
    });
    const mounts = own.map((folder) => `mount --bind ${this.root}${folder} ${folder}`).join(" && ");
    this.#process = holder(["--mount", "--net"], mounts);
    lan.connect(this.#process.pid!, addresses);
  }

  /** Writes the files of an Ignition config, like Ignition, except downloads. */
  install(config: Config): void {
    for (const { path, mode = 0o755 } of config.storage?.directories ?? []) {
      mkdirSync(join(this.root, path), { recursive: true, mode });
      chmodSync(join(this.root, path), mode);
    }
    const files = config.storage?.files?.filter((file) => file.contents?.source?.startsWith("data:")) ?? [];
    for (const { path, mode, text } of installedFiles({ ...config, storage: { files } })) this.write(path, text, mode);
  }

  write(path: string, text: string, mode = 0o644): void {
    const target = join(this.root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text, { mode });
    chmodSync(target, mode);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), "utf8");
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  /** Runs a program on the machine and waits for its end. */
  run(
    command: readonly string[],
    options: { input?: string; env?: Record<string, string>; timeoutSeconds?: number } = {},
  ): Outcome {
    const [program, args] = this.#enter(command);
    const { status, signal, stdout, stderr } = spawnSync(program, args, {
      input: options.input ?? "",
      env: { ...this.#env(), ...options.env },
      encoding: "utf8",
      timeout: (options.timeoutSeconds ?? 60) * 1000,
      maxBuffer: 1 << 26,
    });
    return { status: status ?? 128, stdout, stderr: signal === null ? stderr : `${stderr}\nended by ${signal}` };
  }

  /**
   * Output of a program.
   * @throws Error if the program fails.
   */
  ask(command: readonly string[], options: Parameters<Machine["run"]>[1] = {}): string {
    const { status, stdout, stderr } = this.run(command, options);
    if (status !== 0) throw new Error(`${this.name}: ${command.join(" ")} ended with ${status}: ${stderr || stdout}`);
    return stdout;
  }

  /** Runs a script of the role with the parameters of its unit. */
  script(name: string, args: readonly string[] = [], options: Parameters<Machine["run"]>[1] = {}): Outcome {
    return this.run(["bash", "-c", withParameters(name), name, ...args], options);
  }

  /** Starts a program in the background, with its output in a file below /var/log. */
  start(name: string, command: readonly string[], env: Record<string, string> = {}): ChildProcess {
    const [program, args] = this.#enter(command);
    const log = openSync(join(this.root, `var/log/${name}.log`), "a");
    const child = spawn(program, args, {
      env: { ...this.#env(), ...env },
      stdio: ["ignore", log, log],
      detached: true,
    });
    this.#children.add(child);
    child.on("exit", () => this.#children.delete(child));
    return child;
  }

  log(name: string): string {
    return this.has(`var/log/${name}.log`) ? this.read(`var/log/${name}.log`) : "";
  }

  /** Removes the power, and deletes the files. */
  destroy(): void {
    for (const child of this.#children) killGroup(child);
    this.#process.kill("SIGKILL");
    rmSync(this.root, { recursive: true, force: true });
  }

  #enter(command: readonly string[]): [string, string[]] {
    return ["nsenter", ["--mount", "--net", `--target=${this.#process.pid}`, ...command]];
  }

  #env(): Record<string, string> {
    // Programs are at the paths of the machine. kubectl's cache must not be that of the tester.
    return { PATH: `/usr/local/bin:${programs}:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: "/var/lib", LC_ALL: "C.UTF-8" };
  }
}

/** Shell command that runs a script of the role with the parameters of its unit. */
export function withParameters(script: string): string {
  return `set -a; . /etc/paasmas/kubernetes.env; set +a; exec /opt/paasmas/bin/${script} "$@"`;
}

/** Ends a program that was started as a process group, and its children. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(-child.pid!, signal);
  } catch {
    // It ended before.
  }
}

/** A process that sets up namespaces and keeps them open. */
function holder(kinds: readonly string[], setup = "true"): ChildProcess {
  const child = spawn("unshare", [...kinds, "sh", "-c", `${setup} && echo ready && exec sleep infinity`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Synchronous, because everything else depends on it.
  const deadline = Date.now() + 10_000;
  while (!isReady(child.pid!)) {
    if (Date.now() > deadline || child.exitCode !== null) throw new Error(`no namespaces: ${setup}`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  }
  return child;
}

function isReady(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith("sleep\0");
  } catch {
    return false;
  }
}
