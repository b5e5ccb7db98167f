import { type Problem, show } from "./error.ts";
import { isEncrypted } from "./schema.ts";

/** This project's namespace in a stack's config. */
const namespace = "paasmas:";

/**
 * This project's settings by name, without the namespace. Structured values come as JSON text from the engine and as
 * they are from a file; other namespaces belong to providers and are left alone.
 */
export function readSettings(config: Readonly<Record<string, unknown>>, problems: Problem[]): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [key, given] of Object.entries(config)) {
    if (!key.startsWith(namespace) && key.includes(":")) continue;
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
      problems.push({ path: name, message: `${show(given)} is not valid JSON (${(error as Error).message})` });
      return undefined;
    }
    return given;
  }
}
