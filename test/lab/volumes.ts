import images from "../../ignition/roles/images.json" with { type: "json" };
import { run } from "./builds.ts";
import type { Machine } from "./machines.ts";
import { docker } from "./monitor/docker.ts";
import { labLabel } from "./monitor/label.ts";

const toolsImage = images["fedora-coreos"];

/** The volume of a database node that holds its data. */
export function dataVolume(machine: Machine): string {
  const [, volume] = [...machine.volumes].find(([path]) => path !== "/var/lib/containers") ?? [];
  if (volume === undefined) throw new Error(`${machine.name} has no data volume`);
  return volume;
}

/** The server's data is gone, the volume is there. */
export async function empty(machine: Machine): Promise<void> {
  const volume = dataVolume(machine);
  await inVolumes({ "/volume": volume }, "find /volume -mindepth 1 -delete");
}

/** What the fourth node of a cluster will find as its volume, if anything. */
const fourthNodes = (machine: Machine) => dataVolume(machine).replace(machine.name, "galera-3");

/** Whether there is a volume that the fourth node of the cluster will find. */
export async function leftBehind(machine: Machine): Promise<boolean> {
  return docker
    .getVolume(fourthNodes(machine))
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/**
 * What a volume would hold that was forgotten when the cluster was once shrunk: a node's data as it is now, under the name that
 * the fourth node's volume has. The node has to be off.
 */
export async function leaveBehind(machine: Machine): Promise<void> {
  await docker.createVolume({ Name: fourthNodes(machine), Labels: labLabel });
  await inVolumes({ "/from": dataVolume(machine), "/to": fourthNodes(machine) }, "cp --archive /from/. /to/");
}

/** Runs a shell command with volumes mounted, while the machines they belong to are off. */
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
