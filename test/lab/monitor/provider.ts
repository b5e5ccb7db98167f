/** Property values as they travel: plain JSON, secrets unwrapped. */
export type Values = Record<string, unknown>;

export interface Made {
  /** The id that the maker gave, `docker`'s container id for example. */
  id: string;
  /** What the program may read besides its own inputs. */
  outputs: Values;
}

/** Makes, changes and removes resources of one type, as its Pulumi provider would. */
export interface Provider {
  /** Inputs that may change in place; a change of any other one replaces the resource. `"all"`: every input. */
  readonly updatable: readonly string[] | "all";
  /** Of {@link updatable} `"all"`, those that replace all the same. */
  readonly replacing?: readonly string[];
  create(name: string, inputs: Values): Promise<Made>;
  /** Default: nothing has to be done, the new inputs are written down. */
  update?(made: Made, inputs: Values, before: Values): Promise<Values>;
  delete(made: Made, inputs: Values): Promise<void>;
}

/** Throws for an input that this provider would otherwise ignore in silence. */
export function refuseUnknown(type: string, inputs: Values, known: readonly string[]): void {
  for (const [key, value] of Object.entries(inputs)) {
    if (value !== undefined && !known.includes(key)) throw new Error(`the lab cannot make a ${type} with "${key}"`);
  }
}

export type Change = { kind: "none" } | { kind: "update" | "replace"; properties: string[] };

/** What a new set of inputs asks for, given the one that a resource was made with. */
export function changeOf(
  provider: Provider,
  before: Values,
  now: Values,
  replaceOnChanges: readonly string[] = [],
): Change {
  const properties = [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((key) => canonical(before[key]) !== canonical(now[key]))
    .sort();
  if (properties.length === 0) return { kind: "none" };
  const inPlace = (key: string) =>
    !replaceOnChanges.includes(key) &&
    (provider.updatable === "all" ? !(provider.replacing ?? []).includes(key) : provider.updatable.includes(key));
  return { kind: properties.every(inPlace) ? "update" : "replace", properties };
}

function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_, item) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
