import { bounds } from "../internal/bounds.ts";
import { oneOf, whole } from "../internal/settings-schema.ts";

export const deployHookDefaults = { builds: 2, buildMemoryMiB: 2048, volumeGiB: 20 };

/** Arguments that are also settings of a stack. */
export const deployHookArguments = {
  builds: whole(bounds.deployHook.builds)
    .meta({
      description: "Number of parallel builds, for apps with a `source`.",
      default: deployHookDefaults.builds,
    })
    .optional(),
  buildMemoryMiB: whole(bounds.deployHook.buildMemoryMiB)
    .meta({ description: "Memory limit of one build, in MiB.", default: deployHookDefaults.buildMemoryMiB })
    .optional(),
  machineSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the machine.", default: "`medium`" })
    .optional(),
  volumeGiB: whole(bounds.deployHook.volumeGiB)
    .meta({
      description:
        "Size of the data volume, in GiB. It holds the deployed releases and the cache of builds. A " +
        "replaced machine keeps the volume.",
      default: deployHookDefaults.volumeGiB,
    })
    .optional(),
};
