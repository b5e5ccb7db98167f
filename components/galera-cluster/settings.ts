import type { GaleraFlavor, GaleraTuning } from "../../ignition/roles/galera/node.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck } from "../internal/argument-check.ts";
import { bounds, cacheProblem, galeraDefaults } from "../internal/bounds.ts";
import { plannedMachines, snippetConfigs } from "../internal/planned-machines.ts";
import type { GaleraClusterArgs } from "./args.ts";
import { databaseProblems } from "./passwords.ts";

const flavors: readonly GaleraFlavor[] = ["percona", "mariadb"];

/**
 * Returns the arguments with defaults.
 * @throws ArgumentError with all invalid arguments.
 */
export function galeraSettings(name: string, args: GaleraClusterArgs) {
  const { flavor = "percona", firstHostNumber = 20, readyTimeoutSeconds = 1800 } = args;
  const { size = galeraDefaults.size, volumeGiB = galeraDefaults.volumeGiB } = args;
  const { databases = [], certificateNames = [], snippets = [] } = args;
  const tuning: GaleraTuning = { ...galeraDefaults.tuning, ...args.tuning };
  const cacheMisfit = cacheProblem(tuning.gcacheMiB, volumeGiB);
  const check = new ArgumentCheck(name, args)
    .require(args.cloud !== undefined, "cloud", "is missing; give the cloud the nodes run in")
    .require(args.etcd !== undefined, "etcd", "is missing; give the etcd cluster in which the nodes register")
    .quorum("size", size)
    .require(flavors.includes(flavor), "flavor", `${JSON.stringify(flavor)} is not known; use ${flavors.join(" or ")}`)
    .doesNotThrow("firstHostNumber", () => args.cloud?.address(firstHostNumber + size - 1))
    .integer("volumeGiB", volumeGiB, bounds.galera.volumeGiB)
    .integer("readyTimeoutSeconds", readyTimeoutSeconds, bounds.galera.readyTimeoutSeconds)
    .integer("tuning.bufferPoolMiB", tuning.bufferPoolMiB, bounds.galera.bufferPoolMiB)
    .integer("tuning.gcacheMiB", tuning.gcacheMiB, bounds.galera.gcacheMiB)
    .integer("tuning.maxConnections", tuning.maxConnections, bounds.galera.maxConnections)
    .decimal("tuning.suspectTimeoutSeconds", tuning.suspectTimeoutSeconds, bounds.galera.suspectTimeoutSeconds)
    .require(cacheMisfit === undefined, "tuning.gcacheMiB", `${cacheMisfit}; reduce it or increase volumeGiB`)
    .add(databaseProblems(databases));
  const own = snippetConfigs(snippets, check);
  check.throwIfInvalid();
  return {
    size,
    flavor,
    image: args.image ?? images[flavor],
    volumeGiB,
    readyTimeoutSeconds,
    databases,
    certificateNames,
    snippets: own,
    tuning,
    nodes: plannedMachines(args.cloud, name, size, firstHostNumber),
  };
}

export type GaleraSettings = ReturnType<typeof galeraSettings>;
