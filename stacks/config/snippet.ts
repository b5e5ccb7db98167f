import { snippetSizeProblems } from "../../components/internal/bounds.ts";
import { type Config, specVersion, validate } from "../../ignition/index.ts";
import { customGroup, list } from "../../components/internal/settings-schema.ts";

/** Ignition configs that are merged over the config of a machine, with a limit for their total size. */
export function snippetList() {
  return list(snippet())
    .superRefine((texts, context) => {
      for (const { index, message } of snippetSizeProblems(texts.map((text) => text.length))) {
        context.addIssue({ code: "custom", path: index === undefined ? [] : [index], message });
      }
    })
    .meta({
      description:
        "Ignition configs (spec 3.4.0), merged over the config of each machine. Settings, not text. " +
        "`ignition.version` is optional.",
      default: "none",
    });
}

/** An Ignition config, checked with the spec. The output is JSON text. `ignition.version` is optional. */
function snippet() {
  return customGroup(
    (given, context): string => {
      const { ignition, ...rest } = given as Partial<Config>;
      const config = { ignition: { version: specVersion, ...ignition }, ...rest };
      for (const { path, message } of validate(config, { unknownKeys: "refuse" }).errors) {
        const problem = `${message}; use Ignition spec ${specVersion}`;
        context.addIssue({ code: "custom", path: steps(path), message: problem });
      }
      return JSON.stringify(config);
    },
    "is not an Ignition config",
    "settings such as {systemd: {units: [...]}}",
  );
}

/** `$.storage.files.0.path` as the steps of a path in the config. */
function steps(path: string): (string | number)[] {
  const [, ...names] = path.split(".");
  return names.map((name) => (/^\d+$/.test(name) ? Number(name) : name));
}
