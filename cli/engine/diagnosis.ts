/**
 * The cause in a message of the engine, without colour marks, positions in a provider's source, and outer errors.
 * @returns undefined for messages without use to an operator: retries, the path of a plugin, summaries
 */
export function causeOf(message: string): string | undefined {
  const text = plain(message)
    .replace(/^(error|warning): /, "")
    .trim();
  if (text === "" || /^(update|preview) failed/.test(text)) return undefined;
  // Part of each cancellation.
  if (/^failed to run remediation: .*context canceled$/s.test(text)) return undefined;
  // The program says it once, and reads the state of the cloud.
  if (/^Attempting to deploy or update resources with \d+ pending operations/.test(text)) return undefined;
  if (/^using pulumi-\S+ from \$PATH|\bWill retry in \S+ \[\d+\/\d+\]$/.test(text)) return undefined;
  const plugin = /install resource plugin 'pulumi-resource-(\S+)' at version v(\S+?),/.exec(text);
  if (plugin !== null) return missingPlugin(plugin[1]!, plugin[2]!);
  return commandOutput(innermost(text))
    .replace(/^(Preview failed: )?before hook "\S+" failed: /, "")
    .replace(/^sdk-v2\/\S+:\d+: sdk\.helper_schema: /, "")
    .replace(/: provider=\S+@\S+$/, "");
}

function missingPlugin(name: string, version: string): string {
  return (
    `the provider plugin ${name} ${version} is not installed, and downloading it failed; ` +
    `put pulumi-resource-${name} on the PATH, or run this with a network: ` +
    `npm run pulumi -- plugin install resource ${name} v${version}`
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

/** `exit status 1: running "#!/bin/sh\\n...":`, then the output; the script is text in Go's quotes. */
const failedCommand = /((?:exit status|signal:) [^:\n]*): running "(?:[^"\\]|\\.)*(?:":?|$)/s;

/** The output of a failed command, without its script and without a heading at the end that nothing follows. */
function commandOutput(text: string): string {
  const failure = failedCommand.exec(text);
  if (failure === null) return text;
  const output = text.slice(failure.index + failure[0].length).trim();
  const lines = output.replace(/\n[^\n]*:$/, "").trim();
  return lines || `the command failed without output: ${failure[1]}`;
}

/** The message of a policy violation as one line, without the policy's description, which the engine puts first. */
export function violationOf(message: string): string {
  const lines = plain(message)
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  return (lines.length > 1 ? lines.slice(1) : lines).join(" ") || "violated, without a message";
}

/** A message of the engine without its colour marks, `<{%fg 1%}>`, and without colours of a terminal. */
function plain(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with an escape character
  return message.replace(/<\{%[^%]*%\}>|\u001b\[[0-9;]*m/g, "");
}
