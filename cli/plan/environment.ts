import { policyConfig } from "../../policies/config.ts";
import { policies } from "../../policies/all.ts";
import { compose } from "../../stacks/compose.ts";
import { type MissingSetting, missingSettings, parseEnvironment } from "../../stacks/environment.ts";
import type { Project, StackConfig } from "../settings.ts";
import { evaluate } from "./evaluate.ts";
import { inFirstPreview, withFirstPreview } from "./first-preview.ts";
import { runPolicies } from "./policies.ts";
import type { PlannedEnvironment } from "./saved.ts";

/** A stack with a valid config. */
export interface PreparedEnvironment {
  /** Settings that `up` still needs. */
  missing: readonly MissingSetting[];
  /**
   * Evaluates the stack without policies.
   * @throws the errors of components, such as a machine's config that is too large
   */
  check(): Promise<void>;
  /**
   * Evaluates the stack and runs the policies: with all values, and as in the engine's first preview.
   * @throws the errors of {@link check}, and those of a program that needs a value before it exists
   */
  plan(): Promise<PlannedEnvironment>;
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
  return {
    missing,
    async check() {
      await evaluation();
    },
    async plan() {
      const { resources } = await evaluation();
      const first = await evaluation({ firstPreview: true }).catch((error: unknown) => {
        throw inFirstPreview(error);
      });
      return {
        environment: stack,
        project: project.name,
        resources,
        policies: withFirstPreview(
          await runPolicies(policies, resources, settings),
          await runPolicies(policies, first.resources, settings),
        ),
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
