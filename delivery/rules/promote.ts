import { z } from "zod";
import { appName } from "./names.ts";

/** The tests on staging. The registry stores their results. */
export const testStages = ["acceptance", "capacity"] as const;
export type TestStage = (typeof testStages)[number];

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, "is not a digest; use sha256: and 64 hexadecimal digits");

/** A git tree: the hash of the files of a commit. It does not depend on the history. */
export const tree = z
  .string()
  .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, "is not a git tree; use the output of git rev-parse HEAD^{tree}");

/** The images to release, and their test results. */
export const promotion = z.object({
  tree,
  /** The images to release: each app of the project, by digest. */
  images: z.array(z.object({ app: appName, digest })).min(1, "is empty; add at least one image"),
  /** The project's apps. */
  apps: z.array(appName).min(1),
  /** Tests that passed on staging with these files. */
  testResults: z.array(z.object({ app: appName, stage: z.enum(testStages), tree, digest })),
});
export type Promotion = z.infer<typeof promotion>;

export interface Verdict {
  allowed: boolean;
  /** Reasons against the release; empty if it is allowed. */
  refusals: string[];
}

/**
 * Decides on a release to production. Allows it if there is one image for each app of the project, no other image, and
 * each digest passed acceptance and capacity for these files.
 */
export function promote({ tree, images, apps, testResults }: Promotion): Verdict {
  const refusals: string[] = [];
  for (const app of apps) {
    const given = images.filter((image) => image.app === app);
    if (given.length !== 1)
      refusals.push(
        `${app}: ${given.length === 0 ? "has no image to release" : `has ${given.length} images to release; give one`}`,
      );
  }
  for (const { app, digest } of images) {
    if (!apps.includes(app)) {
      refusals.push(`${app}: is not an app of this project`);
      continue;
    }
    for (const stage of testStages) {
      const passed = testResults.filter((one) => one.app === app && one.stage === stage && one.tree === tree);
      if (passed.some((one) => one.digest === digest)) continue;
      const others = [...new Set(passed.map((one) => short(one.digest)))];
      const hint = others.length > 0 ? `; passed digests: ${others.join(", ")}` : "";
      refusals.push(`${app}: ${short(digest)} has not passed ${stage} for tree ${tree.slice(0, 12)}${hint}`);
    }
  }
  return { allowed: refusals.length === 0, refusals };
}

function short(digest: string): string {
  return digest.slice(0, "sha256:".length + 12);
}
