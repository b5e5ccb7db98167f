import { z } from "zod";
import { snippetSizeProblems } from "../../components/internal/bounds.ts";
import { type Config, specVersion, validate } from "../../ignition/index.ts";
import { list } from "./schema.ts";
import { show } from "./format-value.ts";

/** Ignition configs to be merged over a machine's own, each as {@link snippet} has it, and not too large together. */
export function snippetList() {
  return list(snippet()).superRefine((texts, context) => {
    for (const { index, message } of snippetSizeProblems(texts.map((text) => text.length))) {
      context.addIssue({ code: "custom", path: index === undefined ? [] : [index], message });
    }
  });
}

/**
 * An Ignition config to be merged over a machine's own, checked against the spec; JSON text once it was.
 * `ignition.version` may be left out.
 */
function snippet() {
  return z.unknown().transform((given, context): string => {
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      const message = `${show(given)} is not an Ignition config; use settings such as {systemd: {units: [...]}}`;
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    const { ignition, ...rest } = given as Partial<Config>;
    const config = { ignition: { version: specVersion, ...ignition }, ...rest };
    for (const { path, message } of validate(config, { unknownKeys: "refuse" }).errors) {
      context.addIssue({ code: "custom", path: steps(path), message: `${message}; use Ignition spec ${specVersion}` });
    }
    return JSON.stringify(config);
  });
}

/** `$.storage.files.0.path` as the steps of a path in the config. */
function steps(path: string): (string | number)[] {
  const [, ...names] = path.split(".");
  return names.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
}
