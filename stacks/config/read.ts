import { type Problem, formatValue } from "./error.ts";
import { suggestName } from "../../components/internal/suggest-name.ts";
import { isEncrypted } from "../../components/internal/settings-schema.ts";

/** This project's namespace in a stack's config. */
const namespace = "paasmas:";

/**
 * The settings of this project by name, without the namespace. The engine passes structured values as JSON text, a file
 * as objects. Other namespaces belong to providers. A namespace that looks like a misspelt `paasmas:` is a problem.
 */
export function readSettings(config: Readonly<Record<string, unknown>>, problems: Problem[]): Record<string, unknown> {
  // No prototype: a setting can have any name.
  const values: Record<string, unknown> = Object.create(null);
  for (const [key, given] of Object.entries(config)) {
    const [before, ...after] = key.split(":");
    if (!key.startsWith(namespace) && after.length > 0) {
      const meant = suggestName(`${before}:`, [namespace]);
      if (meant !== undefined)
        problems.push({ path: key, message: `is not a setting; did you mean ${meant}${after.join(":")}?` });
      continue;
    }
    const name = key.startsWith(namespace) ? key.slice(namespace.length) : key;
    if (isEncrypted(given)) {
      problems.push({
        path: name,
        message: "is encrypted as a whole; encrypt only the passwords in it, with --secret --path",
      });
    } else {
      values[name] = typeof given === "string" ? fromText(name, given, problems) : given;
    }
  }
  return values;
}

function fromText(name: string, given: string, problems: Problem[]): unknown {
  try {
    return JSON.parse(given);
  } catch (error) {
    if (/^\s*[[{]/.test(given)) {
      problems.push({ path: name, message: `${formatValue(given)} is not valid JSON (${(error as Error).message})` });
      return undefined;
    }
    return given;
  }
}
