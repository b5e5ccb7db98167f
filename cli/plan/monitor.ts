import { createRequire } from "node:module";
import { getProject, getStack } from "@pulumi/pulumi";
import type { RegisterResourceOutputsRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import type { MockMonitor as MockMonitorType } from "@pulumi/pulumi/runtime/mocks.js";
import { containsUnknown } from "../../policies/values.ts";
import { computedOutputs, deterministicId } from "./outputs.ts";
import { withObjectName } from "./outputs-kubernetes.ts";
import type { PlannedResource } from "./resource.ts";
import { revealed, secret } from "./serialized-values.ts";

const require = createRequire(import.meta.url);
// The mock monitor is not re-exported from the package's entry point.
const { MockMonitor } = require("@pulumi/pulumi/runtime/mocks.js") as { MockMonitor: typeof MockMonitorType };

type Values = Record<string, unknown>;

/** A provider's answer to the creation of a resource. */
export interface Answer {
  id: string;
  /** Computed properties, without the inputs. */
  outputs: Values;
}

/**
 * Takes the place of the engine: answers a Pulumi program and records the registered resources, within the process.
 * {@link computedOutputs} replaces the providers, with the same values in every run. As with the engine, a secret input
 * is a secret output, and so is each output that the resource declares secret.
 */
export class PlanMonitor extends MockMonitor {
  readonly planned: PlannedResource[] = [];
  /** Outputs of the stack with secrets unwrapped, and the names of the secret ones. */
  readonly stackOutputs: { values: Values; secretNames: string[] } = { values: {}, secretNames: [] };
  readonly #urns = new Set<string>();
  readonly #firstPreview: boolean;

  /** With `firstPreview`, it answers as providers do before they create anything: with the inputs, without an id. */
  constructor({ firstPreview = false } = {}) {
    super({
      newResource: () => ({ id: undefined, state: {} }),
      call: (args) => computedOutputs(args.token, "", args.inputs),
    });
    this.#firstPreview = firstPreview;
  }

  override async registerResource(
    req: RegisterResourceRequest,
    callback: (error: Error | null, response?: unknown) => void,
  ): Promise<void> {
    const type = req.getType();
    const name = req.getName();
    const sent: Values = withObjectName(type, name, req.getObject()?.toJavaScript() ?? {});
    const { value, secretPaths } = revealed(sent);
    const urn = urnOf(req.getParent(), type, name);
    if (this.#urns.has(urn)) {
      callback(
        new Error(`two resources of this type are called "${name}" under the same parent; names must be unique`),
      );
      return;
    }
    this.#urns.add(urn);

    const inputs = value as Values;
    // A component sets its outputs itself. The monitor only answers for providers.
    const custom = req.getCustom();
    const secretOutputs = custom ? req.getAdditionalsecretoutputsList() : [];
    const planned: PlannedResource = {
      urn,
      type,
      name,
      parent: req.getParent() || undefined,
      custom,
      inputs,
      secretPaths,
      outputs: {},
      secretOutputs,
      dependencies: [...req.getDependenciesList()].sort(),
      propertyDependencies: propertyDependenciesOf(req),
      provider: req.getProvider() || undefined,
      protect: req.getProtect() ?? false,
      retainOnDelete: req.getRetainondelete() ?? false,
      deleteBeforeReplace: req.getDeletebeforereplace(),
      replaceOnChanges: req.getReplaceonchangesList(),
      ignoreChanges: req.getIgnorechangesList(),
      aliases: aliasesOf(req),
      version: req.getVersion() || undefined,
    };
    this.planned.push(planned);

    let answer: Answer = { id: "", outputs: {} };
    try {
      if (custom && !this.#firstPreview) answer = await this.provide(planned);
    } catch (error) {
      callback(error as Error);
      return;
    }
    // Inputs override computed outputs: a given bucket name stays the name of the bucket.
    planned.outputs = custom ? { ...answer.outputs, ...(this.#firstPreview ? known(inputs) : inputs) } : {};
    const state: Values = custom ? { ...answer.outputs, ...sent } : {};
    for (const key of secretOutputs) {
      if (key in state) state[key] = secret(state[key]);
    }
    callback(null, {
      getUrn: () => urn,
      getId: () => answer.id,
      getObject: () => ({ toJavaScript: () => state }),
      getPropertydependenciesMap: () => undefined,
      getResult: () => 0,
      getUnknown: () => false,
    });
  }

  /** Creates the resource in place of a provider. Subclasses with a real provider override it, and throw on failure. */
  protected provide({ type, name, inputs }: PlannedResource): Answer | Promise<Answer> {
    return { id: deterministicId(`${type}::${name}`), outputs: computedOutputs(type, name, inputs) };
  }

  override registerResourceOutputs(
    req: RegisterResourceOutputsRequest,
    callback: (error: Error | null, response?: unknown) => void,
  ): void {
    if (req.getUrn().includes("::pulumi:pulumi:Stack::")) {
      const { value, secretPaths } = revealed(req.getOutputs()?.toJavaScript() ?? {});
      this.stackOutputs.values = value as Values;
      this.stackOutputs.secretNames = [...new Set(secretPaths.map((path) => path.split(/[.[]/)[1] ?? ""))].sort();
    }
    callback(null, {});
  }
}

/** The properties without an unknown value at any depth: in a first preview, providers leave out all others. */
function known(inputs: Values): Values {
  return Object.fromEntries(Object.entries(inputs).filter(([, value]) => !containsUnknown(value)));
}

function propertyDependenciesOf(req: RegisterResourceRequest): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  req.getPropertydependenciesMap().forEach((dependencies, property) => {
    const urns = dependencies.getUrnsList();
    if (urns.length > 0) found[property] = [...urns].sort();
  });
  return found;
}

function aliasesOf(req: RegisterResourceRequest): string[] {
  const specs = req.getAliasesList().map((alias) => {
    if (alias.hasUrn()) return alias.getUrn();
    const spec = alias.getSpec();
    return [spec?.getType(), spec?.getName()].filter(Boolean).join("::");
  });
  return [...req.getAliasurnsList(), ...specs];
}

/** A URN by the engine's rule: the types of all ancestors except the stack, then the type, then the name. */
function urnOf(parent: string, type: string, name: string): string {
  const ancestors = parent.split("::")[2];
  const qualified = ancestors === undefined || ancestors === "pulumi:pulumi:Stack" ? type : `${ancestors}$${type}`;
  return [`urn:pulumi:${getStack()}`, getProject(), qualified, name].join("::");
}
