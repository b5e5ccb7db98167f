import type { PlannedResource } from "../../../cli/plan/resource.ts";

/** Resources, and the violations that one policy reports for them. */
export interface Case {
  policy: string;
  /** Description of the resources, for the test name. */
  given: string;
  resources: PlannedResource[];
  /** Policy configuration. */
  config?: unknown;
  /** `name: given; allowed: ...` of each violation, in order; empty for compliant resources. */
  expected: string[];
}

/** Placeholders of the engine for unknown values. */
export const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const unknownBoolean = "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7";
export const unknownNumber = "3eeb2bf0-c639-47a8-9e75-3b44932eb421";
