import { architectures, releases } from "../../ignition/roles/kubernetes/binaries.ts";
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { checkBucket } from "../internal/bucket.ts";
import { checkCidr } from "../cloud/addresses.ts";
import { plannedMachines, snippetConfigs } from "../internal/planned-machines.ts";
import type { KubernetesClusterArgs, KubernetesPoolArgs } from "./args.ts";
import { keyProblems, poolProblems, rangeProblems } from "./validate.ts";

/** Host numbers that a pool has to itself, unless it says where it begins. */
const hostsPerPool = bounds.kubernetes.poolSize.max;

/** What a cluster gets when nothing else is said. */
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

/** A pool with its defaults filled in. */
export interface ResolvedPool {
  name: string;
  size: number;
  volumeGiB: number;
  labels: Readonly<Record<string, string>>;
  machineSize: KubernetesPoolArgs["machineSize"];
  workers: { name: string; hostNumber: number }[];
}

/**
 * A cluster's arguments with the defaults filled in.
 * @throws ArgumentError listing those that cannot be used.
 */
export function kubernetesSettings(name: string, args: KubernetesClusterArgs) {
  const { cloud, version = kubernetesDefaults.version, architecture = "amd64" } = args;
  const { controlPlanes = kubernetesDefaults.controlPlanes, volumeGiB = 20, drainSeconds = 120 } = args;
  const { podCidr = kubernetesDefaults.podCidr, serviceCidr = kubernetesDefaults.serviceCidr } = args;
  const {
    firstHostNumber = kubernetesDefaults.firstHostNumber,
    loadBalancerHostNumber = kubernetesDefaults.loadBalancerHostNumber,
  } = args;
  const { readyTimeoutSeconds = 1800, encryptionKeys = ["first"], certificateNames = [], snippets = [] } = args;
  const pools = resolvePools(name, args.pools);

  const check = new ArgumentCheck(name, args)
    .require(cloud !== undefined, "cloud", "is missing; give the cloud the machines run in")
    .require(
      releases.includes(version),
      "version",
      `${JSON.stringify(version)} is not a release whose checksums are known; use ${releases.join(", ")}, or add it with ignition/roles/kubernetes/refresh-versions`,
    )
    .require(
      architectures.includes(architecture),
      "architecture",
      `${JSON.stringify(architecture)} is not known; use ${architectures.join(" or ")}`,
    )
    .require(
      controlPlanes === 1 || controlPlanes === 3,
      "controlPlanes",
      `${controlPlanes} is not allowed; use 3, or 1 where an outage does not matter`,
    )
    .doesNotThrow("firstHostNumber", () => cloud?.address(firstHostNumber + controlPlanes - 1))
    .doesNotThrow("loadBalancerHostNumber", () => cloud?.address(loadBalancerHostNumber))
    .integer("volumeGiB", volumeGiB, bounds.kubernetes.volumeGiB)
    .integer("drainSeconds", drainSeconds, bounds.kubernetes.drainSeconds)
    .integer("readyTimeoutSeconds", readyTimeoutSeconds, bounds.kubernetes.readyTimeoutSeconds);
  check
    .add(rangeProblems({ podCidr, serviceCidr }, cloud && { "the private network": cloud.cidr }))
    .add(keyProblems(encryptionKeys))
    .add(poolProblems(pools));
  certificateNames.forEach((host, index) =>
    check.require(
      /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host),
      `certificateNames[${index}]`,
      `${JSON.stringify(host)} is neither a host name nor an address`,
    ),
  );
  const { backup } = args;
  if (backup && !("uploadUrl" in backup)) checkBucket("backup.bucket", backup.bucket, check);
  args.allowFrom?.forEach((range, index) => check.doesNotThrow(`allowFrom[${index}]`, () => checkCidr(range)));
  pools.forEach(({ size, volumeGiB: poolVolumeGiB, workers }, index) => {
    const last = workers.at(-1);
    check
      .integer(`pools[${index}].size`, size, bounds.kubernetes.poolSize)
      .integer(`pools[${index}].volumeGiB`, poolVolumeGiB, bounds.kubernetes.poolVolumeGiB);
    if (last) check.doesNotThrow(`pools[${index}].firstHostNumber`, () => cloud?.address(last.hostNumber));
  });
  const own = snippetConfigs(snippets, check);
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
    snippets: own,
    controlPlanes: plannedMachines(cloud, name, controlPlanes, firstHostNumber),
  };
}

/** The pools of a cluster with their defaults filled in, and one pool where none is named. */
export function resolvePools(
  cluster: string,
  pools: readonly KubernetesPoolArgs[] = kubernetesDefaults.pools,
): ResolvedPool[] {
  return pools.map((pool, index) => resolvePool(cluster, pool, index));
}

function resolvePool(cluster: string, pool: KubernetesPoolArgs, index: number): ResolvedPool {
  const first = pool.firstHostNumber ?? kubernetesDefaults.firstWorkerHost + index * hostsPerPool;
  // A size that cannot be is refused by the check; here it must not make an endless list.
  const size = Number.isInteger(pool.size) ? Math.min(Math.max(pool.size, 0), hostsPerPool) : 0;
  return {
    name: pool.name,
    size: pool.size,
    volumeGiB: pool.volumeGiB ?? 50,
    labels: pool.labels ?? {},
    machineSize: pool.machineSize ?? "medium",
    workers: Array.from({ length: size }, (_, ordinal) => ({
      name: `${cluster}-${pool.name}-${ordinal}`,
      hostNumber: first + ordinal,
    })),
  };
}
