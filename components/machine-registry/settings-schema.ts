import { bounds } from "../internal/bounds.ts";
import { oneOf, whole } from "../internal/settings-schema.ts";

export const registryDefaults = { volumeGiB: 50 };

/** Arguments that are also settings of a stack. */
export const registryArguments = {
  machineSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the machine.", default: "`small`" })
    .optional(),
  volumeGiB: whole(bounds.registry.volumeGiB)
    .meta({
      description:
        "Size of the data volume, in GiB. It contains the images, unless `bucket` is set. A replaced " +
        "machine keeps it.",
      default: registryDefaults.volumeGiB,
    })
    .optional(),
};
