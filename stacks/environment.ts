import { ConfigError, formatPath, type Problem, show } from "./config/error.ts";
import { suggestName } from "./config/suggest-name.ts";
import { readSettings } from "./config/read.ts";
import { safetyProblems } from "./config/safety.ts";
import { explain, unknownSetting } from "./config/schema.ts";
import { type EnvironmentName, type Settings, settings } from "./config/settings.ts";

export { ConfigError } from "./config/error.ts";
export { type LeftToConfigure, missingSettings } from "./config/missing-settings.ts";

/** The checked settings of a stack. */
interface EnvironmentOf<Name extends EnvironmentName> {
  /** Name of the Pulumi stack. */
  stack: string;
  /** Name of the environment: `dev`, `staging` or `prod`. */
  environment: Name;
}

export type DevEnvironment = EnvironmentOf<"dev"> & Settings<"dev">;
export type StagingEnvironment = EnvironmentOf<"staging"> & Settings<"staging">;
export type ProdEnvironment = EnvironmentOf<"prod"> & Settings<"prod">;
export type Environment = DevEnvironment | StagingEnvironment | ProdEnvironment;

const names = Object.keys(settings) as EnvironmentName[];

/**
 * Checks the config of a stack.
 * @param stack Name of the stack: `dev`, `staging` or `prod`, or another name with `paasmas:environment` in its config.
 * @param config Config with full names, `{"paasmas:galera": "{\"size\":3}"}`. Structured values are JSON text or
 *   objects. Other namespaces are ignored.
 * @throws ConfigError with all errors, each with its path, the given value and the allowed values.
 */
export function parseEnvironment(stack: string, config: Readonly<Record<string, unknown>>): Environment {
  const problems: Problem[] = [];
  const { environment = stack, ...given } = readSettings(config, problems);
  const name = environmentName(stack, environment);
  const schemas = settings[name];
  const known = Object.keys(schemas);

  for (const key of Object.keys(given).filter((candidate) => !known.includes(candidate))) {
    const others = names.filter((other) => Object.hasOwn(settings[other], key));
    const message =
      others.length > 0
        ? `is a setting of ${others.join(" and ")} only`
        : unknownSetting(key, ["environment", ...known]);
    problems.push({ path: formatPath([key]), message });
  }
  const values: Record<string, unknown> = {};
  const broken = problems.map((problem) => problem.path);
  for (const [key, schema] of Object.entries(schemas)) {
    if (broken.includes(key)) continue;
    const result = schema.safeParse(given[key]);
    if (result.success) values[key] = result.data;
    else problems.push(...explain(schema, [key], result.error));
  }
  problems.push(...safetyProblems(name, values));

  if (problems.length > 0) throw new ConfigError(stack, problems);
  return { stack, environment: name, ...values } as Environment;
}

/** Determines the environment of a stack; all other checks depend on it. */
function environmentName(stack: string, given: unknown): EnvironmentName {
  const found = names.find((name) => name === given);
  if (found !== undefined) return found;
  const meant = typeof given === "string" ? suggestName(given, names) : undefined;
  const allowed = meant === undefined ? `use ${names.join(", ")}` : `did you mean ${meant}?`;
  const hint = `for another name, set the environment: pulumi config set --stack ${stack} paasmas:environment dev`;
  const message = `${show(given)} is not an environment; ${allowed}${given === stack ? ` (${hint})` : ""}`;
  throw new ConfigError(stack, [{ path: "environment", message }]);
}
