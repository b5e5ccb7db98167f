import type { PlannedResource } from "../../cli/plan/resource.ts";
import { runPolicies, type Violation } from "../../cli/plan/policies.ts";
import { policies } from "../../policies/all.ts";
import { policyConfig } from "../../policies/config.ts";
import type { PackPolicy } from "../../policies/policy.ts";

type Options = Partial<Omit<PlannedResource, "type" | "name" | "inputs">> & { stack?: string };

/** A resource in the form that the plan passes to the pack. */
export function planned(
  type: string,
  name: string,
  inputs: Record<string, unknown> = {},
  options: Options = {},
): PlannedResource {
  const { stack = "test", ...rest } = options;
  return {
    urn: urnOf(type, name, stack),
    type,
    name,
    custom: !type.startsWith("paasmas:"),
    inputs,
    secretPaths: [],
    outputs: { ...inputs, ...rest.outputs },
    secretOutputs: [],
    dependencies: [],
    propertyDependencies: {},
    protect: false,
    retainOnDelete: false,
    deleteBeforeReplace: false,
    replaceOnChanges: [],
    ignoreChanges: [],
    aliases: [],
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== "outputs")),
  };
}

export function urnOf(type: string, name: string, stack = "test"): string {
  return `urn:pulumi:${stack}::paasmas::${type}::${name}`;
}

export function policyNamed(name: string): PackPolicy {
  const policy = policies.find((one) => one.name === name);
  if (!policy) throw new Error(`there is no policy ${name}`);
  return policy;
}

/** Violations of the named policies in the resources. */
export async function judge(
  names: readonly string[],
  resources: readonly PlannedResource[],
  config?: unknown,
): Promise<Violation[]> {
  const results = await runPolicies(names.map(policyNamed), resources, policyConfig(policies, config));
  return results.flatMap((result) => result.violations);
}

/**
 * The part of a message that is specific to a violation: `name: given; allowed: ...`.
 * @throws if the message does not have the common parts
 */
export function essence(policy: PackPolicy, resources: readonly PlannedResource[], violation: Violation): string {
  const resource = resources.find((one) => one.urn === violation.urn);
  if (!resource) throw new Error(`the violation names no resource: ${violation.message}`);
  const start = `${resource.name} (${resource.type}): `;
  const end = `. Fix: ${policy.remediationSteps}`;
  const exemption = /^exempted \((.*?)\): /.exec(violation.message)?.[0] ?? "";
  const message = violation.message.slice(exemption.length);
  if (!message.startsWith(start) || !message.endsWith(end)) throw new Error(`unexpected message: ${violation.message}`);
  return `${exemption}${resource.name}: ${message.slice(start.length, -end.length)}`;
}
