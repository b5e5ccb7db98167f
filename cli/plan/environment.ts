import { policyConfig } from "../../policies/config.ts";
import { policies } from "../../policies/all.ts";
import { compose } from "../../stacks/compose.ts";
import { leftToConfigure, parseEnvironment } from "../../stacks/environment.ts";
import type { Project, StackConfig } from "../settings.ts";
import { evaluate } from "./evaluate.ts";
import { runPolicies } from "./policies.ts";
import type { PlannedEnvironment } from "./saved.ts";

/**
 * Checks a stack's config at once, so that several can be checked before any is evaluated.
 * @returns what plans it
 * @throws ConfigError, PolicyConfigError with what was given and what is allowed.
 */
export function prepare(project: Project, stack: string, config: StackConfig): () => Promise<PlannedEnvironment> {
  const environment = parseEnvironment(stack, config);
  const settings = policyConfig(policies, config[`${project.name}:policies`]);
  return async () => {
    const { resources } = await evaluate(() => compose(environment), { stack, project: project.name, config: asText(config) });
    return {
      environment: stack,
      project: project.name,
      resources,
      policies: await runPolicies(policies, resources, settings),
      leftToConfigure: leftToConfigure(environment),
    };
  };
}

/** Config as the engine hands it to a program: structured values as JSON. */
function asText(config: StackConfig): Record<string, string> {
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]));
}
