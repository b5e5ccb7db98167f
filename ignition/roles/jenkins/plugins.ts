import { readFileSync } from "node:fs";

/**
 * The plugins of every Jenkins, by name, with their versions: the plugins of its configuration and of the pipelines,
 * with all dependencies. jenkinsci/bom tests these versions together for this line of Jenkins.
 */
export const pinnedPlugins: Readonly<Record<string, string>> = parsePlugins(
  readFileSync(new URL("plugins.txt", import.meta.url), "utf8"),
);

/** The plugin that runs builds as pods, with its dependencies that are not pinned above. */
export const kubernetesPlugins: Readonly<Record<string, string>> = parsePlugins(
  readFileSync(new URL("plugins-kubernetes.txt", import.meta.url), "utf8"),
);

/** Parses lines `name:version`. */
export function parsePlugins(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(":") as [string, string]),
  );
}

/** Validation errors of plugins that add to the pinned ones or replace their versions. */
export function pluginProblems(plugins: Readonly<Record<string, string>>): { path: string; message: string }[] {
  return Object.entries(plugins).flatMap(([name, version]) => {
    const path = `plugins.${name}`;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(name))
      return [
        { path, message: `${JSON.stringify(name)} is not the short name of a plugin; use a name such as "slack"` },
      ];
    // Every version has a digit. This rejects "latest", "experimental" and URLs.
    return /^(?=[^:]*\d)[0-9a-zA-Z._-]+$/.test(version)
      ? []
      : [{ path, message: `${JSON.stringify(version)} is not a version; use a version such as "5.10.1"` }];
  });
}
