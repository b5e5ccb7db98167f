import { InputError } from "../../errors.ts";

export { show } from "../../components/internal/format-value.ts";

/** One invalid setting. */
export interface Problem {
  /** Where, as `pulumi config set --path` takes it: `galera.databases[0].name`. */
  path: string;
  /** The given value and the allowed values. */
  message: string;
}

/**
 * The config of a stack cannot be used; lists all problems. `pulumi up` prints the message without a stack trace.
 */
export class ConfigError extends InputError {
  // What `pulumi.RunError.isInstance` checks, which the engine's language host uses.
  readonly __pulumiRunError = true;
  readonly stackName: string;
  readonly problems: readonly Problem[];

  constructor(stackName: string, problems: readonly Problem[]) {
    const lines = problems.map((problem) => `  ${problem.path}: ${problem.message}`);
    super(`The config of stack ${stackName} cannot be used:\n${lines.join("\n")}`);
    this.name = "ConfigError";
    this.stackName = stackName;
    this.problems = problems;
  }
}
