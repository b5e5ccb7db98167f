import { config } from "./config.ts";
import { envFile } from "./env-file.ts";
import { directory } from "./files.ts";
import type { Fragment } from "./spec.ts";

export interface DataVolumeArgs {
  /** Where the volume is mounted. */
  path: string;
  /** Label of its filesystem, at most 12 bytes. Default `paasmas-data`. */
  label?: string;
}

/** File that tells a machine about its data volume: DATA_VOLUME_PATH and DATA_VOLUME_LABEL. */
export const dataVolumeFile = "/etc/paasmas/data-volume.env";

/**
 * The mount point of a machine's data volume, and what its mount script needs to know. Deliberately no
 * `storage.disks`: the volume is attached after the first boot has begun, and in a container it is mounted already.
 */
export function dataVolume({ path, label = "paasmas-data" }: DataVolumeArgs): Fragment {
  const { storage } = config(
    directory({ path }),
    envFile({ path: dataVolumeFile, values: { DATA_VOLUME_PATH: path, DATA_VOLUME_LABEL: label }, mode: 0o644 }),
  );
  return { storage };
}
