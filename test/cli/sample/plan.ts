import { evaluate } from "../../../cli/plan/evaluate.ts";
import type { PolicyResult } from "../../../cli/plan/policies.ts";
import type { PlannedEnvironment } from "../../../cli/plan/saved.ts";
import { sample, type SampleSettings } from "./program.ts";

/** The sample program, planned as the environment `prod` of the project `shop`. */
export async function samplePlan(
  settings: SampleSettings = {},
  rest: Partial<PlannedEnvironment> = {},
): Promise<PlannedEnvironment> {
  const { resources } = await evaluate(sample(settings), { stack: "prod", project: "shop" });
  return { environment: "prod", project: "shop", resources, policies: [], missingSettings: [], ...rest };
}

/** A policy's result, with a violation of each level on the first database machine. */
export function sampleResults(urn: string): PolicyResult[] {
  const common = { severity: "high", ids: ["CKV_AWS_79"] } as const;
  return [
    {
      ...common,
      name: "imds-required",
      description: "Instances ask for a token",
      level: "mandatory",
      resources: 3,
      violations: [
        {
          policy: "imds-required",
          severity: "high",
          level: "mandatory",
          message: 'db-0: httpTokens is "optional"; allowed: "required".',
          urn,
        },
      ],
    },
    {
      ...common,
      name: "fixed-image",
      description: "Images are pinned",
      level: "advisory",
      resources: 3,
      violations: [
        {
          policy: "fixed-image",
          severity: "high",
          level: "advisory",
          message: "exempted (only a sample): db-0 floats",
          urn,
        },
      ],
    },
    {
      ...common,
      name: "no-telnet",
      description: "Nobody logs in by telnet",
      level: "mandatory",
      resources: 0,
      violations: [],
    },
  ];
}
