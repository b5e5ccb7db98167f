import { z } from "zod";
import { byteLength, checkPath } from "./paths.ts";
import { shown, withRules } from "./report.ts";
import type { Report } from "./report.ts";

/** Formats, with the maximum size of a label in bytes. */
const labelLimits: Record<string, number> = {
  ext4: 16,
  btrfs: 256,
  xfs: 12,
  swap: 15,
  vfat: 11,
  none: Number.POSITIVE_INFINITY,
};

const fields = z.object({
  device: z.string(),
  /** Mount point while Ignition runs. Absent: not mounted. Use a mount unit to mount it at boot. */
  path: z.string().optional(),
  /** `ext4`, `btrfs`, `xfs`, `swap`, `vfat`, or `none` to leave the device alone. */
  format: z.string().optional(),
  label: z.string().optional(),
  uuid: z.string().optional(),
  /** Options of `mkfs`. */
  options: z.array(z.string()).optional(),
  mountOptions: z.array(z.string()).optional(),
  /** Whether an existing filesystem is replaced even if it matches. */
  wipeFilesystem: z.boolean().optional(),
});

export const filesystem = withRules(fields, (given, report) => {
  if (given.path) checkPath(given.path, ["path"], report);
  checkPath(given.device, ["device"], report);
  checkFormat(given, report);
  checkLabel(given, report);
});

type Filesystem = z.infer<typeof fields>;

function checkFormat(given: Filesystem, report: Report): void {
  const allowed = "use ext4, btrfs, xfs, swap, vfat or none";
  if (given.format) {
    if (!Object.hasOwn(labelLimits, given.format))
      report.error(["format"], `${shown(given.format)} is not a filesystem format; ${allowed}`);
  } else if (
    given.path ||
    given.label ||
    given.uuid ||
    given.wipeFilesystem ||
    given.mountOptions?.length ||
    given.options?.length
  ) {
    report.error(
      ["format"],
      `the format is missing, but path, label, uuid, wipeFilesystem, options or mountOptions is given; ${allowed}`,
    );
  }
}

function checkLabel({ label, format }: Filesystem, report: Report): void {
  if (!label) return;
  if (!format) {
    report.error(["label"], `label ${shown(label)} needs a format; give the format`);
    return;
  }
  const limit = Object.hasOwn(labelLimits, format) ? labelLimits[format] : undefined;
  const size = byteLength(label);
  if (limit !== undefined && size > limit)
    report.error(["label"], `${shown(label)} has ${size} bytes; a label of ${format} has at most ${limit}`);
}
