/** Property values as plain JSON, without wrappers of secrets. */
export type Values = Record<string, unknown>;

export interface Made {
  /** Id from the provider, such as the container id of `docker`. */
  id: string;
  /** Outputs of the resource besides its inputs. */
  outputs: Values;
}

/** A resource that exists after its creation failed. It stays in the state, as in the engine. */
export class Unfinished extends Error {
  readonly made: Made;

  constructor(cause: Error, made: Made) {
    super(cause.message, { cause });
    this.made = made;
  }
}

/** Creates, changes and removes resources of one type, like its Pulumi provider. */
export interface Provider {
  /** Inputs that can change in place. A change of any other input replaces the resource. `"all"`: every input. */
  readonly updatable: readonly string[] | "all";
  /** Exceptions from {@link updatable} `"all"`: inputs that replace the resource. */
  readonly replacing?: readonly string[];
  create(name: string, inputs: Values): Promise<Made>;
  /** Default: there is nothing to do, and only the new inputs are saved. */
  update?(made: Made, inputs: Values, before: Values): Promise<Values>;
  delete(made: Made, inputs: Values): Promise<void>;
  /** Whether the resource is still there, for a refresh. Default: it is. */
  exists?(made: Made): Promise<boolean>;
}

/** Throws for an input that this provider does not support, instead of ignoring it. */
export function refuseUnknown(type: string, inputs: Values, known: readonly string[]): void {
  for (const [key, value] of Object.entries(inputs)) {
    if (value !== undefined && !known.includes(key)) throw new Error(`the lab cannot make a ${type} with "${key}"`);
  }
}

export type Change = { kind: "none" } | { kind: "update" | "replace"; properties: string[] };

/** The change that turns the inputs of an existing resource into new ones. */
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
