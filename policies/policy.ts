import type {
  PolicyConfigSchema,
  PolicyResource,
  PolicyResourceOptions,
  ReportViolation,
  ResourceValidationPolicy,
  Severity,
  StackValidationPolicy,
} from "@pulumi/policy";
import { completed, plain } from "./values.ts";

/** JSON schema of one parameter. */
export type ParameterSchema = PolicyConfigSchema["properties"][string];

/** A `@pulumi/policy` policy, with the data that a runner needs to skip it without a call. */
export type PackPolicy = (ResourceValidationPolicy | StackValidationPolicy) & {
  severity: Severity;
  /** Type tokens that the policy checks. */
  appliesTo: readonly string[];
  /** Ids of the same rule in CIS benchmarks and Checkov. */
  ids: readonly string[];
  remediationSteps: string;
};

/** A resource under check. Each policy declares the type of the inputs that it reads. */
export interface Checked<P> {
  type: string;
  name: string;
  urn: string;
  props: P;
  opts: PolicyResourceOptions;
  /** Inputs of the explicit or default provider, if they are known. */
  provider?: Record<string, unknown>;
}

/** A resource in a stack policy, with its parent and dependencies. */
export interface StackChecked<P = Record<string, unknown>> extends Checked<P> {
  parent?: string;
  /** For each property, URNs of the resources on which its value depends. */
  propertyDependencies: Record<string, readonly string[]>;
}

type PropertyDependencies = PolicyResource["propertyDependencies"];
type Provider = NonNullable<PolicyResource["provider"]> & { propertyDependencies?: Record<string, readonly unknown[]> };

/** One violation, before exemptions are applied. */
export interface Problem {
  /** Path of the property and its value: `metadataOptions.httpTokens is "optional"`. */
  given: string;
  /** Allowed values: `"required"`. */
  allowed: string;
  /** How to fix it. Default: the policy's remediation. */
  fix?: string;
  /**
   * Reason of an exemption by the pack itself; the problem is then reported as exempted. Other exemptions come from
   * the policy configuration.
   */
  exempted?: string;
  /** Additional names that an exemption can use: `namespace/name` of a Kubernetes object. */
  addresses?: readonly string[];
  /** The known part of `namespace/name`, if the other part is not known yet. */
  partialAddress?: { namespace?: string; name?: string };
}

/** Metadata of a policy. */
export interface Metadata {
  /** Kebab case; the key in the policy configuration. */
  name: string;
  /** The rule, as one sentence about a compliant program. */
  description: string;
  severity: Severity;
  /** Default: mandatory. */
  enforcementLevel?: "advisory" | "mandatory";
  /** Ids of the same rule in CIS benchmarks and Checkov. */
  ids?: readonly string[];
  /** How to fix a violation: an imperative sentence, in lower case, with a full stop. */
  remediation: string;
  appliesTo: readonly string[];
}

/** Configurable parameters as JSON schemas with their defaults. */
export type ParameterSchemas<Parameters> = { [K in keyof Parameters]: ParameterSchema & { default: Parameters[K] } };

interface Definition<Parameters> extends Metadata {
  parameters?: ParameterSchemas<Parameters>;
}

/** An accepted violation, from the policy's configuration. */
export interface Exemption {
  /** Name or URN of the resource, or `namespace/name` of a Kubernetes object; `*` matches any characters. */
  resource: string;
  /** Reason for the exemption; printed with every run. */
  reason: string;
}

const exemptionsSchema: ParameterSchema = {
  type: "array",
  description:
    "Accepted violations: the resource (name, URN, or namespace/name in Kubernetes; * is a wildcard) and the reason",
  items: {
    type: "object",
    required: ["resource", "reason"],
    properties: { resource: { type: "string", minLength: 1 }, reason: { type: "string", minLength: 1 } },
    additionalProperties: false,
  },
  default: [],
};

type Settings<Parameters> = Parameters & { exemptions: Exemption[] };

/** Defines a policy that checks one resource at a time. */
export function resourcePolicy<Props, Parameters extends object = Record<never, never>>(
  definition: Definition<Parameters> & {
    check(resource: Checked<Props>, report: (problem: Problem) => void, parameters: Parameters): void;
  },
): PackPolicy {
  const types = new Set(definition.appliesTo);
  const settingsFor = settingsOf(definition);
  const validateResource: ResourceValidationPolicy["validateResource"] = (args, reportViolation) => {
    if (!types.has(args.type)) args.notApplicable(`the policy applies to ${definition.appliesTo.join(", ")}`);
    const settings = settingsFor(args.getConfig());
    const provider = args.provider && providerProps(args.provider);
    const { type, name, urn, opts } = args;
    // The engine keeps unknown inputs here, and sends no dependencies. The plan sends them.
    const { propertyDependencies = {} } = args as { propertyDependencies?: PropertyDependencies };
    const props = completed(plain(args.props), propertyDependencies) as Props;
    const resource = { type, name, urn, opts, props, provider };
    definition.check(
      resource,
      (problem) => send(definition, resource, problem, settings.exemptions, reportViolation),
      settings,
    );
  };
  // With one type, @pulumi/policy skips other resources before it deserializes their properties.
  if (types.size === 1) Object.assign(validateResource, { __pulumiType: definition.appliesTo[0] });
  return { ...metadata(definition), validateResource };
}

/** Defines a policy that checks several resources together. */
export function stackPolicy<Parameters extends object = Record<never, never>>(
  definition: Definition<Parameters> & {
    check(
      resources: StackChecked[],
      report: (resource: Checked<unknown>, problem: Problem) => void,
      parameters: Parameters,
    ): void;
  },
): PackPolicy {
  const types = new Set(definition.appliesTo);
  const settingsFor = settingsOf(definition);
  const validateStack: StackValidationPolicy["validateStack"] = (args, reportViolation) => {
    if (!args.resources.some((resource) => types.has(resource.type))) {
      args.notApplicable(`the policy applies to ${definition.appliesTo.join(", ")}`);
    }
    const settings = settingsFor(args.getConfig());
    const resources = seen.get(args.resources) ?? args.resources.map(stackChecked);
    seen.set(args.resources, resources);
    definition.check(
      resources,
      (resource, problem) => send(definition, resource, problem, settings.exemptions, reportViolation),
      settings,
    );
  };
  return { ...metadata(definition), validateStack };
}

function metadata<Parameters>(definition: Definition<Parameters>) {
  const { name, description, severity, enforcementLevel = "mandatory", ids = [], remediation, appliesTo } = definition;
  const parameters: Record<string, ParameterSchema> = { ...definition.parameters, exemptions: exemptionsSchema };
  return {
    name,
    description,
    severity,
    enforcementLevel,
    ids,
    appliesTo,
    tags: [...ids],
    framework: framework(ids),
    remediationSteps: remediation,
    configSchema: { properties: parameters },
  };
}

// @pulumi/policy supports one framework per policy: the first CIS id. All ids are in the tags.
function framework(ids: readonly string[]) {
  const match = ids.map((id) => /^(CIS [A-Za-z]+) (\d+\.\d+\.\d+) (.+)$/.exec(id)).find((found) => found !== null);
  if (!match) return undefined;
  const [, name = "", version = "", reference = ""] = match;
  return { name, version, reference, specification: `${name} ${version} ${reference}` };
}

// Cache: a runner passes the same resources to every stack policy.
const seen = new WeakMap<readonly PolicyResource[], StackChecked[]>();

function stackChecked(resource: PolicyResource): StackChecked {
  const { type, name, urn, opts, props, provider, parent, propertyDependencies } = resource;
  const sources = Object.entries(propertyDependencies).map(([property, from]) => [
    property,
    from.map((source) => source.urn),
  ]);
  return {
    type,
    name,
    urn,
    opts,
    props: completed(plain(props), propertyDependencies),
    provider: provider && providerProps(provider),
    parent: parent?.urn ?? opts.parent,
    propertyDependencies: Object.fromEntries(sources),
  };
}

// The engine keeps unknown values of a provider, and sends no dependencies. The plan sends them.
function providerProps({ props, propertyDependencies = {} }: Provider): Record<string, unknown> {
  return completed(plain(props), propertyDependencies);
}

// Parameters with their defaults. Cached, because a runner passes the same configuration for each resource.
function settingsOf<Parameters>(definition: Definition<Parameters>): (given: object) => Settings<Parameters> {
  const schemas = Object.entries<ParameterSchema>(definition.parameters ?? {});
  const defaults = Object.fromEntries([["exemptions", []], ...schemas.map(([key, schema]) => [key, schema.default])]);
  const known = new WeakMap<object, Settings<Parameters>>();
  return (given) => {
    const settings = known.get(given) ?? { ...defaults, ...given };
    known.set(given, settings);
    return settings;
  };
}

function send(
  definition: Metadata,
  resource: Checked<unknown>,
  problem: Problem,
  exemptions: readonly Exemption[],
  reportViolation: ReportViolation,
): void {
  const message =
    `${resource.name} (${resource.type}): ${problem.given}; allowed: ${problem.allowed}. ` +
    `Fix: ${problem.fix ?? definition.remediation}`;
  const names = [resource.name, resource.urn, ...(problem.addresses ?? [])];
  const reason = problem.exempted ?? exemptions.find((exemption) => matches(exemption.resource, names))?.reason;
  if (reason === undefined) {
    const partial = problem.partialAddress;
    // An exemption decides when the address is known.
    if (partial && exemptions.some(({ resource: pattern }) => canMatch(pattern, partial))) return;
    reportViolation(message, resource.urn);
    return;
  }
  // @pulumi/policy also accepts an object, with a lower level for this violation; its types omit it.
  const exempted = { message: `exempted (${reason}): ${message}`, urn: resource.urn, enforcementLevel: "advisory" };
  (reportViolation as unknown as (violation: object) => void)(exempted);
}

function matches(pattern: string, names: readonly string[]): boolean {
  if (!pattern.includes("*")) return names.includes(pattern);
  const expression = new RegExp(`^${pattern.split("*").map(escapeRegExp).join(".*")}$`);
  return names.some((name) => expression.test(name));
}

/** Whether a pattern `namespace/name` matches the known part of an address. */
function canMatch(pattern: string, { namespace, name }: NonNullable<Problem["partialAddress"]>): boolean {
  const [first, second] = pattern.split("/");
  if (first === undefined || second === undefined || pattern.startsWith("urn:")) return false;
  const fits = (part: string, known: string | undefined) => known === undefined || matches(part, [known]);
  return fits(first, namespace) && fits(second, name);
}

function escapeRegExp(literal: string): string {
  return literal.replace(/[.+?^${}()|[\]\\]/g, "\\$&");
}
