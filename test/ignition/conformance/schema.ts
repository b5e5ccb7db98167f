import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Outline } from "../../../ignition/spec/outline.ts";
import { goEnvironment } from "../../tools/go.ts";

/** The fields of a schema: names with their fields, lists with their element, `true` for values. */
export type Fields = { [name: string]: Fields } | [Fields] | true;

interface JsonSchema {
  $ref?: string;
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
}

/** The fields of Ignition's JSON schema. */
export function realFields(): Fields {
  const cwd = fileURLToPath(new URL("../../tools/", import.meta.url));
  const list = spawnSync("go", ["list", "-m", "-f", "{{.Dir}}", "github.com/coreos/ignition/v2"], {
    cwd,
    env: goEnvironment,
    encoding: "utf8",
  });
  if (list.status !== 0) throw new Error(`go list: ${list.stderr}`);
  const root = JSON.parse(readFileSync(`${list.stdout.trim()}/config/v3_4/schema/ignition.json`, "utf8")) as JsonSchema;
  return fieldsOf(root, root);
}

function fieldsOf(given: JsonSchema, root: JsonSchema): Fields {
  const schema = resolved(given, root);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => fieldsOf(part, root))) as Fields;
  if (schema.items) return [fieldsOf(schema.items, root)];
  if (!schema.properties) return true;
  return Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, fieldsOf(inner, root)]));
}

function resolved(schema: JsonSchema, root: JsonSchema): JsonSchema {
  if (!schema.$ref) return schema;
  const steps = schema.$ref.replace("#/", "").split("/");
  return resolved(steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], root) as JsonSchema, root);
}

/** The fields of a schema of this library. */
export function ourFields(outline: Outline): Fields {
  if (outline === "value") return true;
  if ("list" in outline) return [ourFields(outline.list)];
  return Object.fromEntries([...outline.fields].map(([name, inner]) => [name, ourFields(inner)]));
}
