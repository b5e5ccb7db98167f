import { bounds } from "../internal/bounds.ts";
import { whole } from "../internal/settings-schema.ts";

export const clusterMetricsDefaults = { volumeGiB: 20, retentionDays: 15 };

/** Arguments that are also settings of a stack. */
export const clusterMetricsArguments = {
  volumeGiB: whole(bounds.monitoring.volumeGiB)
    .meta({ description: "Size of the Prometheus volume, in GiB.", default: clusterMetricsDefaults.volumeGiB })
    .optional(),
  retentionDays: whole(bounds.monitoring.retentionDays)
    .meta({
      description:
        "Retention of the metrics, in days. When the volume is full, Prometheus deletes the oldest " +
        "metrics earlier.",
      default: clusterMetricsDefaults.retentionDays,
    })
    .optional(),
};
