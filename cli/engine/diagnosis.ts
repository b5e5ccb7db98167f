/**
 * The cause in a message of the engine, without colour marks, positions in a provider's source, and outer errors.
 * @returns undefined for messages without use to an operator: retries, the path of a plugin, summaries
 */
export function causeOf(message: string): string | undefined {
  const text = plain(message)
    .replace(/^(error|warning): /, "")
    .trim();
  if (text === "" || /^(update|preview) failed/.test(text)) return undefined;
  if (/^using pulumi-\S+ from \$PATH|\bWill retry in \S+ \[\d+\/\d+\]$/.test(text)) return undefined;
  const plugin = /install resource plugin 'pulumi-resource-(\S+)' at version v(\S+?),/.exec(text);
  if (plugin !== null) return missingPlugin(plugin[1]!, plugin[2]!);
  return innermost(text)
    .replace(/^(Preview failed: )?before hook "\S+" failed: /, "")
    .replace(/^sdk-v2\/\S+:\d+: sdk\.helper_schema: /, "")
    .replace(/: provider=\S+@\S+$/, "");
}

function missingPlugin(name: string, version: string): string {
  return (
    `the provider plugin ${name} ${version} is not installed, and downloading it failed; ` +
    `put pulumi-resource-${name} on the PATH, or run this with a network: ` +
    `pulumi plugin install resource ${name} v${version}`
  );
}

/** `1 error occurred: * creating urn:...: 1 error occurred: * the port is taken` as its last part. */
function innermost(text: string): string {
  if (!/^1 error occurred:/.test(text)) return text;
  return text
    .split(/1 error occurred:\s*\* /)
    .at(-1)!
    .trim();
}

/** A message of the engine without its colour marks, `<{%fg 1%}>`. */
export function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "");
}
