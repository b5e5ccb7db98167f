import { readFileSync } from "node:fs";

/**
 * The plugins of every Jenkins, by name, with their versions: those that its configuration and the pipelines use, and all
 * that these depend on. The versions are those that jenkinsci/bom tests together for this line of Jenkins.
 */
export const pinnedPlugins: Readonly<Record<string, string>> = parsePlugins(
  readFileSync(new URL("plugins.txt", import.meta.url), "utf8"),
);

/** What runs builds as pods, with all that it depends on and that is not pinned anyway. */
export const kubernetesPlugins: Readonly<Record<string, string>> = parsePlugins(
  readFileSync(new URL("plugins-kubernetes.txt", import.meta.url), "utf8"),
);

/** From lines `name:version`. */
export function parsePlugins(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.split(":") as [string, string]),
  );
}

/** What is wrong with plugins that are added to the pinned ones, or put in the place of their versions. */
export function pluginProblems(plugins: Readonly<Record<string, string>>): { path: string; message: string }[] {
  return Object.entries(plugins).flatMap(([name, version]) => {
    const path = `plugins.${name}`;
    if (!/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/.test(name))
      return [{ path, message: `${JSON.stringify(name)} is not the short name of a plugin; use one like "slack"` }];
    // A version has a digit; "latest", "experimental" and URLs are not versions.
    return /^(?=[^:]*\d)[0-9a-zA-Z._-]+$/.test(version)
      ? []
      : [{ path, message: `${JSON.stringify(version)} is not a version; pin one like "5.10.1"` }];
  });
}
