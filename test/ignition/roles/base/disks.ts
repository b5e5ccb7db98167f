import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { roles } from "../role-folder.ts";
import { rootEnv } from "../requirements.ts";

export interface Ran {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Disks of a machine, as loop devices over files, and its data volume script. A stub of `lsblk` reports only these
 * devices, as disks, so that the script cannot reach the disks of the test machine. All other tools are real.
 */
export class Disks {
  /** Mount point for the script. */
  readonly path: string;
  /** Label that is unique on the test machine. */
  readonly label: string;
  readonly #dir = mkdtempSync(join(tmpdir(), "paasmas-disks-"));
  /** The file behind each device. */
  readonly #attached = new Map<string, string>();

  constructor() {
    this.path = join(this.#dir, "data");
    this.label = `pm-${this.#dir.slice(-6)}`;
    mkdirSync(join(this.#dir, "bin"));
    const lsblk = join(this.#dir, "bin", "lsblk");
    writeFileSync(
      lsblk,
      `#!/bin/bash
set -euo pipefail
mapfile -t devices <"${this.#dir}/devices"
if ((\${#devices[@]} == 0)); then echo '{"blockdevices": []}'; exit; fi
PATH=\${PATH#*:} lsblk "$@" "\${devices[@]}" | jq '(.. | objects | select(.type == "loop") | .type) = "disk"'
`,
    );
    chmodSync(lsblk, 0o755);
    this.#list();
  }

  /** Attaches a new disk, over a sparse file. XFS needs at least 300 MiB. */
  attach(sizeMiB = 320): string {
    const file = join(this.#dir, `disk-${this.#attached.size}`);
    execFileSync("truncate", ["--size", `${sizeMiB}M`, file]);
    const device = execFileSync("losetup", ["--find", "--show", file], { env: rootEnv, encoding: "utf8" }).trim();
    this.#attached.set(device, file);
    this.#list();
    return device;
  }

  /**
   * Runs the script in a separate mount namespace, then a command in the folder of the mounted volume.
   * @param options.before Command to run first in that namespace.
   * @param options.seconds Time limit of the script, which waits for a disk without limit. Code 124: time is up.
   */
  run(then: string, options: { before?: string; seconds?: number } = {}): Promise<Ran> {
    const { before = ":", seconds = 20 } = options;
    const script = [
      'set -euo pipefail; mkdir -p "$DATA_VOLUME_PATH"',
      before,
      `timeout ${seconds} ${roles}base/data-volume; cd "$DATA_VOLUME_PATH"`,
      then,
    ].join("; ");
    const env = {
      ...rootEnv,
      PATH: `${this.#dir}/bin:${rootEnv.PATH}`,
      DATA_VOLUME_PATH: this.path,
      DATA_VOLUME_LABEL: this.label,
    };
    return new Promise((resolve, reject) => {
      const child = spawn("unshare", ["--mount", "--propagation", "private", "bash", "-c", script], { env });
      const ran = { code: -1, stdout: "", stderr: "" };
      child.stdout.on("data", (data) => (ran.stdout += data));
      child.stderr.on("data", (data) => (ran.stderr += data));
      child.on("error", reject);
      child.on("close", (code) => resolve({ ...ran, code: code ?? -1 }));
    });
  }

  /** Modification time and size on disk of the file behind a device: changes with every write. */
  state(device: string): string {
    const { mtimeNs, blocks } = statSync(this.#attached.get(device)!, { bigint: true });
    return `${mtimeNs} ${blocks}`;
  }

  /** Detaches and removes all disks. */
  remove(): void {
    for (const device of this.#attached.keys()) execFileSync("losetup", ["--detach", device], { env: rootEnv });
    rmSync(this.#dir, { recursive: true });
  }

  #list(): void {
    writeFileSync(join(this.#dir, "devices"), [...this.#attached.keys()].map((device) => `${device}\n`).join(""));
  }
}
