import { z } from "zod";
import { argumentText } from "./argument-texts.ts";
import { metaOf, type SettingMeta } from "../../components/internal/settings-schema.ts";
import { type EnvironmentName, environmentSetting, settings } from "../../stacks/config/settings.ts";
import { withImages } from "./images.ts";

type Json = z.core.JSONSchema.BaseSchema & { setting?: SettingMeta };

const names = Object.keys(settings) as EnvironmentName[];
const environmentKey = "paasmas:environment";

/** The JSON Schema of the stack files, as text. Editors check and complete the files with it. */
export function stackFileSchema(root: string): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    $comment: "Written by npm run docs, from stacks/config/.",
    title: "Stack file of paasmas",
    type: "object",
    properties: { config: { type: "object", ...byEnvironment() } },
    definitions: Object.fromEntries(names.map((name) => [name, configSchema(name, root)])),
  };
  return `${JSON.stringify(schema, undefined, 1)}\n`;
}

/** The environment is the name of the stack, which is not in the file. A required group of settings identifies it. */
function byEnvironment(): Json {
  const is = (name: EnvironmentName) => ({
    required: [environmentKey],
    properties: { [environmentKey]: { const: name } },
  });
  const has = (key: string) => ({ required: [key] });
  const cases: [Json, EnvironmentName][] = [
    [is("prod"), "prod"],
    [is("staging"), "staging"],
    [is("dev"), "dev"],
    [has("paasmas:aws"), "prod"],
    [has("paasmas:openstack"), "staging"],
  ];
  return cases.reduceRight<Json>(
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    (otherwise, [condition, name]) => ({ if: condition, then: definition(name), else: otherwise }),
    definition("dev"),
  );
}

function definition(name: EnvironmentName): Json {
  return { $ref: `#/definitions/${name}` };
}

/** The settings of an environment under their full names. Keys of other namespaces belong to the providers. */
function configSchema(name: EnvironmentName, root: string): Json {
  const { properties = {}, required } = z.toJSONSchema(z.strictObject(settings[name]), {
    io: "input",
    target: "draft-7",
    override: ({ zodSchema, jsonSchema }) => keepMeta(zodSchema, jsonSchema),
  });
  const qualified = Object.entries(properties).map(([key, property]) => {
    const described = describe(property as Json, key, root);
    // `pulumi config set` writes true as text.
    const { type, ...rest } = described;
    return [`paasmas:${key}`, type === "boolean" ? { ...rest, enum: [true, false, "true", "false"] } : described];
  });
  return {
    type: "object",
    properties: {
      [environmentKey]: { const: name, description: metaOf(environmentSetting).description },
      ...Object.fromEntries(qualified),
    },
    patternProperties: { "^(?!paasmas:)": {} },
    additionalProperties: false,
    required: required?.map((key) => `paasmas:${key}`),
  };
}

/** Collects the facts for readers under one name. JSON Schema knows only the description. */
function keepMeta(schema: z.core.$ZodType, json: Json): void {
  const setting = metaOf(schema);
  if (Object.keys(setting).length === 0) return;
  for (const key of ["description", "allowed", "secret", "default"]) delete json[key];
  json.setting = setting;
}

/** Writes description, allowed values and default of each setting into one text, which editors show. */
function describe(json: Json, path: string, root: string): Json {
  const { setting = {}, ...rest } = json;
  const argument = setting.description === undefined ? argumentText(path, root) : undefined;
  const { description = argument?.text, allowed } = setting;
  const shown = argument === undefined ? setting.default : argument.default;
  const text = [
    description,
    allowed !== undefined && `Allowed: ${allowed}.`,
    shown !== undefined && `Default: ${shown}.`,
  ];
  const literal = literalDefault(shown, json);
  return {
    ...(text.some(Boolean) && { description: plain(text.filter(Boolean).join(" ")) }),
    ...(literal !== undefined && { default: literal }),
    ...rest,
    ...parts(rest, path, root),
  };
}

function parts({ properties, items, additionalProperties }: Json, path: string, root: string): Json {
  const bySize = Object.keys(properties ?? {}).join() === "small,medium,large";
  const below = (part: unknown, step: string) => describe(part as Json, path + step, root);
  return {
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, part]) => [name, below(part, bySize ? ".<size>" : `.${name}`)]),
      ),
    }),
    ...(items !== undefined && { items: below(items, "[]") }),
    ...(typeof additionalProperties === "object" && { additionalProperties: below(additionalProperties, ".<name>") }),
  };
}

/** The default as a value, if it is one and not a text for readers. */
function literalDefault(shown: unknown, json: Json): unknown {
  if (typeof shown !== "string") return shown;
  const word = /^`(.*)`$/.exec(shown)?.[1];
  if (json.enum?.includes(word ?? "")) return word;
  return json.type === "integer" || json.type === "number"
    ? Number.isNaN(Number(shown))
      ? undefined
      : Number(shown)
    : undefined;
}

/** Without links: they are relative to a page. */
function plain(markdown: string): string {
  return withImages(markdown).replace(/\[([^\]]+)\]\([^)]*\)/g, "$1");
}
