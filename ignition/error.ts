import { InputError } from "../errors.ts";
import type { Issue } from "./spec.ts";

/** A config, or a part of one, that no machine would accept; the message lists every issue, one a line. */
export class IgnitionError extends InputError {
  /** Every issue that was found. */
  readonly issues: readonly Issue[];

  constructor(issues: readonly Issue[]) {
    super(
      `the Ignition config is not valid:\n${issues.map(({ path, message }) => `  ${path}: ${message}`).join("\n")}`,
    );
    this.name = "IgnitionError";
    this.issues = issues;
  }
}

/** Refuses the arguments of a builder; `where` names them, `envFile.values.TOKEN`. */
export function refuse(where: string, message: string): never {
  throw new IgnitionError([{ path: where, message }]);
}
