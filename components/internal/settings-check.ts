import type { z } from "zod";
import { formatPath } from "./format-value.ts";
import { schemaAt, settingErrors, settingNames } from "./settings-schema.ts";
import { renamedArguments } from "./renamed-arguments.ts";
import { suggestName } from "./suggest-name.ts";

/** One invalid setting or argument. */
export interface Problem {
  /** As `npm run config` takes it: `galera.databases[0].name`. */
  path: string;
  /** The given value and the allowed values. */
  message: string;
}

/** A setting's value with its defaults, or the problems with their paths below `path`. */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  path: readonly PropertyKey[],
  given: unknown,
): { value: z.output<Schema> } | { problems: Problem[] } {
  // Each schema is used once per program: without zod's compiler the check takes half the time.
  const result = schema.safeParse(given, { error: settingErrors(schema), jitless: true });
  if (result.success) return { value: result.data };
  const problems = result.error.issues.flatMap((issue) => {
    const at = [...path, ...issue.path];
    if (issue.code !== "unrecognized_keys") return [{ path: formatPath(at), message: issue.message }];
    const known = settingNames(schemaAt(schema, issue.path));
    return issue.keys.map((key) => ({ path: formatPath([...at, key]), message: unknownSetting(key, known) }));
  });
  // A number can break several of zod's checks, with the same message for each.
  return { problems: [...new Map(problems.map((one) => [`${one.path}: ${one.message}`, one])).values()] };
}

/** The message for an unknown setting. */
export function unknownSetting(given: string, known: readonly string[]): string {
  const current = { ...renamedArguments, host: "hostNumber" }[given];
  if (current !== undefined && known.includes(current)) return `is not a setting any more; use ${current}`;
  const meant = suggestName(given, known);
  return meant === undefined
    ? `is not a setting; known are ${[...known].sort().join(", ")}`
    : `is not a setting; did you mean ${meant}?`;
}
