import { rmSync } from "node:fs";
import { labLabel } from "./label.ts";
import { docker } from "./docker.ts";

/**
 * Removes everything on this machine that carries the lab's label, whoever left it: the end of a run that was
 * interrupted, and the beginning of every new one.
 */
export async function removeLabelled(stateFile: string): Promise<void> {
  const filters = { label: Object.entries(labLabel).map(([key, value]) => `${key}=${value}`) };
  const containers = await docker.listContainers({ all: true, filters });
  await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })));
  for (const { Id } of await docker.listNetworks({ filters })) await docker.getNetwork(Id).remove();
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) as never });
  for (const { Name } of Volumes ?? []) await docker.getVolume(Name).remove();
  rmSync(stateFile, { force: true });
}
