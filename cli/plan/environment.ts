import { policyConfig } from "../../policies/config.ts";
import { policies } from "../../policies/all.ts";
import { compose } from "../../stacks/compose.ts";
import { type LeftToConfigure, missingSettings, parseEnvironment } from "../../stacks/environment.ts";
import type { Project, StackConfig } from "../settings.ts";
import { evaluate } from "./evaluate.ts";
import { runPolicies } from "./policies.ts";
import type { PlannedEnvironment } from "./saved.ts";

/** A stack whose config is in order. */
export interface PreparedEnvironment {
  /** What `up` still needs. */
  left: readonly LeftToConfigure[];
  /**
   * Evaluates the stack, and leaves it at that.
   * @throws what a component finds wrong: a machine's config that is too large.
   */
  check(): Promise<void>;
  /** Evaluates the stack and runs the policies over it. */
  plan(): Promise<PlannedEnvironment>;
}

/**
 * Checks a stack's config at once, so that several can be checked before any is evaluated.
 * @throws ConfigError, PolicyConfigError with what was given and what is allowed.
 */
export function prepare(project: Project, stack: string, config: StackConfig): PreparedEnvironment {
  const environment = parseEnvironment(stack, config);
  const settings = policyConfig(policies, config[`${project.name}:policies`]);
  const left = missingSettings(environment);
  const evaluation = () =>
    evaluate(() => compose(environment), { stack, project: project.name, config: asText(config) });
  return {
    left,
    async check() {
      await evaluation();
    },
    async plan() {
      const { resources } = await evaluation();
      return {
        environment: stack,
        project: project.name,
        resources,
        policies: await runPolicies(policies, resources, settings),
        missingSettings: left,
      };
    },
  };
}

/** Config as the engine hands it to a program: structured values as JSON. */
function asText(config: StackConfig): Record<string, string> {
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}
