import { z } from "zod";
import { checkPath } from "./paths.ts";
import { resource } from "./resource.ts";
import { shown, withRules } from "./report.ts";
import type { Report } from "./report.ts";

const owner = withRules(
  z.object({
    id: z.int().optional(),
    name: z.string().optional(),
  }),
  ({ id, name }, report) => {
    if (id !== undefined && name) report.error([], `both id ${id} and name ${shown(name)}; give one of them`);
  },
);

/** Common fields of files, directories and links. */
const node = {
  path: z.string(),
  user: owner.optional(),
  group: owner.optional(),
  /** Whether an existing node at this path is removed first. */
  overwrite: z.boolean().optional(),
};

/** Permission bits as a number: `0o644`, in JSON 420. */
const mode = z.int().optional();

function checkMode(given: number | undefined, report: Report): void {
  if (given === undefined) return;
  if (given < 0 || given > 0o7777) {
    report.error(["mode"], `${given} is not a file mode; a mode is between 0 and 4095 (0o7777), 0o644 is 420`);
  } else if (given & 0o7000) {
    report.warning(["mode"], `0o${given.toString(8)} sets setuid, setgid or sticky bits; spec 3.4.0 ignores them`);
  }
}

export const file = withRules(
  z.object({
    ...node,
    mode,
    contents: resource.optional(),
    /** Contents that are appended to the file, in this order. */
    append: z.array(resource).optional(),
  }),
  (given, report) => {
    checkPath(given.path, ["path"], report);
    checkMode(given.mode, report);
    if (given.overwrite && given.contents?.source === undefined) {
      report.error(
        ["overwrite"],
        "overwrite is true but there is no contents.source to write; give one, or leave overwrite out",
      );
    }
  },
);

export const directory = withRules(z.object({ ...node, mode }), (given, report) => {
  checkPath(given.path, ["path"], report);
  checkMode(given.mode, report);
});

export const link = withRules(
  z.object({
    ...node,
    /** Target of the link. Required. */
    target: z.string().optional(),
    /** Whether it is a hard link. */
    hard: z.boolean().optional(),
  }),
  (given, report) => checkPath(given.path, ["path"], report),
);

export type File = z.infer<typeof file>;
export type Directory = z.infer<typeof directory>;
export type Link = z.infer<typeof link>;
