import { bounds } from "../internal/bounds.ts";
import { oneOf, whole } from "../internal/settings-schema.ts";

export const logStoreDefaults = { retentionDays: 30, volumeGiB: 50 };

/** Arguments that are also settings of a stack. */
export const logStoreArguments = {
  retentionDays: whole(bounds.logs.retentionDays)
    .meta({ description: "Retention of the logs, in days.", default: logStoreDefaults.retentionDays })
    .optional(),
  machineSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the machine.", default: "`small`" })
    .optional(),
  volumeGiB: whole(bounds.logs.volumeGiB)
    .meta({
      description:
        "Size of the data volume, in GiB. It holds the logs that are not in the bucket yet, or all logs " +
        "without a bucket. A replaced machine keeps the volume.",
      default: logStoreDefaults.volumeGiB,
    })
    .optional(),
};
