import { z } from "zod";

/** Structure of a schema for a fast walk: lists, objects with their fields by name, and values. */
export type Outline = { list: Outline } | { fields: ReadonlyMap<string, Outline> } | "value";

const outlines = new WeakMap<z.ZodType, Outline>();

/** Cached outline of a schema. */
export function outlineOf(schema: z.ZodType): Outline {
  const known = outlines.get(schema);
  if (known) return known;
  const outline = outlined(schema);
  outlines.set(schema, outline);
  return outline;
}

function outlined(schema: z.ZodType): Outline {
  if (schema instanceof z.ZodOptional) return outlineOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return { list: outlineOf(schema.element as z.ZodType) };
  if (!(schema instanceof z.ZodObject)) return "value";
  const fields = Object.entries(schema.shape).map(([key, inner]) => [key, outlineOf(inner as z.ZodType)] as const);
  return { fields: new Map(fields.sort(([first], [second]) => (first < second ? -1 : 1))) };
}
