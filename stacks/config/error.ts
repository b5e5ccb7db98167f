import type { Problem } from "../../components/internal/settings-check.ts";
import { InputError } from "../../errors.ts";

export type { Problem } from "../../components/internal/settings-check.ts";
export { formatValue } from "../../components/internal/format-value.ts";

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
