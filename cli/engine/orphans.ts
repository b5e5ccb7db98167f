/**
 * Explains errors about a resource that exists although the state does not have it: an interrupted command or another
 * checkout created it. Also explains a taken port.
 * @returns undefined for all other errors
 */
export function orphanProblem(text: string, environment: string): string | undefined {
  for (const [pattern, explain] of conflicts) {
    const match = pattern.exec(text);
    if (match !== null) return explain(match[1] ?? "", environment);
  }
  return undefined;
}

const origin = "an interrupted command or another checkout created it";
const page = '"After an interruption" in docs/operations.md';

const conflicts: readonly (readonly [RegExp, (name: string, environment: string) => string])[] = [
  [
    /container name "\/?([^"]+)" is already in use/,
    (name) => `the container ${name} exists already: ${origin}; remove it: docker rm --force ${name}`,
  ],
  [
    /network with name (\S+) already exists/,
    (name, environment) =>
      `the network ${name} exists already: ${origin}; in that checkout, run npm run destroy -- ${environment}, ` +
      `or remove the network: docker network rm ${name}`,
  ],
  [
    /Port (\S+) is still in use/,
    (port) =>
      `the port ${port} belongs to a server that the state does not have: ${origin}; remove the server: ` +
      `openstack server delete $(openstack port show ${port} --format value --column device_id)`,
  ],
  [
    /(?::|port )(\d+)\b.*(?:port is already allocated|address already in use)/s,
    (port, environment) =>
      `port ${port} of this machine is taken; docker ps --filter publish=${port} or ss -ltnp shows by which program. ` +
      `Stop it, or use another port: npm run config -- ${environment} docker.publishedPorts ` +
      `'{ "${port}": ${Number(port) + 10_000} }'`,
  ],
  [
    /^([\s\S]*(?:EntityAlreadyExists|AlreadyExistsException|BucketAlreadyOwnedByYou|Duplicate\w*Name|\.Duplicate\b)[\s\S]*)$/,
    (text) => `${text}; if ${origin}, see ${page}`,
  ],
];
