import { config } from "./config.ts";
import { envFile } from "./env-file.ts";
import { directory } from "./files.ts";
import type { Fragment } from "./spec.ts";

export interface DataVolumeArgs {
  /** Mount point of the volume. */
  path: string;
  /** Label of its file system, at most 12 bytes. Default: `paasmas-data`. */
  label?: string;
}

/** File with the settings of the data volume: DATA_VOLUME_PATH and DATA_VOLUME_LABEL. */
export const dataVolumeFile = "/etc/paasmas/data-volume.env";

/**
 * The mount point of a machine's data volume, and the settings of its mount script. It does not use `storage.disks`:
 * the volume is attached after the start of the first boot, and in a container it is already mounted.
 */
export function dataVolume({ path, label = "paasmas-data" }: DataVolumeArgs): Fragment {
  const { storage } = config(
    directory({ path }),
    envFile({ path: dataVolumeFile, values: { DATA_VOLUME_PATH: path, DATA_VOLUME_LABEL: label }, mode: 0o644 }),
  );
  return { storage };
}
