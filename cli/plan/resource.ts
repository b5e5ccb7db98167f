/** One resource as a program registers it, with everything the engine would be told. */
export interface PlannedResource {
  urn: string;
  /** Type token, `aws:ec2/instance:Instance`. */
  type: string;
  name: string;
  /** URN of the parent; absent on the stack itself. */
  parent?: string;
  /** False for components. */
  custom: boolean;
  /** Inputs, secrets unwrapped; what was secret is listed in {@link secretPaths}. */
  inputs: Record<string, unknown>;
  /** JSON paths of secret inputs, `$.userData`. */
  secretPaths: string[];
  /**
   * What a provider would answer, as far as the plan knows it: the inputs and what is computed from them. Secrets
   * unwrapped. Empty on components.
   */
  outputs: Record<string, unknown>;
  /** Outputs that are secret whatever they are made from: a generated password. */
  secretOutputs: string[];
  /** URNs this resource waits for. */
  dependencies: string[];
  /** URNs by the input property they came from. */
  propertyDependencies: Record<string, string[]>;
  /** `urn::id` of the explicit provider, if any. */
  provider?: string;
  protect: boolean;
  retainOnDelete: boolean;
  deleteBeforeReplace: boolean;
  replaceOnChanges: string[];
  ignoreChanges: string[];
  aliases: string[];
  /** Version of the provider plugin that the SDK asks for. */
  version?: string;
}
