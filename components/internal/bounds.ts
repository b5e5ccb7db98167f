/** Allowed range of a number, inclusive. */
export interface Bounds {
  min: number;
  max: number;
  unit?: string;
}

/** Range of TCP and UDP ports. */
export const portBounds: Bounds = { min: 1, max: 65535 };

/** Allowed ranges of arguments of components and of settings of stacks. */
export const bounds = {
  etcd: {
    volumeGiB: { min: 1, max: 1024, unit: "GiB" },
  },
  galera: {
    volumeGiB: { min: 1, max: 16384, unit: "GiB" },
    readyTimeoutSeconds: { min: 60, max: 86400, unit: "seconds" },
    bufferPoolMiB: { min: 64, max: 4194304, unit: "MiB" },
    gcacheMiB: { min: 64, max: 1048576, unit: "MiB" },
    maxConnections: { min: 10, max: 100000 },
    suspectTimeoutSeconds: { min: 0.5, max: 60, unit: "seconds" },
  },
  loadBalancer: {
    size: { min: 1, max: 2 },
  },
  deployHook: {
    builds: { min: 1, max: 16 },
    buildMemoryMiB: { min: 128, max: 1048576, unit: "MiB" },
    volumeGiB: { min: 1, max: 16384, unit: "GiB" },
  },
  githubFlow: {
    approvals: { min: 0, max: 6 },
  },
  jenkins: {
    agents: { min: 1, max: 8 },
    agentExecutors: { min: 1, max: 32 },
    volumeGiB: { min: 10, max: 16384, unit: "GiB" },
    heapMiB: { min: 512, max: 65536, unit: "MiB" },
    pods: { min: 1, max: 1000 },
  },
  kubernetes: {
    volumeGiB: { min: 10, max: 1024, unit: "GiB" },
    poolSize: { min: 1, max: 20, unit: "machines" },
    poolVolumeGiB: { min: 20, max: 16384, unit: "GiB" },
    drainSeconds: { min: 10, max: 3600, unit: "seconds" },
    readyTimeoutSeconds: { min: 60, max: 86400, unit: "seconds" },
  },
  logs: {
    retentionDays: { min: 1, max: 3650, unit: "days" },
    volumeGiB: { min: 1, max: 16384, unit: "GiB" },
  },
  paas: {
    timeoutSeconds: { min: 300, max: 7200, unit: "seconds" },
  },
  monitoring: {
    retentionDays: { min: 1, max: 3650, unit: "days" },
    volumeGiB: { min: 5, max: 16384, unit: "GiB" },
  },
  registry: {
    volumeGiB: { min: 1, max: 16384, unit: "GiB" },
    untaggedDays: { min: 1, max: 3650, unit: "days" },
    images: { min: 1, max: 10000 },
  },
} satisfies Record<string, Record<string, Bounds>>;

/** Default arguments of a GaleraCluster. */
export const galeraDefaults = {
  size: 3,
  volumeGiB: 20,
  readyTimeoutSeconds: 1800,
  tuning: { bufferPoolMiB: 256, gcacheMiB: 512, maxConnections: 200, suspectTimeoutSeconds: 1.5 },
};

/** Returns a text such as `a whole number from 1 to 1024 GiB`. */
export function wholeNumber({ min, max, unit }: Bounds): string {
  return `a whole number from ${min} to ${max}${unit ? ` ${unit}` : ""}`;
}

/** Returns the problem of a number of nodes, or undefined if it is valid. */
export function quorumProblem(size: unknown): string | undefined {
  if (size === 3 || size === 5) return undefined;
  if (typeof size !== "number") return "is not a number";
  return size > 0 && size % 2 === 0 ? "is even" : "is not a size that keeps a quorum";
}

/** Returns the problem of a write-set cache on a volume, or undefined if it fits. */
export function cacheProblem(gcacheMiB: number, volumeGiB: number): string | undefined {
  // The cache is a preallocated file on the volume of the data.
  return gcacheMiB * 2 <= volumeGiB * 1024
    ? undefined
    : `${gcacheMiB} MiB are more than half of the volume of ${volumeGiB} GiB`;
}

/** Length limit of an Ignition snippet, in characters of JSON. Configs of machines and the state contain snippets. */
const largestSnippet = 256 * 1024;

/** Length limit of all snippets of a machine together. The rest of the config needs space too. */
const largestSnippets = 3 * largestSnippet;

/** Returns the size problems of snippets, by index. A problem of all snippets together has no index. */
export function snippetSizeProblems(lengths: readonly number[]): { index?: number; message: string }[] {
  const refusal = (what: string, most: number) =>
    `${what} are too many; use at most ${most}, and let the machine fetch larger files itself`;
  const single = lengths.flatMap((length, index) =>
    length > largestSnippet ? [{ index, message: refusal(`${length} characters`, largestSnippet) }] : [],
  );
  const sum = lengths.reduce((total, length) => total + length, 0);
  if (single.length > 0 || sum <= largestSnippets) return single;
  return [{ message: refusal(`${sum} characters in ${lengths.length} snippets`, largestSnippets) }];
}
