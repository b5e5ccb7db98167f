import { bounds, galeraDefaults, quorumProblem } from "../internal/bounds.ts";
import { decimal, group, oneNumberOf, oneOf, whole } from "../internal/settings-schema.ts";

const { tuning } = galeraDefaults;

/** Arguments in `tuning` that are also settings of a stack. */
export const galeraTuningArguments = {
  bufferPoolMiB: whole(bounds.galera.bufferPoolMiB)
    .meta({
      description: "Size of the InnoDB buffer pool, in MiB. Recommended: half to two thirds of the machine's memory.",
      default: tuning.bufferPoolMiB,
    })
    .optional(),
  gcacheMiB: whole(bounds.galera.gcacheMiB)
    .meta({
      description:
        "Size of the write-set cache, in MiB, at most half of the volume. " +
        "A node that missed fewer writes than this rejoins without a full state transfer.",
      default: tuning.gcacheMiB,
    })
    .optional(),
  maxConnections: whole(bounds.galera.maxConnections)
    .meta({ description: "Maximum number of connections to a node.", default: tuning.maxConnections })
    .optional(),
  suspectTimeoutSeconds: decimal(bounds.galera.suspectTimeoutSeconds)
    .meta({
      description:
        "Time without a message after which the cluster suspects a node, in seconds. It limits how long writes block " +
        "when a host fails. If it is too small, a busy network can split the cluster.",
      default: tuning.suspectTimeoutSeconds,
    })
    .optional(),
};

/** Arguments that are also settings of a stack. */
export const galeraArguments = {
  size: oneNumberOf([3, 5], (given) => quorumProblem(given) ?? "")
    .meta({
      description:
        "Number of nodes: 3 or 5. A change does not replace the other nodes. " +
        "Five nodes survive the loss of two; their writes are not faster.",
      default: galeraDefaults.size,
    })
    .optional(),
  flavor: oneOf("percona", "mariadb")
    .meta({
      description:
        "Database server: `percona` (Percona XtraDB Cluster) or `mariadb`. " +
        "Do not change it on a cluster with data: the servers cannot read each other's files.",
      default: "`percona`",
    })
    .optional(),
  machineSize: oneOf("small", "medium", "large")
    .meta({
      description: "Size class of the machines. A change does not adapt the buffer pool; set it in `tuning`.",
      default: "`small`",
    })
    .optional(),
  volumeGiB: whole(bounds.galera.volumeGiB)
    .meta({
      description:
        "Size of the data volume of each node, in GiB. It contains the data and the write-set cache. " +
        "A replaced node keeps it.",
      default: galeraDefaults.volumeGiB,
    })
    .optional(),
  tuning: group(galeraTuningArguments)
    .meta({
      description: "Server settings. A change replaces the nodes one at a time.",
      default: "the defaults of `GaleraTuningArgs`",
    })
    .optional(),
  readyTimeoutSeconds: whole(bounds.galera.readyTimeoutSeconds)
    .meta({
      description:
        "Time limit for a node to become Synced, in seconds. " +
        "Increase it if a full state transfer of the data takes longer.",
      default: galeraDefaults.readyTimeoutSeconds,
    })
    .optional(),
};
