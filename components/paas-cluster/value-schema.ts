import { z } from "zod";

/** A validation error of a value. */
export interface ValueProblem {
  path: string;
  message: string;
}

const hidden = /(password|secretkey|accesskey|url|secret|adminPassword)$/i;

/** A value that fulfils a condition. */
function value<T>(fits: (given: unknown) => boolean, allowed: string) {
  return z.custom<T>(fits, {
    error: ({ input }) => ({
      message: input === undefined ? `is missing; use ${allowed}` : `is not allowed; use ${allowed}`,
    }),
  });
}

/** A text that matches a pattern. */
export function text(form: RegExp, allowed: string) {
  return value<string>((given) => typeof given === "string" && form.test(given), allowed);
}

/** A text that is not empty. */
export function filled(allowed: string) {
  return text(/./, allowed);
}

/** A whole number, both limits included. */
export function whole(min: number, max: number) {
  return value<number>(
    (given) => Number.isInteger(given) && (given as number) >= min && (given as number) <= max,
    `a whole number from ${min} to ${max}`,
  );
}

/** One of the given words. */
export function oneOf<const Word extends string>(...words: Word[]) {
  return value<Word>((given) => words.includes(given as Word), words.map((word) => JSON.stringify(word)).join(" or "));
}

/** A boolean. */
export function flag() {
  return value<boolean>((given) => typeof given === "boolean", "true or false");
}

/** A Kubernetes quantity, `500m` or `1Gi`. */
export function quantity() {
  return text(/^\d+(\.\d+)?(m|[EPTGMk]i?)?$/, "a quantity such as 500m or 1Gi");
}

/** Lists the validation errors of a value, each with its path, the given value and the allowed values. */
export function valueProblems(schema: z.ZodType, given: unknown, at: string): ValueProblem[] {
  const { error } = schema.safeParse(given);
  return (error?.issues ?? []).flatMap((issue) => {
    const path = [at, ...issue.path].join(".");
    if (issue.code === "unrecognized_keys") {
      const known = knownNames(schema, issue.path);
      return issue.keys.map((key) => ({
        path: `${path}.${key}`,
        message: `is not a value of the chart; known are ${known.join(", ")}`,
      }));
    }
    const found = issue.path.reduce<unknown>(
      (here, step) => (here as Record<PropertyKey, unknown> | undefined)?.[step],
      given,
    );
    if (issue.code === "invalid_type")
      return [{ path, message: `${shown(path, found)} is not allowed; use a group of values` }];
    return [{ path, message: found === undefined ? issue.message : `${shown(path, found)} ${issue.message}` }];
  });
}

/** The given value for a message. Hides values that can be secret. */
function shown(path: string, given: unknown): string {
  return hidden.test(path) ? "the given value" : (JSON.stringify(given) ?? String(given));
}

function knownNames(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let here: z.ZodType = unwrapped(schema);
  for (const step of path) {
    if (here instanceof z.ZodObject) here = unwrapped(here.shape[String(step)] as z.ZodType);
  }
  return here instanceof z.ZodObject ? Object.keys(here.shape).sort() : [];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}
