import { bounds } from "../internal/bounds.ts";
import { oneOf, whole } from "../internal/settings-schema.ts";

export const monitoringDefaults = { retentionDays: 30, volumeGiB: 50 };

/** Arguments that are also settings of a stack. */
export const monitoringArguments = {
  retentionDays: whole(bounds.monitoring.retentionDays)
    .meta({
      description:
        "Retention of the metrics, in days. When the volume is full, Prometheus deletes the oldest " +
        "metrics earlier.",
      default: monitoringDefaults.retentionDays,
    })
    .optional(),
  machineSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the machine.", default: "`medium`" })
    .optional(),
  volumeGiB: whole(bounds.monitoring.volumeGiB)
    .meta({
      description: "Size of the data volume, in GiB. A replaced machine keeps the volume.",
      default: monitoringDefaults.volumeGiB,
    })
    .optional(),
};
