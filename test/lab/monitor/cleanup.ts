import { rmSync } from "node:fs";
import { checkoutLabel, isOurs } from "./label.ts";
import { docker } from "./docker.ts";

/** An object in Docker that a lab created. */
interface Labelled {
  labels: Record<string, string>;
  remove(): Promise<unknown>;
}

/** All objects on this machine with the lab's label: first containers, then their volumes and networks. */
async function labelled(): Promise<Labelled[][]> {
  const filters = { label: ["paasmas.lab=true"] };
  const { Volumes } = await docker.listVolumes({ filters: JSON.stringify(filters) as never });
  return [
    (await docker.listContainers({ all: true, filters })).map(({ Id, Labels }) => ({
      labels: Labels,
      remove: () => docker.getContainer(Id).remove({ force: true, v: true }),
    })),
    (await docker.listNetworks({ filters })).map(({ Id, Labels }) => ({
      labels: Labels ?? {},
      remove: () => docker.getNetwork(Id).remove(),
    })),
    (Volumes ?? []).map(({ Name, Labels }) => ({
      labels: Labels ?? {},
      remove: () => docker.getVolume(Name).remove(),
    })),
  ];
}

/**
 * Removes all objects on this machine with the lab's label, except those of another existing checkout. Runs at the
 * start of each run and after an interrupted one.
 */
export async function removeLabelled(stateFile: string): Promise<void> {
  for (const kind of await labelled()) {
    await Promise.all(kind.filter(({ labels }) => isOurs(labels)).map(({ remove }) => remove()));
  }
  rmSync(stateFile, { force: true });
}

/** Another checkout whose lab has objects on this machine. Absent if there is none. */
export async function otherCheckout(): Promise<string | undefined> {
  return (await labelled()).flat().find(({ labels }) => !isOurs(labels))?.labels[checkoutLabel];
}
