import * as pulumi from "@pulumi/pulumi";

export { show } from "../../components/internal/format-value.ts";

/** One invalid setting. */
export interface Problem {
  /** Where, as `pulumi config set --path` takes it: `galera.databases[0].name`. */
  path: string;
  /** The given value and the allowed values. */
  message: string;
}

/** All problems of a stack's config. It is a `RunError`: `pulumi up` prints the message without a stack trace. */
export class ConfigError extends pulumi.RunError {
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
