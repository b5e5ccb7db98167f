import { readFileSync, writeFileSync } from "node:fs";
import { providerFile } from "./path.ts";

interface Property {
  $ref?: string;
  items?: Property;
  willReplaceOnChanges?: boolean;
}
export interface Schema {
  resources: Record<string, { inputProperties: Record<string, Property> }>;
  types?: Record<string, { properties?: Record<string, Property> }>;
}

export const packages = ["aws", "openstack"] as const;

/** The schema that the bridge makes of a real provider. */
export function schemaOf(name: (typeof packages)[number]): Schema {
  return JSON.parse(readFileSync(providerFile(`${name}-schema/schema.json`), "utf8")) as Schema;
}

/** Inputs that replace a resource, by type: `ami`, and fields of an input as `rootBlockDevice.encrypted`. */
export function replacingInputs(schema: Schema): Record<string, string[]> {
  const paths = (properties: Record<string, Property>, types: readonly string[]): string[] =>
    Object.entries(properties).flatMap(([name, property]) => {
      if (property.willReplaceOnChanges === true) return [name];
      const type = (property.$ref ?? property.items?.$ref)?.replace("#/types/", "");
      // A type can contain itself.
      if (type === undefined || types.includes(type)) return [];
      const fields = schema.types?.[type]?.properties ?? {};
      return paths(fields, [...types, type]).map((field) => `${name}.${field}`);
    });
  return Object.fromEntries(
    Object.entries(schema.resources)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, { inputProperties }]) => [type, paths(inputProperties, []).sort()]),
  );
}

/** The table of the plan. `node test/providers/replacing-inputs.ts` writes it again after an update of a provider. */
const table = new URL("../../cli/plan/replacing-inputs.json", import.meta.url);

if (import.meta.main) {
  const all = Object.assign({}, ...packages.map((name) => replacingInputs(schemaOf(name))));
  writeFileSync(table, JSON.stringify(all, null, 2));
}
