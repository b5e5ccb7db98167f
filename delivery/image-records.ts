import type { Promotion, TestStage } from "./rules/promote.ts";
import { testStages } from "./rules/promote.ts";
import type { Project } from "./project.ts";
import { ImageRepository } from "./registry.ts";

/** Prefix of the tags of images that reached production. A registry keeps these tags longer than others. */
export const releasedTag = "released-";

export interface Image {
  app: string;
  digest: string;
}

/**
 * Stores facts about images as tags in the registry. Tags are immutable there: a tag always names the same digest.
 *
 * - `tree-<git tree>`: built from these files.
 * - `preview-<git tree>`: built from these files of a pull request; never released.
 * - `acceptance-<git tree>`, `capacity-<git tree>`: passed this test on staging.
 * - `released-<time>`: reached production at this time.
 */
export class ImageRecords {
  readonly #repositories: ReadonlyMap<string, ImageRepository>;

  constructor(project: Project) {
    this.#repositories = new Map(
      Object.entries(project.apps).map(([app, { image }]) => [app, new ImageRepository(image, project.plainHttp)]),
    );
  }

  /** Digest of the image built from these files, or undefined. */
  digest(app: string, tree: string, kind: "tree" | "preview" = "tree"): Promise<string | undefined> {
    return this.#repository(app).digest(`${kind}-${tree}`);
  }

  async recordPass(stage: TestStage, tree: string, images: readonly Image[]): Promise<void> {
    for (const { app, digest } of images) await this.#repository(app).tag(digest, `${stage}-${tree}`);
  }

  async recordRelease(at: Date, images: readonly Image[]): Promise<void> {
    const stamp = at.toISOString().replace(/[-:]|\.\d+/g, "");
    for (const { app, digest } of images) await this.#repository(app).tag(digest, `${releasedTag}${stamp}`);
  }

  /** Results of the tests that passed with these files. */
  async testResults(tree: string): Promise<Promotion["testResults"]> {
    const found: Promotion["testResults"] = [];
    for (const [app, repository] of this.#repositories) {
      for (const stage of testStages) {
        const digest = await repository.digest(`${stage}-${tree}`);
        if (digest !== undefined) found.push({ app, stage, tree, digest });
      }
    }
    return found;
  }

  #repository(app: string): ImageRepository {
    const found = this.#repositories.get(app);
    if (found === undefined) throw new Error(`${app} is not an app of this project`);
    return found;
  }
}
