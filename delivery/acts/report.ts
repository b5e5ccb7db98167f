import { appendFileSync } from "node:fs";
import { z } from "zod";
import { commitsSince } from "../build.ts";
import { comment, commentState } from "../decisions/comment.ts";
import { cycleRecord, cycleSummary, cycleTime, duration, release } from "../decisions/cycle-time.ts";
import { appUrl, previewName } from "../decisions/names.ts";
import { notice, runEnd } from "../decisions/notice.ts";
import { checked, DeliveryError, show } from "../decisions/problem.ts";
import { placeOf, readProject, readText } from "../project.ts";
import { type Common, githubOf, input, jsonOf, needed, numberOf, type Outcome, parsed } from "./shared.ts";

export interface CommentOptions extends Common {
  pullRequest?: string;
  state?: string;
  detail?: string;
  commit?: string;
  repository?: string;
}

/** The one comment of a pull request; without `--input`, finds and writes it. */
export async function commentPreviews(options: CommentOptions): Promise<Outcome> {
  if (options.input !== undefined) {
    const decision = comment(checked(commentState, input(options), "--input"));
    return { result: decision, text: `${decision.action}\n` };
  }
  const { pullRequest, state, commit, detail } = options;
  if (pullRequest === undefined || state === undefined || commit === undefined)
    throw new DeliveryError("--pull-request, --state and --commit are needed, or --input");
  const project = readProject(options.project);
  const github = githubOf(options.repository ?? project.repository);
  const number = numberOf(pullRequest);
  const { domain } = placeOf(project, "preview");
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

/** The record of a release, or what many releases took. */
export async function cycleTimes(options: CycleTimeOptions): Promise<Outcome> {
  if (options.summary !== undefined) {
    const summary = cycleSummary(recordsOf(options.summary));
    const line = (what: string, { median, p90 }: { median: number; p90: number }) =>
      `${what}: median ${duration(median)}, nine in ten within ${duration(p90)}\n`;
    return {
      result: summary,
      text: `${summary.releases} releases\n${line("newest commit to production", summary.cycle)}${line("oldest commit to production", summary.lead)}`,
    };
  }
  const record = cycleTime(
    options.released === undefined ? checked(release, input(options), "--input") : releaseOf(options, options.released),
  );
  if (options.append !== undefined) appendFileSync(options.append, `${JSON.stringify(record)}\n`);
  return {
    result: record,
    text: `${record.repository} ${record.commit.slice(0, 12)}: ${duration(record.cycleSeconds)} from the newest of ${record.commits} commits to production\n`,
  };
}

/** What `promote` said, with the commits that git knows. */
function releaseOf({ project: file, since }: CycleTimeOptions, released: string) {
  if (since !== undefined && !/^[0-9a-f]{40}$/.test(since))
    throw new DeliveryError(`--since: ${show(since)} is not a commit; use 40 hexadecimal digits`);
  const said = checked(
    z.object({
      releasedAt: z.string("is missing; use what paasmas delivery promote --json printed"),
      deployed: z.array(z.object({ app: z.string(), digest: z.string() })),
    }),
    jsonOf(released),
    released,
  );
  return checked(
    release,
    {
      repository: readProject(file).repository,
      releasedAt: said.releasedAt,
      commits: commitsSince(".", since),
      images: said.deployed,
    },
    released,
  );
}

function recordsOf(file: string) {
  const lines = readText(file, "a record of releases has one JSON object a line").split("\n");
  return lines.flatMap((line, index) =>
    line.trim() === "" ? [] : [checked(cycleRecord, parsed(line, `${file}:${index + 1}`), `${file}:${index + 1}`)],
  );
}

/** Who is told what at the end of a run; with `--slack`, tells it there. */
export async function notify(options: Common & { slack?: boolean }): Promise<Outcome> {
  const result = notice(checked(runEnd, input(options), "--input"));
  if (options.slack && result.send) {
    const url = needed("SLACK_WEBHOOK_URL", "the address of an incoming webhook");
    if (!url.startsWith("https://")) throw new DeliveryError("SLACK_WEBHOOK_URL: is not a URL with https://");
    await toSlack(url, result.text);
  }
  return { result, text: result.send ? `${result.subject}\n\n${result.text}` : "nobody is to be told\n" };
}

/** Slack could not be told. Never names the address: whoever has it can write there. */
class NoticeError extends Error {
  override name = "NoticeError";
}

async function toSlack(url: string, text: string): Promise<void> {
  const options = {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ text }),
    signal: AbortSignal.timeout(30_000),
  };
  const answer = await fetch(url, options).catch((error: Error) => {
    throw new NoticeError(
      `Slack does not answer: ${error.cause instanceof Error ? error.cause.message : error.message}`,
    );
  });
  if (!answer.ok) throw new NoticeError(`Slack answers ${answer.status}`);
  await answer.body?.cancel();
}
