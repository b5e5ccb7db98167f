import { formatPath } from "../components/internal/format-value.ts";
import { checked, unknownSetting } from "../components/internal/settings-check.ts";
import { suggestName } from "../components/internal/suggest-name.ts";
import { ConfigError, type Problem, formatValue } from "./config/error.ts";
import { readSettings } from "./config/read.ts";
import { safetyProblems } from "./config/safety.ts";
import { type Environment, type EnvironmentName, settings } from "./config/settings.ts";

export { ConfigError } from "./config/error.ts";
export { type MissingSetting, missingSettings } from "./config/missing-settings.ts";
export type { DevEnvironment, Environment, ProdEnvironment, StagingEnvironment } from "./config/settings.ts";

const names = Object.keys(settings) as EnvironmentName[];

/**
 * Checks a stack's config.
 * @param stack Name of the stack: `dev`, `staging` or `prod`, or any other with `paasmas:environment` in its config.
 * @param config Fully qualified config, `{"paasmas:galera": "{\"size\":3}"}`; structured values as JSON text or
 *   as objects. Other namespaces are ignored.
 * @throws ConfigError with all problems, each with its path, the given value and the allowed values.
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
    const result = checked(schema, [key], given[key]);
    if ("value" in result) values[key] = result.value;
    else problems.push(...result.problems);
  }
  problems.push(...safetyProblems(name, values));

  if (problems.length > 0) throw new ConfigError(stack, problems);
  return { stack, environment: name, ...values } as Environment;
}

/** The environment of a stack. Without it no other setting can be checked. */
function environmentName(stack: string, given: unknown): EnvironmentName {
  const found = names.find((name) => name === given);
  if (found !== undefined) return found;
  const meant = typeof given === "string" ? suggestName(given, names) : undefined;
  const allowed = meant === undefined ? `use ${names.join(", ")}` : `did you mean ${meant}?`;
  const command = `npm run config -- ${stack} environment dev`;
  const hint = `set the environment of a stack with another name: ${command}`;
  const message = `${formatValue(given)} is not an environment; ${allowed}${given === stack ? ` (${hint})` : ""}`;
  throw new ConfigError(stack, [{ path: "environment", message }]);
}
