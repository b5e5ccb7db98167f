import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { docker } from "./monitor/docker.ts";

/** The reason why the lab cannot run on this machine. Absent if it can. */
export async function missingRequirement(): Promise<string | undefined> {
  if (process.platform !== "linux") return `it requires Linux, this is ${process.platform}`;
  if (process.getuid?.() !== 0) return "it requires root, to build and mount images";
  const missing = ["docker", "podman", "mmdebstrap", "jq"].filter((program) => !onPath(program));
  if (missing.length > 0) return `not on the PATH: ${missing.join(", ")}; test/lab/setup.sh installs it on Debian 12`;
  try {
    await docker.ping();
  } catch (error) {
    return `no Docker daemon answers (${(error as Error).message}); test/lab/setup.sh starts one`;
  }
  return undefined;
}

function onPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Capabilities that this machine does not have and cannot give to its containers. */
export function missingCapabilities(): string[] {
  const bounding = /^CapBnd:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  const has = (bit: bigint) => bounding === undefined || (BigInt(`0x${bounding}`) & (1n << bit)) !== 0n;
  return Object.entries(wanted).flatMap(([name, bit]) => (has(bit) ? [] : [name]));
}

/** Capabilities that sandboxed machines often lack, with their numbers in linux/capability.h. */
const wanted: Record<string, bigint> = {
  CAP_SYS_RESOURCE: 24n,
  CAP_SYS_MODULE: 16n,
  CAP_SYS_TIME: 25n,
  CAP_SYS_BOOT: 22n,
};
