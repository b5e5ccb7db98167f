import { architectures, releases } from "../../ignition/roles/kubernetes/binaries.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { checkBucket } from "../internal/bucket.ts";
import { checkCidr } from "../cloud/addresses.ts";
import type { Cloud } from "../cloud/cloud.ts";
import { plannedMachines, snippetConfigs } from "../internal/planned-machines.ts";
import type { KubernetesClusterArgs, KubernetesPoolArgs } from "./args.ts";
import { keyProblems, poolProblems, rangeProblems } from "./validate.ts";
import { kubernetesArgumentDefaults, kubernetesArguments, kubernetesPoolArguments } from "./settings-schema.ts";

/** Number of host numbers that are reserved for a pool without `firstHostNumber`. */
const hostsPerPool = bounds.kubernetes.poolSize.max;

/** Default arguments of a cluster. */
export const kubernetesDefaults = {
  version: releases[0]!,
  controlPlanes: 3,
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/16",
  firstHostNumber: 70,
  loadBalancerHostNumber: 79,
  firstWorkerHost: 80,
  pools: [{ name: "worker", size: 2 }],
};

/** Pool with defaults. */
export interface ResolvedPool {
  name: string;
  size: number;
  volumeGiB: number;
  labels: Readonly<Record<string, string>>;
  machineSize: KubernetesPoolArgs["machineSize"];
  workers: { name: string; hostNumber: number }[];
}

/**
 * Returns the arguments with defaults.
 * @throws ArgumentError with all invalid arguments.
 */
export function kubernetesSettings(name: string, args: KubernetesClusterArgs) {
  const { cloud, version = kubernetesDefaults.version, architecture = "amd64" } = args;
  const {
    controlPlanes = kubernetesDefaults.controlPlanes,
    volumeGiB = kubernetesArgumentDefaults.volumeGiB,
    drainSeconds = kubernetesArgumentDefaults.drainSeconds,
  } = args;
  const { podCidr = kubernetesDefaults.podCidr, serviceCidr = kubernetesDefaults.serviceCidr } = args;
  const {
    firstHostNumber = kubernetesDefaults.firstHostNumber,
    loadBalancerHostNumber = kubernetesDefaults.loadBalancerHostNumber,
  } = args;
  const {
    readyTimeoutSeconds = kubernetesArgumentDefaults.readyTimeoutSeconds,
    encryptionKeys = ["first"],
    certificateNames = [],
    snippets = [],
  } = args;
  const pools = resolvePools(name, args.pools);

  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machines run in")
    .require(
      releases.includes(version),
      "version",
      `${JSON.stringify(version)} is not a release with known checksums; ` +
        `use ${releases.join(", ")}, or add it with ignition/roles/kubernetes/refresh-versions`,
    )
    .require(
      architectures.includes(architecture),
      "architecture",
      `${JSON.stringify(architecture)} is not known; use ${architectures.join(" or ")}`,
    )
    .require(
      controlPlanes === 1 || controlPlanes === 3,
      "controlPlanes",
      `${controlPlanes} is not allowed; use 3, or 1 if an outage is acceptable`,
    )
    .doesNotThrow("firstHostNumber", () => cloud?.address(firstHostNumber + controlPlanes - 1))
    .doesNotThrow("loadBalancerHostNumber", () => cloud?.address(loadBalancerHostNumber))
    .schemas(kubernetesArguments, args);
  check
    .add(rangeProblems({ podCidr, serviceCidr }, cloud && { "the private network": cloud.cidr }))
    .add(keyProblems(encryptionKeys))
    .add(poolProblems(pools));
  for (const [index, host] of certificateNames.entries()) {
    check.require(
      /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host),
      `certificateNames[${index}]`,
      `${JSON.stringify(host)} is not a host name or an address; use one such as api.example.com`,
    );
  }
  const { backup } = args;
  if (backup && !("uploadUrl" in backup)) checkBucket("backup.bucket", backup.bucket, check);
  for (const [index, range] of (args.allowFrom ?? []).entries()) {
    check.doesNotThrow(`allowFrom[${index}]`, () => checkCidr(range));
  }
  checkPoolSizes(pools, cloud, check);
  const configs = snippetConfigs(snippets, check);
  check.throwIfInvalid();

  return {
    version,
    architecture,
    podCidr,
    serviceCidr,
    volumeGiB,
    drainSeconds,
    readyTimeoutSeconds,
    encryptionKeys,
    certificateNames,
    pools,
    loadBalancerHostNumber,
    snippets: configs,
    controlPlanes: plannedMachines(cloud, name, controlPlanes, firstHostNumber),
  };
}

export type ClusterSettings = ReturnType<typeof kubernetesSettings>;

function checkPoolSizes(pools: readonly ResolvedPool[], cloud: Cloud | undefined, check: ArgumentCheck): void {
  for (const [index, { size, volumeGiB, machineSize, workers }] of pools.entries()) {
    const last = workers.at(-1);
    check.schemas(kubernetesPoolArguments, { size, volumeGiB, machineSize }, ["pools", index]);
    if (last) check.doesNotThrow(`pools[${index}].firstHostNumber`, () => cloud?.address(last.hostNumber));
  }
}

/** Returns the pools of a cluster with defaults. */
export function resolvePools(
  cluster: string,
  pools: readonly KubernetesPoolArgs[] = kubernetesDefaults.pools,
): ResolvedPool[] {
  return pools.map((pool, index) => resolvePool(cluster, pool, index));
}

function resolvePool(cluster: string, pool: KubernetesPoolArgs, index: number): ResolvedPool {
  const first = pool.firstHostNumber ?? kubernetesDefaults.firstWorkerHost + index * hostsPerPool;
  // The check rejects an invalid size later; here it must not create a very long list.
  const size = Number.isInteger(pool.size) ? Math.min(Math.max(pool.size, 0), hostsPerPool) : 0;
  return {
    name: pool.name,
    size: pool.size,
    volumeGiB: pool.volumeGiB ?? kubernetesArgumentDefaults.poolVolumeGiB,
    labels: pool.labels ?? {},
    machineSize: pool.machineSize ?? "medium",
    workers: Array.from({ length: size }, (_, ordinal) => ({
      name: `${cluster}-${pool.name}-${ordinal}`,
      hostNumber: first + ordinal,
    })),
  };
}
