import { appBounds, appDefaults } from "./apps.ts";
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

/** Numbers of an app. */
export const appArguments = {
  port: appNumber("port", "Port of the app in its container. The environment variable `PORT` contains it."),
  healthTimeoutSeconds: appNumber("healthTimeoutSeconds", "Time limit for a release to become healthy, in seconds."),
  watchSeconds: appNumber(
    "watchSeconds",
    "Time after the switch to a new release in which the hook can return to the old one, in seconds.",
  ),
  drainSeconds: appNumber(
    "drainSeconds",
    "Time limit for open requests to the old release, in seconds. The proxy then closes them.",
  ),
  stopSeconds: appNumber("stopSeconds", "Time between the stop signal and the kill signal, in seconds."),
  memoryMiB: appNumber("memoryMiB", "Memory limit of one container, in MiB."),
  pids: appNumber("pids", "Limit of processes and threads in one container."),
};

function appNumber(name: keyof typeof appBounds, description: string) {
  return whole(appBounds[name]).meta({ description, default: appDefaults[name] }).optional();
}
