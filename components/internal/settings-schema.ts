import { z } from "zod";
import { type Bounds, wholeNumber } from "./bounds.ts";
import { formatValue } from "./format-value.ts";

/** Facts about a setting for its readers. `.meta` keeps them in the schema, beside the type. */
export interface SettingMeta {
  /** Meaning, unit and effect of a change, in Markdown. */
  description?: string;
  /** The value without the setting: a number, true, false, or text in Markdown. */
  default?: string | number | boolean;
  /** Allowed values in words. Messages show them after "use". */
  allowed?: string;
}

/** A group of settings. Unknown names are an error. */
export function group<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape);
}

/** A list of settings of one kind. */
export function list<Item extends z.ZodType>(item: Item) {
  return z.array(item);
}

/** Settings of one kind under names that the user chooses. */
export function byName<Item extends z.ZodType>(item: Item) {
  return z.record(z.string(), item);
}

/** A whole number within bounds. */
export function whole(limits: Bounds) {
  return allows(wholeNumber(limits), z.int().check(z.gte(limits.min), z.lte(limits.max)));
}

/** A number within bounds. */
export function decimal(limits: Bounds) {
  const { min, max, unit = "" } = limits;
  return allows(`a number from ${min} to ${max} ${unit}`.trimEnd(), z.number().check(z.gte(min), z.lte(max)));
}

/** One of a few words. */
export function oneOf<const Word extends string>(...words: Word[]) {
  return allows(alternatives(words), z.enum(words));
}

/** One of a few numbers. `problem` explains why another value is wrong. */
export function oneNumberOf<const Value extends number>(
  values: Value[],
  problem: (given: unknown) => string = () => "is not allowed",
) {
  const allowed = alternatives(values);
  return allows(allowed, z.literal(values, { error: ({ input }) => refusal(input, problem(input), allowed) }));
}

/** A text that matches a pattern. */
export function text(pattern: RegExp, allowed: string) {
  return allows(allowed, z.string().check(z.regex(pattern)));
}

/**
 * Digits that are an identifier, not a number. `pulumi config set --path` stores them as a number: a number with
 * the same digits is accepted, within the given limits.
 */
export function digits(pattern: RegExp, allowed: string, limits: Bounds) {
  const number = z.int().check(z.gte(limits.min), z.lte(limits.max));
  return allows(allowed, z.union([z.string().check(z.regex(pattern)), number]).transform(String));
}

/** True or false. */
export function flag() {
  return allows("true or false", z.boolean());
}

/** A text that a function checks. */
export function checkedText(
  problem: (given: string) => string | undefined,
  { kind, allowed, pattern }: CheckedTextOptions,
) {
  const schema = z
    .string({ error: ({ input }) => refusal(input, `is not ${kind}`, allowed) })
    .superRefine((given, context) => {
      const message = problem(given);
      if (message !== undefined) context.addIssue({ code: "custom", message });
    });
  return schema.meta({ allowed, pattern: pattern.source });
}

interface CheckedTextOptions {
  /** `a range` */
  kind: string;
  allowed: string;
  /** The part of the check that JSON Schema can express. */
  pattern: RegExp;
}

/** A group of values with its own checks in `parse`, which reports problems to the context. */
export function customGroup<Value>(
  parse: (given: object, context: z.RefinementCtx) => Value,
  problem: string,
  allowed: string,
) {
  const schema = z.unknown().transform((given, context): Value => {
    if (typeof given === "object" && given !== null && !Array.isArray(given)) return parse(given, context);
    context.addIssue({ code: "custom", message: refusal(given, problem, allowed) });
    return z.NEVER;
  });
  return schema.meta({ allowed, type: "object" });
}

/**
 * A secret text. The stack's file can hold it encrypted (`secure: ...`). The engine passes the clear text. A plan
 * cannot decrypt: it uses the encrypted text, or the placeholder if a component checks the format.
 */
export function secret(pattern: RegExp, allowed: string, placeholder?: string) {
  const encrypted = z.strictObject({ secure: z.string() });
  const schema = z
    .union([z.string().check(z.regex(pattern)), encrypted])
    .transform((given) => (typeof given === "string" ? given : (placeholder ?? given.secure)));
  return schema.meta({ allowed, secret: true });
}

/** A setting of other environments that this environment refuses. */
export function refused(reason: string) {
  return z.never({ error: reason }).optional();
}

/** True if the schema accepts no value. */
export function isRefused(schema: z.ZodType): boolean {
  return unwrapped(schema) instanceof z.ZodNever;
}

/** True if a value is encrypted in a stack's file. */
export function isEncrypted(given: unknown): given is { secure: string } {
  return (
    typeof given === "object" &&
    given !== null &&
    Object.keys(given).length === 1 &&
    typeof (given as { secure?: unknown }).secure === "string"
  );
}

/** The schema without the wrappers for "may be missing". */
export function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}

/** The schema at a path below another schema, without wrappers. */
export function schemaAt(schema: z.ZodType, path: readonly PropertyKey[]): z.ZodType {
  let at = unwrapped(schema);
  for (const step of path) {
    if (at instanceof z.ZodArray) at = unwrapped(at.element as z.ZodType);
    else if (at instanceof z.ZodRecord) at = unwrapped(at.valueType as z.ZodType);
    else if (at instanceof z.ZodObject) at = unwrapped(at.shape[String(step)] as z.ZodType);
  }
  return at;
}

/** Names of the settings in a group; none for other schemas. */
export function settingNames(schema: z.ZodType): string[] {
  const parts = schema instanceof z.ZodObject ? Object.entries(schema.shape as Record<string, z.ZodType>) : [];
  return parts.filter(([, part]) => !isRefused(part)).map(([name]) => name);
}

/** The allowed values of a setting in words; empty if any value is allowed. */
export function allowedValues(schema: z.ZodType): string {
  const { allowed } = metaOf(schema);
  if (allowed !== undefined) return allowed;
  if (schema instanceof z.ZodObject) return settingNames(schema).join(", ");
  if (schema instanceof z.ZodArray) return "[..., ...]";
  return schema instanceof z.ZodRecord ? "name: value" : "";
}

/** What the schema itself says about a setting. */
export function metaOf(schema: z.core.$ZodType): SettingMeta & { secret?: boolean } {
  const meta = z.globalRegistry.get(schema) ?? (schema instanceof z.ZodPipe ? z.globalRegistry.get(schema.in) : {});
  return (meta ?? {}) as SettingMeta & { secret?: boolean };
}

/** The error map for `safeParse` with a schema of settings. Messages name the given value and the allowed values. */
export function settingErrors(schema: z.ZodType): z.core.$ZodErrorMap {
  return (issue) => {
    const at = schemaAt(schema, issue.path ?? []);
    return metaOf(at).secret
      ? secretProblem(issue.input, allowedValues(at))
      : refusal(issue.input, problemOf(issue, at), allowedValues(at));
  };
}

function problemOf({ code }: z.core.$ZodRawIssue, schema: z.ZodType): string {
  if (code === "invalid_value") return "is not known";
  if (schema instanceof z.ZodArray) return "is not a list";
  return schema instanceof z.ZodObject || schema instanceof z.ZodRecord
    ? "is not a group of settings"
    : "is not allowed";
}

function refusal(given: unknown, problem: string, allowed: string): string {
  return given === undefined ? `is missing; use ${allowed}` : `${formatValue(given)} ${problem}; use ${allowed}`;
}

/** Does not show the value: it is secret. */
function secretProblem(given: unknown, allowed: string): string {
  return `${given === undefined ? "is missing" : "the given secret is not allowed"}; use ${allowed}`;
}

/** Adds the words to the schema in place: a call of `.meta` would build the schema a second time. */
function allows<Schema extends z.ZodType>(allowed: string, schema: Schema): Schema {
  z.globalRegistry.add(schema, { allowed });
  return schema;
}

/** `small, medium or large` */
function alternatives(values: readonly (string | number)[]): string {
  return values.length > 1 ? `${values.slice(0, -1).join(", ")} or ${values.at(-1)}` : String(values[0]);
}
