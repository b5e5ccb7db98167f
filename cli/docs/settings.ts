import { z } from "zod";
import {
  allowedValues,
  isRefused,
  metaOf,
  type SettingMeta,
  unwrapped,
} from "../../components/internal/settings-schema.ts";
import { type EnvironmentName, environmentSetting, settings } from "../../stacks/config/settings.ts";
import { argumentText } from "./argument-texts.ts";
import { table } from "./tables.ts";

/** One setting of a stack's config. */
export interface Setting {
  /**
   * As `npm run config` takes it, with `[]` for an item of a list, `<name>` for a name that the user
   * chooses and `<size>` for small, medium or large.
   */
  path: string;
  environments: readonly EnvironmentName[];
  /** Environments that require the setting, if they have its group. */
  requiredIn: readonly EnvironmentName[];
  type: "number" | "boolean" | "text" | "group" | "list" | "anything";
  /** The allowed values, in words. */
  allowed: string;
  /** Description and default in the schema. */
  meta: SettingMeta;
}

type Found = Setting & { environments: EnvironmentName[]; requiredIn: EnvironmentName[] };

/** All settings of the schemas, in their order. */
export function allSettings(): Setting[] {
  const names = Object.keys(settings) as EnvironmentName[];
  const found = new Map<string, Found>();
  const [type, allowed] = kindOf(environmentSetting);
  const meta = metaOf(environmentSetting);
  found.set("environment", { path: "environment", environments: names, requiredIn: [], type, allowed, meta });
  for (const [environment, schemas] of Object.entries(settings) as [EnvironmentName, Record<string, z.ZodType>][]) {
    for (const [key, schema] of Object.entries(schemas)) visit(found, environment, key, schema);
  }
  return [...found.values()];
}

function visit(found: Map<string, Found>, environment: EnvironmentName, path: string, schema: z.ZodType): void {
  if (isRefused(schema)) return;
  const inner = unwrapped(schema);
  const [type, allowed] = kindOf(inner);
  const setting = found.get(path) ?? { path, environments: [], requiredIn: [], type, allowed, meta: metaOf(inner) };
  setting.environments.push(environment);
  if (!/(\[\]|>)$/.test(path) && !schema.safeParse(undefined).success) setting.requiredIn.push(environment);
  found.set(path, setting);
  for (const [suffix, part] of partsOf(inner)) visit(found, environment, path + suffix, part);
}

/** The schemas below a schema, with the step in the path. */
function partsOf(schema: z.ZodType): (readonly [suffix: string, schema: z.ZodType])[] {
  if (schema instanceof z.ZodArray) return [["[]", schema.element as z.ZodType]];
  if (schema instanceof z.ZodRecord) return [[".<name>", schema.valueType as z.ZodType]];
  if (!(schema instanceof z.ZodObject)) return [];
  const parts = Object.entries(schema.shape as Record<string, z.ZodType>);
  const bySize = parts.map(([name]) => name).join() === "small,medium,large";
  return bySize ? [[".<size>", parts[0]![1]]] : parts.map(([name, part]) => [`.${name}`, part]);
}

/** Type and allowed values of a schema without wrappers. */
function kindOf(schema: z.ZodType): [Setting["type"], string] {
  if (schema instanceof z.ZodObject) return ["group", ""];
  if (schema instanceof z.ZodArray) return ["list", ""];
  const allowed = allowedValues(schema);
  if (schema instanceof z.ZodRecord) return ["group", allowed];
  if (schema instanceof z.ZodUnknown) return ["anything", allowed];
  if (schema instanceof z.ZodBoolean) return ["boolean", allowed];
  if (schema instanceof z.ZodNumber || schema instanceof z.ZodLiteral) return ["number", allowed];
  return [schema instanceof z.ZodPipe && schema.in instanceof z.ZodUnknown ? "group" : "text", allowed];
}

/** Description and default of a setting: from its schema, else from the argument that it is passed to. */
export function meaning({ path, meta }: Setting, root: string): { text: string; default?: string } | undefined {
  const { description, default: value } = meta;
  if (description === undefined) return argumentText(path, root);
  return { text: description, ...(value !== undefined && { default: String(value) }) };
}

/** All settings as tables, one for each key of the config. */
export function settingsTables(root: string): string {
  const all = allSettings();
  const keys = [...new Set(all.map(({ path }) => keyOf(path)))];
  return keys
    .map(
      (key) =>
        `### \`paasmas:${key}\`\n\n${oneTable(
          all.filter(({ path }) => keyOf(path) === key),
          root,
        )}`,
    )
    .join("\n\n");
}

function keyOf(path: string): string {
  return /^\w+/.exec(path)![0];
}

function oneTable(given: readonly Setting[], root: string): string {
  const rows = given
    .filter((setting) => !isPlainItem(setting, root))
    .map((setting) => {
      const { path, environments, requiredIn, type, allowed } = setting;
      const said = meaning(setting, root);
      const fallback = requiredIn.length === environments.length ? "required" : (said?.default ?? "");
      const demanded =
        requiredIn.length > 0 && requiredIn.length < environments.length
          ? `; required in ${requiredIn.join(", ")}`
          : "";
      const item = given.find((other) => other.path === `${path}[]` && isPlainItem(other, root));
      return [
        `\`${path}\``,
        environments.join(", "),
        item ? `list of ${item.type}` : type,
        item?.allowed ?? allowed,
        fallback + demanded,
        said?.text ?? "",
      ];
    });
  return table(["Setting", "In", "Type", "Allowed", "Default", "Meaning"], rows);
}

/** True for an item that the row of its list describes. */
function isPlainItem(setting: Setting, root: string): boolean {
  const { path, type } = setting;
  const plain = type !== "group" || path.endsWith(".snippets[]");
  return path.endsWith("[]") && plain && meaning(setting, root) === undefined;
}
