import images from "../../ignition/roles/images.json" with { type: "json" };
import { run } from "./builds.ts";
import type { Machine } from "./machines.ts";
import { docker } from "./monitor/docker.ts";
import { labLabel } from "./monitor/label.ts";

const toolsImage = images["fedora-coreos"];

/** The data volume of a database node. */
export function dataVolume(machine: Machine): string {
  const [, volume] = [...machine.volumes].find(([path]) => path !== "/var/lib/containers") ?? [];
  if (volume === undefined) throw new Error(`${machine.name} has no data volume`);
  return volume;
}

/** Deletes the data of the server and keeps the volume. */
export async function empty(machine: Machine): Promise<void> {
  const volume = dataVolume(machine);
  await inVolumes({ "/volume": volume }, "find /volume -mindepth 1 -delete");
}

/** Name of the data volume for the fourth node of a cluster. */
const fourthVolume = (machine: Machine) => dataVolume(machine).replace(machine.name, "galera-3");

/** Whether there is a volume that the fourth node would use. */
export async function hasStaleVolume(machine: Machine): Promise<boolean> {
  return docker
    .getVolume(fourthVolume(machine))
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/**
 * Copies the data of a node into the volume of the fourth node, like a volume that was left when the cluster shrank.
 * The node must be off.
 */
export async function createStaleVolume(machine: Machine): Promise<void> {
  await docker.createVolume({ Name: fourthVolume(machine), Labels: labLabel });
  await inVolumes({ "/from": dataVolume(machine), "/to": fourthVolume(machine) }, "cp --archive /from/. /to/");
}

/** Runs a shell command with mounted volumes whose machines are off. */
export async function inVolumes(volumes: Record<string, string>, command: string): Promise<string> {
  const mounts = Object.entries(volumes).flatMap(([path, volume]) => ["--volume", `${volume}:${path}`]);
  return run("docker", [
    "run",
    "--rm",
    "--network=none",
    "--label=paasmas.lab=true",
    ...mounts,
    "--entrypoint=/bin/bash",
    toolsImage,
    "-euc",
    command,
  ]);
}
