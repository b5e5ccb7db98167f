import { architectures, releases } from "../../ignition/roles/kubernetes/binaries.ts";
import { joinTokenId } from "../../ignition/roles/kubernetes/join-token.ts";
import { ArgumentCheck } from "../arguments.ts";
import { bounds } from "../bounds.ts";
import { checkCidr, checkDisjoint, prefixLength } from "../cloud/addresses.ts";
import { snippetConfigs } from "../host.ts";
import type { KubernetesClusterArgs, KubernetesPoolArgs } from "./args.ts";

/** Host numbers that a pool has to itself, unless it says where it begins. */
const hostsPerPool = bounds.kubernetes.poolSize.max;

/** What a cluster gets when nothing else is said. */
export const kubernetesDefaults = {
  version: releases[0]!,
  controlPlanes: 3,
  podCidr: "10.244.0.0/16",
  serviceCidr: "10.96.0.0/16",
  firstHost: 70,
  frontHost: 79,
  firstWorkerHost: 80,
};

/** A pool with its defaults filled in. */
export interface ResolvedPool {
  name: string;
  volumeGiB: number;
  labels: Readonly<Record<string, string>>;
  machineSize: KubernetesPoolArgs["machineSize"];
  workers: { name: string; host: number }[];
}

/**
 * A cluster's arguments with the defaults filled in.
 * @throws ArgumentError listing those that cannot be used.
 */
export function kubernetesSettings(name: string, args: KubernetesClusterArgs) {
  const { cloud, version = kubernetesDefaults.version, architecture = "amd64" } = args;
  const { controlPlanes = kubernetesDefaults.controlPlanes, volumeGiB = 20, drainSeconds = 120 } = args;
  const { podCidr = kubernetesDefaults.podCidr, serviceCidr = kubernetesDefaults.serviceCidr } = args;
  const { firstHost = kubernetesDefaults.firstHost, frontHost = kubernetesDefaults.frontHost } = args;
  const { readyTimeoutSeconds = 1800, encryptionKeys = ["first"], certificateNames = [], snippets = [] } = args;
  const pools = (args.pools ?? [{ name: "worker", size: 2 }]).map((pool, index) => resolvePool(name, pool, index));

  const check = new ArgumentCheck(name)
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
    .works("firstHost", () => cloud?.address(firstHost + controlPlanes - 1))
    .works("frontHost", () => cloud?.address(frontHost))
    .integer("volumeGiB", volumeGiB, bounds.kubernetes.volumeGiB)
    .integer("drainSeconds", drainSeconds, bounds.kubernetes.drainSeconds)
    .integer("readyTimeoutSeconds", readyTimeoutSeconds, bounds.kubernetes.readyTimeoutSeconds);
  checkRanges(check, podCidr, serviceCidr, cloud?.cidr);
  checkKeys(check, encryptionKeys);
  certificateNames.forEach((host, index) =>
    check.require(
      /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(host),
      `certificateNames[${index}]`,
      `${JSON.stringify(host)} is neither a host name nor an address`,
    ),
  );
  check.require(
    args.backup === undefined || (args.backup.accessKey === undefined) === (args.backup.secretKey === undefined),
    "backup",
    "has one of accessKey and secretKey; give both, or on AWS neither",
  );
  args.allowFrom?.forEach((range, index) => check.works(`allowFrom[${index}]`, () => checkCidr(range)));
  checkPools(check, args, pools);
  const own = snippetConfigs(snippets, check);
  check.done();

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
    frontHost,
    snippets: own,
    controlPlanes: Array.from({ length: controlPlanes }, (_, ordinal) => ({
      name: `${name}-${ordinal}`,
      host: firstHost + ordinal,
      address: cloud.address(firstHost + ordinal),
    })),
  };
}

function resolvePool(cluster: string, pool: KubernetesPoolArgs, index: number): ResolvedPool {
  const first = pool.firstHost ?? kubernetesDefaults.firstWorkerHost + index * hostsPerPool;
  // A size that cannot be is refused by the check; here it must not make an endless list.
  const size = Number.isInteger(pool.size) ? Math.min(Math.max(pool.size, 0), hostsPerPool) : 0;
  return {
    name: pool.name,
    volumeGiB: pool.volumeGiB ?? 50,
    labels: pool.labels ?? {},
    machineSize: pool.machineSize ?? "medium",
    workers: Array.from({ length: size }, (_, ordinal) => ({ name: `${cluster}-${pool.name}-${ordinal}`, host: first + ordinal })),
  };
}

function checkRanges(check: ArgumentCheck, podCidr: string, serviceCidr: string, cidr?: string): void {
  check
    .works("podCidr", () => checkCidr(podCidr))
    .works("serviceCidr", () => checkCidr(serviceCidr))
    .works("podCidr", () => {
      // A /24 for each node, and room for 64 of them.
      if (isCidr(podCidr) && prefixLength(podCidr) > 18) {
        throw new RangeError(`${podCidr} is too small, each node takes a /24; use a range of /18 or larger`);
      }
    })
    .works("serviceCidr", () => {
      if (isCidr(serviceCidr) && (prefixLength(serviceCidr) > 24 || prefixLength(serviceCidr) < 12)) {
        throw new RangeError(`${serviceCidr} does not do for services; use a range from /12 to /24`);
      }
    });
  const ranges = { podCidr, serviceCidr, ...(cidr !== undefined && { "the private network": cidr }) };
  if (Object.values(ranges).every(isCidr)) check.works("podCidr", () => checkDisjoint(ranges));
}

function isCidr(text: string): boolean {
  try {
    checkCidr(text);
    return true;
  } catch {
    return false;
  }
}

function checkKeys(check: ArgumentCheck, keys: readonly string[]): void {
  check.require(keys.length > 0, "encryptionKeys", "is empty; name at least one key");
  keys.forEach((key, index) => {
    const path = `encryptionKeys[${index}]`;
    check
      .require(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/.test(key), path, `${JSON.stringify(key)} is not allowed; use lower-case letters, digits and inner hyphens`)
      .require(keys.indexOf(key) === index, path, `${JSON.stringify(key)} is there already; name each key once`);
  });
}

function checkPools(check: ArgumentCheck, args: KubernetesClusterArgs, pools: readonly ResolvedPool[]): void {
  (args.pools ?? []).forEach((given, index) => {
    const path = `pools[${index}]`;
    check
      .require(
        /^[a-z]([a-z0-9-]{0,14}[a-z0-9])?$/.test(given.name) && !/-\d+$/.test(given.name),
        `${path}.name`,
        `${JSON.stringify(given.name)} is not allowed; use up to 16 lower-case letters, digits and inner hyphens, and no number at its end`,
      )
      .require(
        pools.findIndex((pool) => pool.name === given.name) === index,
        `${path}.name`,
        `${JSON.stringify(given.name)} is there already; use each name once`,
      )
      .integer(`${path}.size`, given.size, bounds.kubernetes.poolSize)
      .integer(`${path}.volumeGiB`, pools[index]!.volumeGiB, bounds.kubernetes.poolVolumeGiB);
    const last = pools[index]!.workers.at(-1);
    if (last) check.works(`${path}.firstHost`, () => args.cloud?.address(last.host));
    for (const [label, value] of Object.entries(given.labels ?? {})) {
      check.require(
        /^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(label) &&
          /^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$/.test(value) &&
          !/(^|\.)(kubernetes|k8s)\.io\//.test(label),
        `${path}.labels`,
        `${label}=${value} is not a label a node may give itself`,
      );
    }
  });
  // Tokens are told apart by six digits of a hash.
  const ids = new Map<string, string>();
  for (const { name } of pools.flatMap((pool) => pool.workers)) {
    const other = ids.get(joinTokenId(name));
    check.require(other === undefined || other === name, "pools", `${name} and ${other} would share the name of their token; call a pool something else`);
    ids.set(joinTokenId(name), name);
  }
}
