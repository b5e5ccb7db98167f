import { InputError } from "../../errors.ts";

export { show } from "./format-value.ts";

/** One setting that cannot be used. */
export interface Problem {
  /** Where, as `pulumi config set --path` takes it: `galera.databases[0].name`. */
  path: string;
  /** What was given and what is allowed. */
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

/** A path as `pulumi config set --path` takes it. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? String(step) : `${text}.${String(step)}`,
    "",
  );
}
