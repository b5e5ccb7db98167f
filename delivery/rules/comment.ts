import { z } from "zod";
import { pullRequestNumber } from "./names.ts";

/** States of the preview apps of a pull request. */
const previewStates = ["ready", "failed", "removed"] as const;

/** The new state of the preview apps, and the existing comments of the pull request. */
export const commentState = z.object({
  pullRequest: pullRequestNumber,
  state: z.enum(previewStates, `is not a state; use ${previewStates.join(", ")}`),
  commit: z.string().regex(/^[0-9a-f]{7,40}$/, "is not a commit; use hexadecimal digits"),
  apps: z
    .array(z.object({ app: z.string(), url: z.url({ protocol: /^https?$/, message: "is not a URL; use https://" }) }))
    .default([]),
  /** Cause of the failure, one paragraph. */
  detail: z.string().max(4000).optional(),
  /** Login of the account that writes. Only its comments are changed. */
  self: z.string().min(1),
  comments: z.array(z.object({ id: z.int(), author: z.string(), body: z.string() })),
});
export type CommentState = z.infer<typeof commentState>;

export type CommentDecision =
  | { action: "create"; body: string; remove: number[] }
  | { action: "update"; id: number; body: string; remove: number[] }
  | { action: "none"; id?: number; remove: number[] };

/** Hidden first line that identifies the comment. */
export const marker = "<!-- paasmas:preview -->";

/**
 * Decides how to write the preview comment of a pull request: create it once, then update it. Ignores comments of other
 * accounts, because every user can copy the marker. Removes duplicates from builds that ran at the same time.
 */
export function comment(state: CommentState): CommentDecision {
  const body = commentText(state);
  const own = state.comments
    .filter((one) => one.author === state.self && one.body.startsWith(marker))
    .sort((a, b) => a.id - b.id);
  const [first, ...duplicates] = own;
  const remove = duplicates.map(({ id }) => id);
  if (first === undefined)
    return state.state === "removed" ? { action: "none", remove } : { action: "create", body, remove };
  return first.body.trimEnd() === body.trimEnd()
    ? { action: "none", id: first.id, remove }
    : { action: "update", id: first.id, body, remove };
}

function commentText({ state, commit, apps, detail }: CommentState): string {
  const short = `\`${commit.slice(0, 12)}\``;
  const rows = apps.map(({ app, url }) => `| ${plain(app)} | <${url}> |`);
  const table = rows.length > 0 ? ["| app | address |", "|---|---|", ...rows] : [];
  const headline = {
    ready: `**This pull request is deployed** at commit ${short}.`,
    failed: `**${short} could not be deployed.** The previous version still runs.`,
    removed: `The apps of this pull request are removed.`,
  }[state];
  const shown = state === "removed" ? [] : table;
  return [
    marker,
    headline,
    ...(detail === undefined ? [] : ["", plain(detail)]),
    ...(shown.length > 0 ? ["", ...shown] : []),
    "",
  ].join("\n");
}

/** Escapes Markdown and mentions, because the output of a build can contain any text. */
function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~]/g, "\\$&")
    .replace(/@/g, "@\u200b")
    .replace(/\s*\n\s*/g, " ");
}
