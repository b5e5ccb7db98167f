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
 * A machine's disks, as loop devices over files, and its data volume script. Of this machine's own disks the script
 * sees none: `lsblk` is told which devices there are, and calls them disks. Everything else in it is real.
 */
export class Disks {
  /** Where the script is to mount the volume. */
  readonly path: string;
  /** A label that no other disk of this machine has. */
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

  /** Attaches a new disk. XFS needs 300 MiB; the file has holes. */
  attach(sizeMiB = 320): string {
    const file = join(this.#dir, `disk-${this.#attached.size}`);
    execFileSync("truncate", ["--size", `${sizeMiB}M`, file]);
    const device = execFileSync("losetup", ["--find", "--show", file], { env: rootEnv, encoding: "utf8" }).trim();
    this.#attached.set(device, file);
    this.#list();
    return device;
  }

  /**
   * Runs the script in a mount namespace of its own, then a command that finds the volume mounted.
   * @param options.before A command to run first in that namespace.
   * @param options.seconds How long the script may take; it waits for ever for a disk. Code 124: it still waits.
   */
  run(then: string, options: { before?: string; seconds?: number } = {}): Promise<Ran> {
    const { before = ":", seconds = 20 } = options;
    const script = `set -euo pipefail; mkdir -p "$DATA_VOLUME_PATH"; ${before}; timeout ${seconds} ${roles}base/data-volume; cd "$DATA_VOLUME_PATH"; ${then}`;
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

  /** Changes with every write to a disk: when its file was written, and how much of it there is. */
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
