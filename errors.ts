/**
 * How a command ends: 0 success, 1 a failed operation or a violated mandatory policy, 2 bad input, 3 drift between the
 * state and the cloud.
 */
export type ExitCode = 0 | 1 | 2 | 3;

/**
 * Base class of all errors that this library reports. The message has one line per problem: path, given value, what
 * to do. The command line prints it without a stack trace and ends with {@link exitCode}.
 * This file imports nothing, so that every folder can import it.
 */
export abstract class PaasmasError extends Error {
  /** How a command ends that stops with this error. */
  abstract get exitCode(): 1 | 2;
}

/** The input cannot be used: an argument, a setting or a file. Change it. */
export class InputError extends PaasmasError {
  override name = "InputError";

  get exitCode(): 2 {
    return 2;
  }
}

/** An operation failed although its input is usable: a service did not answer, or rejected a request. */
export class OperationError extends PaasmasError {
  override name = "OperationError";

  get exitCode(): 1 {
    return 1;
  }
}

/** The text to print for anything that was thrown. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === "" ? error.name : error.message;
}
