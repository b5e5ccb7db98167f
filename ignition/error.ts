import { InputError } from "../errors.ts";
import type { Issue } from "./spec.ts";

/** An invalid config or part of one. The message lists every issue, one per line. */
export class IgnitionError extends InputError {
  /** All issues. */
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    super(
      `the Ignition config is not valid:\n${issues.map(({ path, message }) => `  ${path}: ${message}`).join("\n")}`,
    );
    this.name = "IgnitionError";
    this.issues = issues;
  }
}

/** Rejects the arguments of a builder. `where` names the argument: `envFile.values.TOKEN`. */
export function refuse(where: string, message: string): never {
  throw new IgnitionError([{ path: where, message }]);
}
