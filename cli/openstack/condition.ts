import type { StagingEnvironment } from "../../stacks/environment.ts";
import type { PlannedResource } from "../plan/resource.ts";
import type { Openstack } from "./api.ts";
import type { StateResource } from "./stack-objects.ts";

/** What the looks at servers, volumes and load balancers read. */
export interface Stack {
  cloud: Openstack;
  environment: StagingEnvironment;
  /** Name of the Pulumi project, which is in the tags of all objects. */
  project: string;
  /** The planned resources; none for a destroy. */
  resources: readonly PlannedResource[];
  state: readonly StateResource[];
}

/** Objects of a stack that need more than a comparison of settings, which is all that the engine does. */
export interface Condition {
  /** Objects that do not work, one per line, with reason and command. An update stops before it begins. */
  broken: string[];
  /** Settings that do not fit an object, such as a volume that was grown by hand. */
  settings: string[];
  /** What the update does by itself. */
  notes: string[];
  /** URNs that the engine must replace, because their objects never worked. */
  replace: string[];
  /** Whether the engine must read the cloud first: its state has something that is gone, or of another size. */
  refresh: boolean;
  /** Objects that the engine cannot delete: load balancers in ERROR, and what an interrupted update left. */
  blocking: Blocking[];
}

export interface Blocking {
  kind: "server" | "load balancer";
  id: string;
  name: string;
}

export function condition(): Condition {
  return { broken: [], settings: [], notes: [], replace: [], refresh: false, blocking: [] };
}
