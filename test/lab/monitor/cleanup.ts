import { rmSync } from "node:fs";
import { checkoutLabel, isOurs } from "./label.ts";
import { docker } from "./docker.ts";

/** Something that a lab made. */
interface Labelled {
  labels: Record<string, string>;
  remove(): Promise<unknown>;
}

/** Everything on this machine that carries the lab's label: containers, then what they use. */
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
 * Removes everything on this machine that carries the lab's label, whoever left it, but another checkout that is
 * still there: the end of a run that was interrupted, and the beginning of every new one.
 */
export async function removeLabelled(stateFile: string): Promise<void> {
  for (const kind of await labelled()) {
    await Promise.all(kind.filter(({ labels }) => isOurs(labels)).map(({ remove }) => remove()));
  }
  rmSync(stateFile, { force: true });
}

/** Another checkout whose lab has something on this machine; absent: none has. */
export async function otherCheckout(): Promise<string | undefined> {
  return (await labelled()).flat().find(({ labels }) => !isOurs(labels))?.labels[checkoutLabel];
}
