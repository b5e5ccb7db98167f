import { z } from "zod";

/** What GitHub lets somebody do in a repository, the most first. */
export const permissions = ["admin", "maintain", "write", "triage", "read", "none"] as const;
export type Permission = (typeof permissions)[number];

const permission = z.enum(permissions, `is not a permission; use ${permissions.join(", ")}`);
const commit = z.string().regex(/^[0-9a-f]{40}$/, "is not a commit; use 40 hexadecimal digits");

/** Whom a pull request is from, and who has approved what of it. */
export const origin = z.object({
  /** Login of who opened it. */
  author: z.string().min(1),
  /** What the author may do in the repository. */
  permission,
  /** The commit to be built. */
  head: commit,
  /** Approving reviews that were not dismissed. */
  approvals: z.array(z.object({ by: z.string(), permission, commit })).default([]),
  labels: z.array(z.string()).default([]),
});
export type Origin = z.infer<typeof origin>;

export interface Trust {
  trusted: boolean;
  /** Why, as the rest of a sentence about the pull request. */
  because: string;
}

/**
 * Whether a pull request's code may be built with credentials and run as an app: when its author may write to the
 * repository, when somebody who may has approved this very commit, or when it carries the label that the project has
 * named for this. Being from the repository's own branches is not enough: bots push there.
 * @param label Covers what is pushed afterwards as well; whoever may triage can set it.
 */
export function trust(origin: Origin, label?: string): Trust {
  if (writes(origin.permission))
    return { trusted: true, because: `its author ${origin.author} may write to the repository` };
  const approval = origin.approvals.find(
    (one) => writes(one.permission) && one.commit === origin.head && one.by !== origin.author,
  );
  if (approval !== undefined) return { trusted: true, because: `${approval.by} approved ${origin.head.slice(0, 12)}` };
  if (label !== undefined && origin.labels.includes(label))
    return { trusted: true, because: `it has the label ${label}` };
  const outdated = origin.approvals.some((one) => writes(one.permission));
  return {
    trusted: false,
    because: `its author ${origin.author} may not write to the repository${outdated ? ", and what was approved is another commit" : ", and nobody who may has approved this commit"}`,
  };
}

function writes(given: Permission): boolean {
  return permissions.indexOf(given) <= permissions.indexOf("write");
}
