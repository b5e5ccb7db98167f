import { nameOf } from "../plan/names.ts";

/** A resource in the engine's state. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  outputs?: Readonly<Record<string, unknown>>;
}

/** The objects of one kind in a cloud, compared with a state. */
export interface Compared<Thing> {
  /** In the state and in the cloud. */
  managed: { resource: StateResource & { name: string }; thing: Thing }[];
  /** Names of the resources that are in the state only. */
  gone: string[];
  /** In the cloud with the tags of the stack, and not in the state. */
  orphans: Thing[];
}

/**
 * Compares the objects of one kind with a state, by id.
 * @param things All objects in the project of the cloud.
 * @param isOurs Whether an object has the tags of the stack.
 */
export function compared<Thing extends { id: string }>(
  type: string,
  state: readonly StateResource[],
  things: readonly Thing[],
  isOurs: (thing: Thing) => boolean,
): Compared<Thing> {
  const resources = state.filter((resource) => resource.type === type && resource.id);
  const ids = new Set(resources.map(({ id }) => id));
  const found = resources.map((resource) => ({
    resource: { ...resource, name: nameOf(resource.urn) },
    thing: things.find(({ id }) => id === resource.id),
  }));
  return {
    managed: found.flatMap(({ resource, thing }) => (thing === undefined ? [] : [{ resource, thing }])),
    gone: found.filter(({ thing }) => thing === undefined).map(({ resource }) => resource.name),
    orphans: things.filter((thing) => !ids.has(thing.id) && isOurs(thing)),
  };
}
