import { z } from "zod";
import { type Bounds, wholeNumber } from "../../components/internal/bounds.ts";
import { formatPath, type Problem, show } from "./error.ts";
import { renamedArguments } from "../../components/internal/argument-check.ts";
import { suggestName } from "./suggest-name.ts";

/** A group of settings; unknown names are refused. */
export function group<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "invalid_type"
        ? refuse(issue.input, "is not a group of settings", `use ${Object.keys(shape).join(", ")}`)
        : undefined,
  });
}

/** A list of settings of one kind. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: (issue) => refuse(issue.input, "is not a list", "use [..., ...]") });
}

/** Settings of one kind by a name of the user's own. */
export function byName<Item extends z.ZodType>(item: Item) {
  return z.record(z.string(), item, {
    error: (issue) => refuse(issue.input, "is not a group of settings", "use name: value"),
  });
}

/** A whole number within bounds. */
export function whole(allowed: Bounds) {
  const fits = (given: number) => Number.isInteger(given) && given >= allowed.min && given <= allowed.max;
  return value<number>(fits, "is not allowed", `use ${wholeNumber(allowed)}`);
}

/** A number within bounds. */
export function decimal({ min, max, unit = "" }: Bounds) {
  const fits = (given: number) => typeof given === "number" && given >= min && given <= max;
  return value<number>(fits, "is not allowed", `use a number from ${min} to ${max} ${unit}`.trimEnd());
}

/** One of a few words. */
export function oneOf<const Word extends string>(...words: Word[]) {
  return value<Word>(
    (given) => words.includes(given),
    "is not known",
    `use ${words.slice(0, -1).join(", ")}${words.length > 1 ? " or " : ""}${words.at(-1)}`,
  );
}

/** A text in a given form. */
export function text(form: RegExp, allowed: string) {
  return value<string>((given) => typeof given === "string" && form.test(given), "is not allowed", `use ${allowed}`);
}

/** Digits that are a name and no number. `pulumi config set --path` stores them as a number, so that is taken as well. */
export function digits(form: RegExp, allowed: string) {
  return z.preprocess((given) => (typeof given === "number" ? String(given) : given), text(form, allowed));
}

/** Yes or no. */
export function flag() {
  return value<boolean>((given) => typeof given === "boolean", "is not allowed", "use true or false");
}

/**
 * A secret text. In a stack's file it may stand encrypted (`secure: ...`): the engine hands over the clear text, a
 * plan, which cannot decrypt it, works with the encrypted text in its place, or with what is given to stand in for it
 * where a component looks at the form.
 */
export function secret(form: RegExp, allowed: string, placeholder?: string) {
  return z
    .custom<string | { secure: string }>(
      (given) => isEncrypted(given) || (typeof given === "string" && form.test(given)),
      {
        // Never shows the value: it is meant to be secret.
        error: (issue) =>
          issue.input === undefined ? `is missing; use ${allowed}` : `the given secret is not allowed; use ${allowed}`,
      },
    )
    .transform((given) => (typeof given === "string" ? given : (placeholder ?? given.secure)));
}

/** A setting of other environments that this one refuses, and why. */
export function refused(why: string) {
  return z.undefined({ error: why }).optional();
}

/** Whether a schema takes nothing at all. */
export function isRefused(schema: z.ZodType): boolean {
  return unwrap(schema) instanceof z.ZodUndefined;
}

/** Whether a value stands encrypted in a stack's file. */
export function isEncrypted(given: unknown): given is { secure: string } {
  return (
    typeof given === "object" &&
    given !== null &&
    Object.keys(given).length === 1 &&
    typeof (given as { secure?: unknown }).secure === "string"
  );
}

/** A value that passes a test of its own. */
export function value<T>(test: (given: T) => boolean, problem: string | ((given: unknown) => string), allowed: string) {
  return z.custom<T>((given) => test(given as T), {
    error: ({ input }) => refuse(input, typeof problem === "string" ? problem : problem(input), allowed),
  });
}

function refuse(given: unknown, problem: string, allowed: string): string {
  return given === undefined ? `is missing; ${allowed}` : `${show(given)} ${problem}; ${allowed}`;
}

/** What a schema found wrong, with the paths below `path`. */
export function explain(schema: z.ZodType, path: readonly PropertyKey[], error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys")
      return [{ path: formatPath([...path, ...issue.path]), message: issue.message }];
    const known = knownNames(schema, issue.path);
    return issue.keys.map((key) => ({
      path: formatPath([...path, ...issue.path, key]),
      message: unknownSetting(key, known),
    }));
  });
}

/** The message for a name that no setting has. */
export function unknownSetting(given: string, known: readonly string[]): string {
  const current = { ...renamedArguments, host: "hostNumber" }[given];
  if (current !== undefined && known.includes(current)) return `is not a setting any more; use ${current}`;
  const meant = suggestName(given, known);
  return meant === undefined
    ? `is not a setting; known are ${[...known].sort().join(", ")}`
    : `is not a setting; did you mean ${meant}?`;
}

/** Names of the settings in the group at a path of the schema. */
function knownNames(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: z.ZodType = unwrap(schema);
  for (const step of path) {
    if (at instanceof z.ZodArray) at = unwrap(at.element as z.ZodType);
    else if (at instanceof z.ZodRecord) at = unwrap(at.valueType as z.ZodType);
    else if (at instanceof z.ZodObject) at = unwrap(at.shape[String(step)] as z.ZodType);
  }
  const parts = at instanceof z.ZodObject ? Object.entries(at.shape as Record<string, z.ZodType>) : [];
  return parts.filter(([, part]) => !isRefused(part)).map(([name]) => name);
}

function unwrap(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrap(schema.unwrap() as z.ZodType)
    : schema;
}
