import { policyConfig } from "../../policies/config.ts";
import { policies } from "../../policies/all.ts";
import { compose } from "../../stacks/compose.ts";
import { type MissingSetting, missingSettings, parseEnvironment } from "../../stacks/environment.ts";
import type { Project, StackConfig } from "../settings.ts";
import { evaluate } from "./evaluate.ts";
import { inFirstPreview, withFirstPreview } from "./first-preview.ts";
import { runPolicies } from "./policies.ts";
import type { PlannedResource } from "./resource.ts";
import type { PlannedEnvironment } from "./saved.ts";

/** A stack with a valid config. */
export interface PreparedEnvironment {
  /** Settings that `up` still needs. */
  missing: readonly MissingSetting[];
  /**
   * Evaluates the stack without policies: with all values, and as in the engine's first preview.
   * @returns the resources with all values
   * @throws the errors of components, such as a machine's config that is too large, and those of a program that needs a
   *   value before it exists
   */
  check(): Promise<readonly PlannedResource[]>;
  /**
   * Evaluates the stack and runs the policies.
   * @param options.firstPreview Does both a second time, as in the engine's first preview. Default: false.
   * @throws the errors of {@link check}; those of the first preview only with `firstPreview`
   */
  plan(options?: { firstPreview?: boolean }): Promise<PlannedEnvironment>;
}

/**
 * Checks a stack's config, so that all configs can be checked before the first evaluation.
 * @throws ConfigError, PolicyConfigError with the given and the allowed values
 */
export function prepare(project: Project, stack: string, config: StackConfig): PreparedEnvironment {
  const environment = parseEnvironment(stack, config);
  const settings = policyConfig(policies, config[`${project.name}:policies`]);
  const missing = missingSettings(environment);
  const evaluation = ({ firstPreview = false } = {}) =>
    evaluate(() => compose(environment), { stack, project: project.name, config: asText(config), firstPreview });
  const inFirst = () =>
    evaluation({ firstPreview: true }).catch((error: unknown) => {
      throw inFirstPreview(error);
    });
  return {
    missing,
    async check() {
      const { resources } = await evaluation();
      await inFirst();
      return resources;
    },
    async plan({ firstPreview = false } = {}) {
      const { resources } = await evaluation();
      const results = await runPolicies(policies, resources, settings);
      const both = async () =>
        withFirstPreview(results, await runPolicies(policies, (await inFirst()).resources, settings));
      return {
        environment: stack,
        project: project.name,
        resources,
        policies: firstPreview ? await both() : results,
        missingSettings: missing,
      };
    },
  };
}

/** Config in the engine's form: structured values as JSON. */
function asText(config: StackConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
