import { bounds } from "../internal/bounds.ts";
import { oneOf, whole } from "../internal/settings-schema.ts";

export const etcdDefaults = { volumeGiB: 4 };

/** Arguments that are also settings of a stack. */
export const etcdArguments = {
  machineSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the machines.", default: "`small`" })
    .optional(),
  volumeGiB: whole(bounds.etcd.volumeGiB)
    .meta({
      description: "Size of the data volume of each member, in GiB. A replaced member keeps its volume and its data.",
      default: etcdDefaults.volumeGiB,
    })
    .optional(),
  readyTimeoutSeconds: whole({ min: 1, max: 86400, unit: "seconds" })
    .meta({
      description: "Time limit for a member to become healthy, in seconds. Increase it if machines boot slowly.",
      default: 900,
    })
    .optional(),
};
