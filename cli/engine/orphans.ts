/**
 * Explains errors about a resource that exists although the state does not have it: an interrupted command or another
 * checkout created it. Those of Docker are in diagnosis.ts.
 * @returns undefined for all other errors
 */
export function orphanProblem(text: string): string | undefined {
  for (const [pattern, explain] of conflicts) {
    const match = pattern.exec(text);
    if (match !== null) return explain(match[1] ?? "");
  }
  return undefined;
}

const origin = "an interrupted command or another checkout created it";
const page = '"After an interruption" in docs/operations.md';

const conflicts: readonly (readonly [RegExp, (name: string) => string])[] = [
  [
    /Port (\S+) is still in use/,
    (port) =>
      `the port ${port} belongs to a server that the state does not have: ${origin}; remove the server: ` +
      `openstack server delete $(openstack port show ${port} --format value --column device_id)`,
  ],
  [
    /^([\s\S]*(?:EntityAlreadyExists|AlreadyExistsException|BucketAlreadyOwnedByYou|Duplicate\w*Name|\.Duplicate\b)[\s\S]*)$/,
    (text) => `${text}; if ${origin}, see ${page}`,
  ],
];
