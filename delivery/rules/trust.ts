import { z } from "zod";

/** Permissions of a user in a repository on GitHub, highest first. */
export const permissions = ["admin", "maintain", "write", "triage", "read", "none"] as const;
export type Permission = (typeof permissions)[number];

const permission = z.enum(permissions, `is not a permission; use ${permissions.join(", ")}`);
const commit = z.string().regex(/^[0-9a-f]{40}$/, "is not a commit; use 40 hexadecimal digits");

/** Author, commit, approvals and labels of a pull request. */
export const pullRequest = z.object({
  author: z.string().min(1),
  /** Permission of the author in the repository. */
  permission,
  /** The commit to build. */
  head: commit,
  /** Approving reviews that were not dismissed. */
  approvals: z.array(z.object({ by: z.string(), permission, commit })).default([]),
  labels: z.array(z.string()).default([]),
});
export type PullRequest = z.infer<typeof pullRequest>;

export interface Trust {
  trusted: boolean;
  /** The reason, as the rest of a sentence about the pull request. */
  reason: string;
}

/**
 * Decides whether the code of a pull request is built with credentials and deployed. It is, if the author has write
 * access, if another user with write access approved this commit, or if the pull request has the label of the project.
 * A branch of the same repository is not enough, because bots push there.
 * @param label Also covers later commits. Users with the triage permission can set it.
 */
export function trust(pullRequest: PullRequest, label?: string): Trust {
  if (hasWriteAccess(pullRequest.permission))
    return { trusted: true, reason: `its author ${pullRequest.author} has write access` };
  const approval = pullRequest.approvals.find(
    (one) => hasWriteAccess(one.permission) && one.commit === pullRequest.head && one.by !== pullRequest.author,
  );
  if (approval !== undefined)
    return { trusted: true, reason: `${approval.by} approved ${pullRequest.head.slice(0, 12)}` };
  if (label !== undefined && pullRequest.labels.includes(label))
    return { trusted: true, reason: `it has the label ${label}` };
  const outdated = pullRequest.approvals.some((one) => hasWriteAccess(one.permission));
  const missing = outdated ? "the approval is for another commit" : "no user with write access approved this commit";
  return { trusted: false, reason: `its author ${pullRequest.author} has no write access, and ${missing}` };
}

function hasWriteAccess(given: Permission): boolean {
  return permissions.indexOf(given) <= permissions.indexOf("write");
}
