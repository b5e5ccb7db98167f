import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parse } from "yaml";
import { formatValue } from "../components/internal/format-value.ts";
import { InputError } from "../errors.ts";

/** Fully qualified config of a stack's file: `{"paasmas:galera": {size: 3}}`. */
export type StackConfig = Record<string, unknown>;

export interface Overlays {
  /** A YAML file that overrides the stack's file. */
  configFile?: string;
  /** Single settings that override both, `galera.size=5`. */
  set?: readonly string[];
}

/** A Pulumi project on disk. */
export interface Project {
  /** Absolute path of the folder. */
  dir: string;
  /** Name, which is also the namespace of the config. */
  name: string;
  /** Program, relative to the folder. */
  main: string;
  /** Folder of the stacks' config files. */
  configDir: string;
}

/**
 * Reads the `Pulumi.yaml` of a folder.
 * @throws InputError if the file is missing or not valid
 */
export function readProject(dir: string): Project {
  const path = join(dir, "Pulumi.yaml");
  if (!existsSync(path)) throw new InputError(`${dir} is not a Pulumi project: it has no Pulumi.yaml`);
  const project = readYaml(path) as { name?: unknown; main?: unknown; stackConfigDir?: unknown };
  if (typeof project.name !== "string") throw new InputError(`${path}: name: is missing; use the project's name`);
  const text = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
  return {
    dir,
    name: project.name,
    main: text(project.main, "index.ts"),
    configDir: join(dir, text(project.stackConfigDir, ".")),
  };
}

/** Names of the stacks that have a config file; dev, staging and prod first. */
export function environmentsOf(project: Project): string[] {
  const known = ["dev", "staging", "prod"];
  const found = stackFilesIn(project).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);
  if (found.length === 0)
    throw new InputError(
      `${project.configDir}: holds no config of a stack; add ${relative(project.dir, stackFile(project, "dev"))}`,
    );
  return [...known.filter((name) => found.includes(name)), ...found.filter((name) => !known.includes(name)).sort()];
}

function stackFilesIn({ dir, configDir }: Project): string[] {
  try {
    return readdirSync(configDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "no such folder" : `cannot be read (${code})`;
    throw new InputError(
      `${join(dir, "Pulumi.yaml")}: stackConfigDir: ${configDir}: ${why}; use the folder with the stacks' config`,
    );
  }
}

/**
 * A stack's config with its overlays. Structured values keep their form, and encrypted values stay `{secure: ...}`.
 * @throws InputError with the file or setting, the given value and the allowed values
 */
export function stackConfig(project: Project, environment: string, overlays: Overlays = {}): StackConfig {
  const known = environmentsOf(project);
  if (!known.includes(environment)) {
    const file = relative(project.dir, stackFile(project, environment));
    throw new InputError(
      `there is no environment ${JSON.stringify(environment)}; use ${known.join(", ")}, or add ${file}`,
    );
  }
  let config = configIn(project, stackFile(project, environment));
  if (overlays.configFile !== undefined) config = merged(config, configIn(project, overlays.configFile));
  for (const setting of overlays.set ?? []) config = withSetting(project, config, setting);
  return config;
}

/** Path of a stack's config file. */
export function stackFile(project: Project, environment: string): string {
  return join(project.configDir, `Pulumi.${environment}.yaml`);
}

/**
 * The config in the text of a file: below `config:` as in a stack's file, or at the top level.
 * @param path path of the file, for errors
 * @throws InputError if it is not YAML
 */
export function configFrom(project: Project, text: string, path: string): StackConfig {
  const content = parseYaml(text, path);
  const config =
    content.config ?? (Object.keys(content).some((key) => key === "config" || key === "encryptionsalt") ? {} : content);
  if (!isGroup(config))
    throw new InputError(`${path}: config: ${formatValue(config)} is not a group of settings; use name: value`);
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [qualified(project, key), value]));
}

function configIn(project: Project, path: string): StackConfig {
  return configFrom(project, readText(path), path);
}

/** The YAML library must not print warnings about unknown tags, which it reads as text. */
const yamlOptions = { logLevel: "error" } as const;

function readYaml(path: string): Record<string, unknown> {
  return parseYaml(readText(path), path);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new InputError(`${path}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}`);
  }
}

function parseYaml(text: string, path: string): Record<string, unknown> {
  let content: unknown;
  try {
    content = parse(text, yamlOptions) ?? {};
  } catch (error) {
    throw new InputError(`${path}: not YAML: ${(error as Error).message.split("\n")[0]?.replace(/:$/, "")}`);
  }
  if (!isGroup(content))
    throw new InputError(`${path}: ${formatValue(content)} is not a group of settings; use name: value`);
  return content;
}

function withSetting(project: Project, config: StackConfig, setting: string): StackConfig {
  const split = setting.indexOf("=");
  const path = split < 0 ? setting : setting.slice(0, split);
  const steps = settingSteps(project, path);
  if (split < 0 || steps === undefined) {
    const problem = split < 0 ? "has no value" : "has no path";
    throw new InputError(`--set ${setting}: ${problem}; use a path and a value, as in --set galera.size=5`);
  }
  return replaced(config, steps, typedValue(setting.slice(split + 1), `--set ${path}`), path) as StackConfig;
}

/** `galera.databases[0].name` as its steps in a {@link StackConfig}; undefined if it is not a path. */
export function settingSteps(project: Project, path: string): [string, ...(string | number)[]] | undefined {
  if (!/^[^.[\]]+(\.[^.[\]]+|\[\d+\])*$/.test(path)) return undefined;
  const [key = "", ...rest] = [...path.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([step, index]) =>
    index === undefined ? step : Number(index),
  );
  return [qualified(project, String(key)), ...rest];
}

/**
 * A value in YAML. Digits with a leading zero stay a text: an account id is not a number.
 * @param label start of the error
 */
export function typedValue(text: string, label: string): unknown {
  if (/^0\d+$/.test(text)) return text;
  try {
    return parse(text, yamlOptions);
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0]?.replace(/:$/, "");
    throw new InputError(`${label}: ${formatValue(text)} is not a YAML value: ${reason}`);
  }
}

function replaced(into: unknown, steps: readonly (string | number)[], value: unknown, path: string): unknown {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  if (typeof step === "number") {
    const list = into ?? [];
    if (!Array.isArray(list) || step > list.length) {
      const given = Array.isArray(list) ? `a list of ${list.length}` : formatValue(list);
      throw new InputError(`--set ${path}: [${step}] is not in ${given}; use an index up to its length`);
    }
    return list.toSpliced(step, 1, replaced(list[step], rest, value, path));
  }
  const group = into ?? {};
  if (!isGroup(group))
    throw new InputError(
      `--set ${path}: ${formatValue(group)} has no ${JSON.stringify(step)}: it is not a group of settings`,
    );
  return { ...group, [step]: replaced(group[step], rest, value, path) };
}

/** Groups are merged, everything else is replaced. */
function merged<T>(under: T, over: unknown): T {
  if (!isGroup(under) || !isGroup(over)) return over as T;
  const keys = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, key in over ? merged(under[key], over[key]) : under[key]]),
  ) as T;
}

function qualified(project: Project, key: string): string {
  return key.includes(":") ? key : `${project.name}:${key}`;
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
