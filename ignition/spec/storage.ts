import { posix } from "node:path";
import { z } from "zod";
import { disk } from "./disk.ts";
import { filesystem } from "./filesystem.ts";
import { luks } from "./luks.ts";
import { directory, file, link } from "./node.ts";
import type { Link } from "./node.ts";
import { cleanPath } from "./paths.ts";
import { raid } from "./raid.ts";
import { shown, withRules } from "./report.ts";
import type { Report } from "./report.ts";

const fields = z.object({
  disks: z.array(disk).optional(),
  raid: z.array(raid).optional(),
  luks: z.array(luks).optional(),
  filesystems: z.array(filesystem).optional(),
  files: z.array(file).optional(),
  directories: z.array(directory).optional(),
  links: z.array(link).optional(),
});

type Storage = z.infer<typeof fields>;

/** Disks, filesystems and files. */
export const storage = withRules(fields, (given, report) => {
  for (const kind of ["directories", "files", "links"] as const) checkBelowLinks(given, kind, report);
  for (const [index, one] of (given.links ?? []).entries()) checkLink(one, index, given, report);
  checkFilesystems(given, report);
});

/** Rejects paths below a link of the same config: the result would depend on the order of creation. */
function checkBelowLinks(given: Storage, kind: "directories" | "files" | "links", report: Report): void {
  if (!given.links?.length) return;
  given[kind]?.forEach(({ path }, index) => {
    for (const through of given.links ?? []) {
      if (path.startsWith(`${through.path}/`)) {
        report.error([kind, index], `${shown(path)} lies below the link ${shown(through.path)}; name the real path`);
      }
    }
  });
}

function checkLink(given: Link, index: number, { directories }: Storage, report: Report): void {
  const { target } = given;
  if (!target) {
    report.error(["links", index, "target"], "the target is missing; give the path that the link points at");
    return;
  }
  if (!given.hard) return;
  const real = cleanPath(target).startsWith("/") ? cleanPath(target) : cleanPath(posix.join(given.path, target));
  for (const { path } of directories ?? []) {
    if (path === real)
      report.error(["links", index], `a hard link to the directory ${shown(path)}; only files can have hard links`);
  }
  for (const kind of ["user", "group"] as const) {
    for (const key of ["id", "name"] as const) {
      if (given[kind]?.[key] !== undefined)
        report.warning(["links", index, kind, key], "a hard link has the owner of its target; leave it out");
    }
  }
}

function checkFilesystems({ disks, filesystems }: Storage, report: Report): void {
  const byDevice = new Map(disks?.map((one) => [one.device, one]));
  filesystems?.forEach(({ device, wipeFilesystem }, index) => {
    const whole = byDevice.get(device);
    if (whole?.partitions?.length) {
      report.warning(
        ["filesystems", index, "device"],
        `${shown(device)} is also partitioned; the filesystem overwrites the partitions`,
      );
    } else if (whole?.wipeTable && !wipeFilesystem) {
      report.warning(
        ["filesystems", index, "device"],
        `${shown(device)} has wipeTable set, so the filesystem is wiped although wipeFilesystem is not set`,
      );
    }
  });
}
