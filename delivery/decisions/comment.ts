import { z } from "zod";
import { pullRequestNumber } from "./names.ts";

/** How the apps of a pull request are. */
export const previewStates = ["ready", "failed", "removed"] as const;

/** What is to be said below a pull request, and what is said there. */
export const commentState = z.object({
  pullRequest: pullRequestNumber,
  state: z.enum(previewStates, `is not a state; use ${previewStates.join(", ")}`),
  commit: z.string().regex(/^[0-9a-f]{7,40}$/, "is not a commit; use hexadecimal digits"),
  apps: z
    .array(z.object({ app: z.string(), url: z.url({ protocol: /^https?$/, message: "is not a URL; use https://" }) }))
    .default([]),
  /** Why it failed; one paragraph. */
  detail: z.string().max(4000).optional(),
  /** Login of the account that writes; only its comments are touched. */
  self: z.string().min(1),
  comments: z.array(z.object({ id: z.int(), author: z.string(), body: z.string() })),
});
export type CommentState = z.infer<typeof commentState>;

export type CommentDecision =
  | { action: "create"; body: string; remove: number[] }
  | { action: "update"; id: number; body: string; remove: number[] }
  | { action: "none"; id?: number; remove: number[] };

/** The hidden first line by which the comment is found again. */
export const marker = "<!-- paasmas:preview -->";

/**
 * The one comment of a pull request: written once, then changed in place. Only comments of the own account count:
 * anybody can copy the marker. Doubles, left by two builds that wrote at once, go.
 */
export function comment(state: CommentState): CommentDecision {
  const body = commentText(state);
  const own = state.comments
    .filter((one) => one.author === state.self && one.body.startsWith(marker))
    .sort((a, b) => a.id - b.id);
  const [first, ...doubles] = own;
  const remove = doubles.map(({ id }) => id);
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
    ready: `**This pull request runs**, as of ${short}.`,
    failed: `**${short} could not be deployed.** What ran before still runs.`,
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

/** Text that is no markup: what a build says may hold anything, mentions of people among it. */
function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|~]/g, "\\$&")
    .replace(/@/g, "@\u200b")
    .replace(/\s*\n\s*/g, " ");
}
