/**
 * What a message of the engine says, without what surrounds it: colour marks, the places in a provider's source, and
 * the several times that an error is packed into another.
 * @returns undefined for what nobody needs to know: retries, where a plugin was found, and sums of what was said before.
 */
export function essence(message: string): string | undefined {
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
    `put pulumi-resource-${name} on the PATH, or where there is a network: pulumi plugin install resource ${name} v${version}`
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

/** The engine's messages carry its own colour marks: `<{%fg 1%}>`. */
export function plain(message: string): string {
  return message.replace(/<\{%[^%]*%\}>/g, "");
}
