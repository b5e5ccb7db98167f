import type { PlannedResource } from "../../../cli/plan/resource.ts";

/** One situation and what one policy says about it. */
export interface Case {
  policy: string;
  /** What the situation is. */
  when: string;
  resources: PlannedResource[];
  /** The policy configuration. */
  config?: unknown;
  /** `name: given; allowed: ...` of every violation, in order; empty: compliant. */
  says: string[];
}

/** Stand-ins of the engine for values that are not known before the update. */
export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const unknownBoolean = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7";
export const unknownNumber = "3eeb2bf0-c639-47a8-9e75-3b44932eb421";
