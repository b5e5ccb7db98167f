import { z } from "zod";
import { duration } from "./cycle-time.ts";

/** The end of a run, and the result of the run before it. */
export const runEnd = z.object({
  repository: z.string().min(1),
  branch: z.string().min(1),
  result: z.enum(["success", "failure", "aborted"]),
  /** Result of the previous run on this branch; null if there is none. */
  previous: z.enum(["success", "failure", "aborted"]).nullable(),
  /** The stage that failed. */
  stage: z.string().optional(),
  /** Page of the run. */
  url: z.url({ protocol: /^https?$/, message: "is not a URL; use https://" }),
  /** Cycle time of a release, in seconds. */
  cycleSeconds: z.number().min(0).optional(),
});
export type RunEnd = z.infer<typeof runEnd>;

export interface Notification {
  /** Whether to send it. */
  send: boolean;
  subject: string;
  text: string;
}

/** Decides on the notification of a run: sent for each failure, the first success after it, and a release. */
export function notification({ repository, branch, result, previous, stage, url, cycleSeconds }: RunEnd): Notification {
  const what = `${repository} ${branch}`;
  if (result === "failure") {
    const where = stage === undefined ? "" : ` in ${stage}`;
    return {
      send: true,
      subject: `failed: ${what}${where}`,
      text: `${what} failed${where}${previous === "failure" ? ", as before" : ""}.\n${url}\n`,
    };
  }
  if (result === "success" && cycleSeconds !== undefined) {
    return {
      send: true,
      subject: `released: ${what}`,
      text: `${what} is in production, ${duration(cycleSeconds)} after its newest commit.\n${url}\n`,
    };
  }
  if (result === "success" && previous === "failure")
    return { send: true, subject: `fixed: ${what}`, text: `${what} is fixed.\n${url}\n` };
  return { send: false, subject: `${result}: ${what}`, text: `${what}: ${result}.\n${url}\n` };
}
