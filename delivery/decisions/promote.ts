import { z } from "zod";
import { appName } from "./names.ts";

/** The tests on staging, each of which leaves evidence. */
export const testStages = ["acceptance", "capacity"] as const;
export type TestStage = (typeof testStages)[number];

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "is not a digest; use sha256: and 64 hexadecimal digits");

/** A git tree: what a commit's files are, whatever its history. */
export const tree = z
  .string()
  .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "is not a git tree; use what git rev-parse HEAD^{tree} says");

/** What is asked to be released, and what is known about it. */
export const promotion = z.object({
  tree,
  /** What to release: every app of the project by its digest. */
  images: z.array(z.object({ app: appName, digest })).min(1, "is empty; give one image at least"),
  /** The project's apps. */
  apps: z.array(appName).min(1),
  /** What passed on staging with these files. */
  evidence: z.array(z.object({ app: appName, stage: z.enum(testStages), tree, digest })),
});
export type Promotion = z.infer<typeof promotion>;

export interface Verdict {
  allowed: boolean;
  /** Why not; empty when allowed. */
  refusals: string[];
}

/**
 * Whether images may go to production: each app of the project, none else, with the very digest that has passed
 * acceptance and capacity for these files.
 */
export function promote({ tree, images, apps, evidence }: Promotion): Verdict {
  const refusals: string[] = [];
  for (const app of apps) {
    const given = images.filter((image) => image.app === app);
    if (given.length !== 1)
      refusals.push(
        `${app}: ${given.length === 0 ? "there is no image to release" : `there are ${given.length} images to release; there can be one`}`,
      );
  }
  for (const { app, digest } of images) {
    if (!apps.includes(app)) {
      refusals.push(`${app}: is no app of the project`);
      continue;
    }
    for (const stage of testStages) {
      const passed = evidence.filter((one) => one.app === app && one.stage === stage && one.tree === tree);
      if (passed.some((one) => one.digest === digest)) continue;
      const others = [...new Set(passed.map((one) => short(one.digest)))];
      refusals.push(
        `${app}: ${short(digest)} has not passed ${stage} for tree ${tree.slice(0, 12)}${others.length > 0 ? `; what has is ${others.join(", ")}` : ""}`,
      );
    }
  }
  return { allowed: refusals.length === 0, refusals };
}

function short(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}
