import { type Problem, show } from "./error.ts";
import { suggestName } from "./suggest-name.ts";
import { isEncrypted } from "./schema.ts";

/** This project's namespace in a stack's config. */
const namespace = "paasmas:";

/**
 * This project's settings by name, without the namespace. Structured values come as JSON text from the engine and as
 * they are from a file; other namespaces belong to providers and are left alone, unless one is this one misspelt.
 */
export function readSettings(config: Readonly<Record<string, unknown>>, problems: Problem[]): Record<string, unknown> {
  // Without a prototype, so that no name means anything but itself.
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
      problems.push({ path: name, message: `${show(given)} is not valid JSON (${(error as Error).message})` });
      return undefined;
    }
    return given;
  }
}
