import { dockerHost, type DockerHost, type DockerObject } from "./docker-owner.ts";

/**
 * The cause in a message of the engine, without colour marks, positions in a provider's source, and outer errors.
 * @param host Docker host that is asked for the owner of a name or a port.
 * @returns undefined for messages without use to an operator: retries, the path of a plugin, summaries
 */
export function causeOf(message: string, host: DockerHost = dockerHost): string | undefined {
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
  const cause = lambdaError(commandOutput(innermost(text)))
    .replace(/^(Preview failed: )?before hook "\S+" failed: /, "")
    .replace(/^sdk-v2\/\S+:\d+: sdk\.helper_schema: /, "")
    .replace(/: provider=\S+@\S+$/, "");
  const conflict = conflicts.find(({ pattern }) => pattern.test(cause));
  return conflict === undefined
    ? cause
    : cause.replace(conflict.pattern, (_, ...parts: string[]) => conflict.message(parts, host));
}

/** What Docker and its provider write before the cause. */
const outer = `(?:(?:${[
  "Unable to [a-z ]+",
  "Error response from daemon",
  "Conflict\\.",
  "failed to set up container networking",
  "driver failed[^\\n]*?\\)",
  "Error starting userland proxy",
].join("|")}):? )*`;

/** Conflicts on a Docker host, which stacks share. `pattern` begins at the first word of the daemon's message. */
const conflicts: readonly { pattern: RegExp; message(parts: string[], host: DockerHost): string }[] = [
  {
    pattern: new RegExp(`${outer}network with name ([^\\s"]+) already exists[^\\n]*`),
    message: ([name = ""], host) => taken("network", name, host.object("network", name)),
  },
  {
    pattern: new RegExp(`${outer}The container name "/?([^"]+)" is already in use by container[^\\n]*`),
    message: ([name = ""], host) => taken("container", name, host.object("container", name)),
  },
  {
    pattern: new RegExp(
      `${outer}(?:Bind for|listen tcp[46]?|failed to bind host port(?: for)?) ([\\d.]+|\\[[^\\]]*\\]):(\\d+)` +
        "[^\\n]*(?:port is already allocated|address already in use)[^\\n]*",
    ),
    message([address = "", port = ""], host) {
      const holder = host.onPort(Number(port));
      const whose = holder === undefined ? "a program outside of Docker" : `container ${holder.name}${origin(holder)}`;
      return (
        `port ${port} of ${address} on the Docker host is taken by ${whose}; ` +
        "stop it, or set another port in docker.publishedPorts"
      );
    },
  },
  {
    pattern: new RegExp(`${outer}[^\\n]*Pool overlaps with other one on this address space[^\\n]*`),
    message: () =>
      "network.cidr overlaps another network of the Docker host; " +
      "set another range in network.cidr (`docker network inspect` shows the ranges)",
  },
];

/** The message for a name that another stack of the same name has, or an interrupted update left. */
function taken(kind: string, name: string, found: DockerObject | undefined): string {
  const command = kind === "container" ? `docker rm --force ${name}` : `docker network rm ${name}`;
  return (
    `the ${kind} ${name} exists already${found === undefined ? "" : origin(found)}, and is not in this state: ` +
    "another checkout has a stack of this name, or an update was interrupted; " +
    "use a stack with another name (paasmas:environment), network.cidr and docker.publishedPorts, " +
    `or destroy the stack there, or remove it: ${command}`
  );
}

/** `, made by stack dev of project paasmas on 2026-12-01 06:30`. */
function origin({ project, stack, created }: DockerObject): string {
  const whose = project === undefined ? "not made by a stack" : `made by stack ${stack} of project ${project}`;
  return `, ${whose}${created === undefined ? "" : `, created ${created}`}`;
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

/** The message in the answer of a failed Lambda function, which the provider quotes as JSON with a stack trace. */
function lambdaError(text: string): string {
  const [, answer] = /lambda function \(.*?\) returned error: \((\{.*\})\)/is.exec(text) ?? [];
  if (answer === undefined) return text;
  try {
    const { errorMessage } = JSON.parse(answer) as { errorMessage?: unknown };
    return typeof errorMessage === "string" ? errorMessage : text;
  } catch {
    return text;
  }
}

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
