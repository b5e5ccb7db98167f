import { appendFileSync } from "node:fs";
import { z } from "zod";
import { OperationError } from "../../errors.ts";
import { commitsSince } from "../build.ts";
import { comment, commentState } from "../rules/comment.ts";
import { cycleRecord, cycleSummary, cycleTime, duration, release } from "../rules/cycle-time.ts";
import { appUrl, previewName } from "../rules/names.ts";
import { notification, runEnd } from "../rules/notification.ts";
import { checked, DeliveryError, formatValue } from "../rules/validate.ts";
import { deployTargetOf, readProject, readText } from "../project.ts";
import { type Common, githubOf, input, jsonOf, needed, numberOf, type Outcome, parsed } from "./common.ts";

export interface CommentOptions extends Common {
  pullRequest?: string;
  state?: string;
  detail?: string;
  commit?: string;
  repository?: string;
}

/** Decides on the preview comment of a pull request. Without `--input`, also writes it. */
export async function commentPreviews(options: CommentOptions): Promise<Outcome> {
  if (options.input !== undefined) {
    const decision = comment(checked(commentState, input(options), "--input"));
    return { result: decision, text: `${decision.action}\n` };
  }
  const { pullRequest, state, commit, detail } = options;
  if (pullRequest === undefined || state === undefined || commit === undefined)
    throw new DeliveryError("--pull-request, --state and --commit are required, unless --input is given");
  const project = readProject(options.project);
  const github = githubOf(options.repository ?? project.repository);
  const number = numberOf(pullRequest);
  const { domain } = deployTargetOf(project, "preview");
  const given = checked(
    commentState,
    {
      pullRequest: number,
      state,
      commit,
      ...(detail !== undefined && { detail }),
      apps: Object.keys(project.apps).map((app) => ({ app, url: appUrl(previewName(number, app), domain) })),
      self: await github.self(),
      comments: await github.comments(number),
    },
    "comment",
  );
  const decision = comment(given);
  if (decision.action === "create") await github.createComment(number, decision.body);
  if (decision.action === "update") await github.updateComment(decision.id, decision.body);
  for (const id of decision.remove) await github.removeComment(id);
  return { result: decision, text: `${decision.action}\n` };
}

export interface CycleTimeOptions extends Common {
  summary?: string;
  since?: string;
  released?: string;
  append?: string;
}

/** Records the cycle time of one release, or summarises the records of many. */
export async function cycleTimes(options: CycleTimeOptions): Promise<Outcome> {
  if (options.summary !== undefined) {
    const summary = cycleSummary(recordsOf(options.summary));
    const line = (span: string, { median, p90 }: { median: number; p90: number }) =>
      `${span}: median ${duration(median)}, 90th percentile ${duration(p90)}\n`;
    const cycle = line("newest commit to production", summary.cycle);
    const lead = line("oldest commit to production", summary.lead);
    return { result: summary, text: `${summary.releases} releases\n${cycle}${lead}` };
  }
  const record = cycleTime(
    options.released === undefined ? checked(release, input(options), "--input") : releaseOf(options, options.released),
  );
  if (options.append !== undefined) appendFileSync(options.append, `${JSON.stringify(record)}\n`);
  const { repository, commit, commits, cycleSeconds } = record;
  const span = `${duration(cycleSeconds)} from the newest of ${commits} commits to production`;
  return { result: record, text: `${repository} ${commit.slice(0, 12)}: ${span}\n` };
}

/** The output of `promote`, with the commits from git. */
function releaseOf({ project: file, since }: CycleTimeOptions, released: string) {
  if (since !== undefined && !/^[0-9a-f]{40}$/.test(since))
    throw new DeliveryError(`--since: ${formatValue(since)} is not a commit; use 40 hexadecimal digits`);
  const promoted = checked(
    z.object({
      releasedAt: z.string("is missing; use the output of paasmas delivery promote --json"),
      deployed: z.array(z.object({ app: z.string(), digest: z.string() })),
    }),
    jsonOf(released),
    released,
  );
  return checked(
    release,
    {
      repository: readProject(file).repository,
      releasedAt: promoted.releasedAt,
      commits: commitsSince(".", since),
      images: promoted.deployed,
    },
    released,
  );
}

function recordsOf(file: string) {
  const lines = readText(file, "give a record of releases, with one JSON object per line").split("\n");
  return lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [checked(cycleRecord, parsed(line, `${file}:${index + 1}`), `${file}:${index + 1}`)],
  );
}

/** Decides on the notification at the end of a run. With `--slack`, also sends it to Slack. */
export async function notify(options: Common & { slack?: boolean }): Promise<Outcome> {
  const result = notification(checked(runEnd, input(options), "--input"));
  if (options.slack && result.send) {
    const url = needed("SLACK_WEBHOOK_URL", "the address of an incoming webhook");
    if (!url.startsWith("https://")) throw new DeliveryError("SLACK_WEBHOOK_URL: is not a URL with https://");
    await toSlack(url, result.text);
  }
  return { result, text: result.send ? `${result.subject}\n\n${result.text}` : "no notification\n" };
}

/** Slack did not accept the notification. The message never contains the address, which is a secret. */
class NotificationError extends OperationError {
  override name = "NotificationError";
}

async function toSlack(url: string, text: string): Promise<void> {
  const options = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(30_000),
  };
  const answer = await fetch(url, options).catch((error: Error) => {
    throw new NotificationError(
      `Slack does not answer: ${error.cause instanceof Error ? error.cause.message : error.message}`,
    );
  });
  if (!answer.ok) throw new NotificationError(`Slack answers ${answer.status}`);
  await answer.body?.cancel();
}
