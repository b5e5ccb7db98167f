import type {
  EnforcementLevel,
  PolicyResource,
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import type { PlannedResource } from "./resource.ts";

/** A policy for `@pulumi/policy`. With `appliesTo`, it runs for resources of these types only. */
export type RunnablePolicy = (ResourceValidationPolicy | StackValidationPolicy) & {
  appliesTo?: readonly string[];
  ids?: readonly string[];
};

/** Settings of a policy. Default: the level of the policy, without parameters. */
export interface PolicySettings {
  enforcementLevel: EnforcementLevel;
  parameters: Record<string, unknown>;
}

export interface Violation {
  policy: string;
  severity: Severity;
  /** Mandatory violations fail the plan. */
  level: "mandatory" | "advisory";
  message: string;
  /** URN of the resource; absent for a violation of the whole stack. */
  urn?: string;
}

export interface PolicyResult {
  name: string;
  description: string;
  severity: Severity;
  level: EnforcementLevel;
  /** Ids of the same rule in CIS benchmarks and Checkov. */
  ids: readonly string[];
  /** Number of checked resources; 0 when the plan has none of its types. */
  resources: number;
  violations: Violation[];
}

/** Ends a policy that does not apply. It is caught here and never reported. */
class NotApplicable extends Error {}

/**
 * Runs a policy pack over planned resources, as the engine does over registered ones. Resource policies get the inputs
 * of each resource. Stack policies get all resources with their known outputs.
 * @throws Error with the names of policy and resource if a policy itself fails
 */
export async function runPolicies(
  policies: readonly RunnablePolicy[],
  resources: readonly PlannedResource[],
  settings: ReadonlyMap<string, PolicySettings> = new Map(),
): Promise<PolicyResult[]> {
  const byType = Map.groupBy(resources, (resource) => resource.type);
  const byUrn = new Map(resources.map((resource) => [resource.urn, resource]));
  let whole: PolicyResource[] | undefined;

  const results: PolicyResult[] = [];
  for (const policy of policies) {
    const { enforcementLevel: level, parameters } = settings.get(policy.name) ?? {
      enforcementLevel: policy.enforcementLevel ?? "mandatory",
      parameters: {},
    };
    const types = policy.appliesTo ?? pulumiTypes(policy);
    const concerned = types ? types.flatMap((type) => byType.get(type) ?? []) : resources;
    const violations: Violation[] = [];
    let looked = 0;
    if (level !== "disabled") {
      const report = (urn?: string) => reporter(policy, level, violations, urn);
      if ("validateStack" in policy) {
        if (types === undefined || concerned.length > 0) {
          whole ??= stackResources(resources, byUrn);
          const args = {
            resources: whole,
            stackTags: new Map<string, string>(),
            getConfig: () => parameters,
            notApplicable,
          };
          if (await applies(policy, "the stack", () => policy.validateStack(args as never, report())))
            looked = concerned.length;
        }
      } else {
        const validations = [policy.validateResource ?? []].flat();
        for (const resource of concerned) {
          const args = argumentsFor(resource, byUrn, parameters);
          for (const validate of validations) {
            if (await applies(policy, resource.name, () => validate(args, report(resource.urn)))) looked++;
          }
        }
      }
    }
    const { name, description, severity = "medium", ids = [] } = policy;
    results.push({ name, description, severity, level, ids, resources: looked, violations });
  }
  return results;
}

/** False if the policy does not apply. */
async function applies(
  policy: RunnablePolicy,
  subject: string,
  validate: () => Promise<void> | void,
): Promise<boolean> {
  try {
    await validate();
    return true;
  } catch (error) {
    if (error instanceof NotApplicable) return false;
    throw new Error(`policy ${policy.name} failed on ${subject}: ${(error as Error).message}`, { cause: error });
  }
}

// validateResourceOfType and similar functions store the type on the function that they return.
function pulumiTypes(policy: RunnablePolicy): string[] | undefined {
  const validate = "validateStack" in policy ? policy.validateStack : policy.validateResource;
  const type = (validate as { __pulumiType?: string } | undefined)?.__pulumiType;
  return type === undefined ? undefined : [type];
}

/** Accepts a message and a URN, or an object that can lower the level of one violation, as `@pulumi/policy` does. */
function reporter(
  policy: RunnablePolicy,
  level: EnforcementLevel,
  into: Violation[],
  subject?: string,
): ReportViolation {
  const report = (
    given: string | { message: string; urn?: string; enforcementLevel?: EnforcementLevel },
    about?: string,
  ) => {
    const { message, urn, enforcementLevel } =
      typeof given === "string" ? { message: given, urn: about } : { enforcementLevel: undefined, ...given };
    const where = urn || subject;
    into.push({
      policy: policy.name,
      severity: policy.severity ?? "medium",
      level: (enforcementLevel ?? level) === "advisory" ? "advisory" : "mandatory",
      message,
      ...(where !== undefined && { urn: where }),
    });
  };
  return report;
}

function argumentsFor(
  resource: PlannedResource,
  byUrn: Map<string, PlannedResource>,
  parameters: object,
): ResourceValidationArgs & Pick<PlannedResource, "propertyDependencies"> {
  return {
    ...subject(resource, resource.inputs, byUrn),
    propertyDependencies: resource.propertyDependencies,
    stackTags: new Map(),
    getConfig: <T>() => parameters as T,
    notApplicable,
  };
}

function stackResources(resources: readonly PlannedResource[], byUrn: Map<string, PlannedResource>): PolicyResource[] {
  const pairs = resources.map((planned) => {
    const props = planned.custom ? planned.outputs : planned.inputs;
    const resource: PolicyResource = { ...subject(planned, props, byUrn), dependencies: [], propertyDependencies: {} };
    return [planned, resource] as const;
  });
  const made = new Map(pairs.map(([planned, resource]) => [planned.urn, resource]));
  const find = (urns: string[]) => urns.map((urn) => made.get(urn)).filter((found) => found !== undefined);
  for (const [planned, resource] of pairs) {
    if (planned.parent !== undefined) resource.parent = made.get(planned.parent);
    resource.dependencies = find(planned.dependencies);
    resource.propertyDependencies = Object.fromEntries(
      Object.entries(planned.propertyDependencies).map(([key, urns]) => [key, find(urns)]),
    );
  }
  return pairs.map(([, resource]) => resource);
}

function subject(resource: PlannedResource, props: Record<string, unknown>, byUrn: Map<string, PlannedResource>) {
  const { type, name, urn } = resource;
  const isType = (resourceClass: unknown) => (resourceClass as { __pulumiType?: string }).__pulumiType === type;
  const provider =
    resource.provider === undefined
      ? undefined
      : byUrn.get(resource.provider.slice(0, resource.provider.lastIndexOf("::")));
  return {
    type,
    name,
    urn,
    props,
    opts: options(resource),
    isType,
    asType: (resourceClass: unknown) => (isType(resourceClass) ? props : undefined) as never,
    ...(provider && {
      provider: {
        type: provider.type,
        name: provider.name,
        urn: provider.urn,
        props: provider.inputs,
        propertyDependencies: provider.propertyDependencies,
      },
    }),
  };
}

function options(resource: PlannedResource): PolicyResourceOptions {
  return {
    protect: resource.protect,
    ignoreChanges: resource.ignoreChanges,
    deleteBeforeReplace: resource.deleteBeforeReplace,
    aliases: resource.aliases,
    customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    additionalSecretOutputs: resource.secretOutputs,
    ...(resource.parent !== undefined && { parent: resource.parent }),
  };
}

function notApplicable(reason?: string): never {
  throw new NotApplicable(reason);
}
