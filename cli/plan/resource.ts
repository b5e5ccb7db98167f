/** A resource with everything that the program registers. */
export interface PlannedResource {
  urn: string;
  /** Type token, `aws:ec2/instance:Instance`. */
  type: string;
  name: string;
  /** URN of the parent; absent on the stack itself. */
  parent?: string;
  /** False for components. */
  custom: boolean;
  /** Inputs with secrets unwrapped. {@link secretPaths} lists the secret ones. */
  inputs: Record<string, unknown>;
  /** JSON paths of secret inputs, `$.userData`. */
  secretPaths: string[];
  /**
   * Outputs that the plan knows: the inputs and values computed from them, with secrets unwrapped. Empty for
   * components.
   */
  outputs: Record<string, unknown>;
  /** Outputs that are secret without a secret input, such as a generated password. */
  secretOutputs: string[];
  /** URNs that this resource waits for. */
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
