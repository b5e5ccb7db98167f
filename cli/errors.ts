/** Something the user can put right: shown as one message, without a stack trace, and the process ends with 2. */
export class UserError extends Error {
  override name = "UserError";
}

/** How a command ends: 0 as wished, 1 a mandatory policy is violated or an update failed, 2 bad input. */
export type ExitCode = 0 | 1 | 2;

/** What to tell about an error: its message. Every error of this library says what was given and what is allowed. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The engine's SDK puts the resource before the cause; the cause alone names the setting.
  return error.message === "" ? error.name : error.message;
}
