import { z } from "zod";
import { checkPath } from "./paths.ts";
import { shown, withRules } from "./report.ts";

/** Levels, and whether an array of the level can have spares. */
const levels: Record<string, boolean> = {
  linear: false,
  raid0: false,
  "0": false,
  stripe: false,
  raid1: true,
  "1": true,
  mirror: true,
  raid4: true,
  "4": true,
  raid5: true,
  "5": true,
  raid6: true,
  "6": true,
  raid10: true,
  "10": true,
};

export const raid = withRules(
  z.object({
    name: z.string(),
    /** Level of the array (`linear`, `raid0`, `raid1`, `raid4`, `raid5`, `raid6`, `raid10`); required. */
    level: z.string().optional(),
    /** Devices of the array, at least one; required. */
    devices: z.array(z.string()).optional(),
    /** Number of spares among the devices. */
    spares: z.int().optional(),
    /** Further options of mdadm. */
    options: z.array(z.string()).optional(),
  }),
  ({ level, devices, spares }, report) => {
    const known = level ? Object.hasOwn(levels, level) : false;
    const allowed = "use linear, raid0, raid1, raid4, raid5, raid6 or raid10";
    if (!level) report.error(["level"], `the level is missing; ${allowed}`);
    else if (!known) report.error(["level"], `${shown(level)} is not a level; ${allowed}`);
    else if (spares && !levels[level])
      report.error(["level"], `${spares} spares, but a ${level} array has none; leave spares out`);
    if (!devices?.length) report.error(["devices"], "the devices are missing; give at least one");
    for (const [index, device] of (devices ?? []).entries()) checkPath(device, ["devices", index], report);
  },
);
