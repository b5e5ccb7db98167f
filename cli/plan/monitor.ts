import { createRequire } from "node:module";
import { getProject, getStack } from "@pulumi/pulumi";
import type { MockMonitor as MockMonitorType } from "@pulumi/pulumi/runtime/mocks.js";
import { computedOutputs, deterministicId } from "./outputs.ts";
import { withObjectName } from "./outputs-kubernetes.ts";
import type { PlannedResource } from "./resource.ts";
import { revealed, secret } from "./serialized-values.ts";

const require = createRequire(import.meta.url);
// The mock monitor is not re-exported from the package's entry point.
const { MockMonitor } = require("@pulumi/pulumi/runtime/mocks.js") as { MockMonitor: typeof MockMonitorType };

type Values = Record<string, unknown>;

/** What a provider says of a resource that it made. */
export interface Answer {
  id: string;
  /** What it computed beside the inputs. */
  outputs: Values;
}

/**
 * Answers a Pulumi program in the engine's place and writes down what it registers. Nothing leaves the process:
 * what a provider would compute is filled in from {@link computedOutputs}, the same in every run. Secrets stay
 * secret as they do with the engine: a secret input comes back as a secret output, and so does every output that
 * the resource declares secret.
 */
export class PlanMonitor extends MockMonitor {
  readonly planned: PlannedResource[] = [];
  /** The stack's own outputs, secrets unwrapped, and the names of those that hold one. */
  readonly stackOutputs: { values: Values; secretNames: string[] } = { values: {}, secretNames: [] };
  readonly #urns = new Set<string>();

  constructor() {
    super({
      newResource: () => ({ id: undefined, state: {} }),
      call: (args) => computedOutputs(args.token, "", args.inputs),
    });
  }

  // The request is a protobuf message that the SDK exports no type for.
  override async registerResource(
    req: any,
    callback: (error: Error | null, response?: unknown) => void,
  ): Promise<void> {
    const type: string = req.getType();
    const name: string = req.getName();
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

    const propertyDependencies: Record<string, string[]> = {};
    req.getPropertydependenciesMap().forEach((deps: any, property: string) => {
      const urns: string[] = deps.getUrnsList();
      if (urns.length > 0) propertyDependencies[property] = [...urns].sort();
    });
    const inputs = value as Values;
    // A component's outputs are what it sets on itself; only a provider's answer is ours to give.
    const custom: boolean = req.getCustom();
    const secretOutputs: string[] = custom ? req.getAdditionalsecretoutputsList() : [];
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
      propertyDependencies,
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
      if (custom) answer = await this.provide(planned);
    } catch (error) {
      callback(error as Error);
      return;
    }
    // What an input already says is not computed: a chosen bucket name stays the bucket's name.
    planned.outputs = custom ? { ...answer.outputs, ...inputs } : {};
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

  /** The provider's part, for a subclass that really has one. Throws when the resource cannot be had. */
  protected provide({ type, name, inputs }: PlannedResource): Answer | Promise<Answer> {
    return { id: deterministicId(`${type}::${name}`), outputs: computedOutputs(type, name, inputs) };
  }

  override registerResourceOutputs(req: any, callback: (error: Error | null, response?: unknown) => void): void {
    if ((req.getUrn() as string).includes("::pulumi:pulumi:Stack::")) {
      const { value, secretPaths } = revealed(req.getOutputs()?.toJavaScript() ?? {});
      this.stackOutputs.values = value as Values;
      this.stackOutputs.secretNames = [...new Set(secretPaths.map((path) => path.split(/[.[]/)[1] ?? ""))].sort();
    }
    callback(null, {});
  }
}

function aliasesOf(req: any): string[] {
  const specs: string[] = req.getAliasesList().map((alias: any) => {
    if (alias.hasUrn()) return alias.getUrn();
    const spec = alias.getSpec();
    return [spec.getType(), spec.getName()].filter(Boolean).join("::");
  });
  return [...req.getAliasurnsList(), ...specs];
}

/** The engine's own rule: the types of all ancestors but the stack, then the type, then the name. */
function urnOf(parent: string, type: string, name: string): string {
  const ancestors = parent.split("::")[2];
  const qualified = ancestors === undefined || ancestors === "pulumi:pulumi:Stack" ? type : `${ancestors}$${type}`;
  return ["urn:pulumi:" + getStack(), getProject(), qualified, name].join("::");
}
