import type { Deployment, EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { suggestName } from "../../components/internal/suggest-name.ts";
import { InputError } from "../../errors.ts";
import type { Change } from "../plan/changes.ts";
import { nameOf } from "../plan/names.ts";
import type { ReviewedResource } from "../plan/review.ts";

/** A resource of the engine's state. */
export interface StateResource extends ReviewedResource {
  /** Absent for components. */
  id?: string;
}

/** The recorded state of a stack. */
export interface State {
  resources: StateResource[];
  /** Operations that an interrupted command has started. */
  pending: { urn: string; type: string }[];
}

/** @param deployment what `stack.exportStack()` returns */
export function stateOf(deployment: Deployment): State {
  const { resources = [], pending_operations: pending = [] } = (deployment.deployment ?? {}) as {
    resources?: Partial<StateResource & { delete: boolean }>[];
    pending_operations?: { resource: { urn: string }; type: string }[];
  };
  return {
    // A resource to delete is the old one of an unfinished replacement.
    resources: resources.filter((resource) => resource.delete !== true).map(complete),
    pending: pending.map(({ resource, type }) => ({ urn: resource.urn, type })),
  };
}

/**
 * URNs of resources that a user names.
 * @throws InputError for a name that no resource has, or several
 */
export function urnsOf(names: readonly string[], resources: readonly StateResource[]): string[] {
  return names.map((given) => {
    const found = resources.filter(({ urn, name, custom }) => urn === given || (custom && name === given));
    const [first, ...others] = found.map(({ urn }) => urn);
    if (first !== undefined && others.length === 0) return first;
    const known = resources.filter(({ custom }) => custom).map(({ name }) => name);
    const meant = suggestName(given, known);
    const hint = meant === undefined ? "use the name of a resource in the state" : `did you mean ${meant}?`;
    throw new InputError(
      first === undefined
        ? `--replace ${given}: is not a resource of this stack; ${hint}`
        : `--replace ${given}: is the name of several resources; use one of ${[first, ...others].join(", ")}`,
    );
  });
}

function complete(resource: Partial<StateResource>): StateResource {
  const { urn = "", type = "", id, parent } = resource;
  return {
    urn,
    type,
    name: nameOf(urn),
    ...(id !== undefined && { id }),
    ...(parent && { parent }),
    custom: resource.custom ?? false,
    inputs: resource.inputs ?? {},
    dependencies: resource.dependencies ?? [],
    protect: resource.protect ?? false,
    retainOnDelete: resource.retainOnDelete ?? false,
  };
}

/** Collects the steps that the engine plans in a preview. */
export class PlannedSteps {
  readonly #after = new Map<string, StateResource>();
  readonly #changes = new Map<string, Change<StateResource>>();
  readonly #before: ReadonlyMap<string, StateResource>;

  constructor(before: State) {
    this.#before = new Map(before.resources.map((resource) => [resource.urn, resource]));
  }

  readonly onEvent = (event: EngineEvent): void => {
    const { metadata } = event.resourcePreEvent ?? {};
    const action = metadata && actions[metadata.op];
    if (metadata === undefined || action === undefined) return;
    const was = this.#before.get(metadata.urn);
    const planned = metadata.new ?? metadata.old;
    const resource = complete({ ...planned, dependencies: was?.dependencies ?? [], urn: metadata.urn });
    const lost = (["protect", "retainOnDelete"] as const).filter((option) => was?.[option] && !resource[option]);
    if (action !== "remove") this.#after.set(metadata.urn, resource);
    if (action === "same" && lost.length === 0) return;
    this.#changes.set(metadata.urn, {
      action: action === "same" ? "update" : action,
      resource: action === "remove" ? (was ?? resource) : resource,
      inputs: action === "remove" ? [] : [...lost, ...(metadata.diffs ?? [])],
      reasons: action === "replace" ? (metadata.keys ?? []) : [],
    });
  };

  /** Resources after the update. */
  get after(): StateResource[] {
    return [...this.#after.values()];
  }

  /** Changes without those of components and providers. */
  get changes(): Change<StateResource>[] {
    return [...this.#changes.values()].filter(
      ({ resource: { custom, type } }) => custom && !type.startsWith("pulumi:providers:"),
    );
  }
}

const actions: Partial<Record<string, Change["action"] | "same">> = {
  create: "create",
  import: "create",
  update: "update",
  replace: "replace",
  delete: "remove",
  same: "same",
};

/** The changes of a `destroy`: it deletes every resource of the state. */
export function removals({ resources }: State): Change<StateResource>[] {
  return resources
    .filter(({ custom, type }) => custom && !type.startsWith("pulumi:providers:"))
    .map((resource) => ({ action: "remove", resource, inputs: [], reasons: [] }));
}
