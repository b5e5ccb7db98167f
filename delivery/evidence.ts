import type { Promotion, TestStage } from "./decisions/promote.ts";
import { testStages } from "./decisions/promote.ts";
import type { Project } from "./project.ts";
import { ImageRepository } from "./registry.ts";

/** What tags of images that reached production begin with; a registry keeps these longer than others. */
export const releasedTag = "released-";

/** An image by digest. */
export interface Image {
  app: string;
  digest: string;
}

/**
 * What is known about images is written beside them, as tags in the registry, which for a given name and tag keeps one
 * digest for ever (tags are immutable there):
 *
 * - `tree-<git tree>`: built from these files.
 * - `preview-<git tree>`: built from these files of a pull request; never released.
 * - `acceptance-<git tree>`, `capacity-<git tree>`: passed that test on staging.
 * - `released-<time>`: reached production then.
 */
export class Evidence {
  readonly #repositories: ReadonlyMap<string, ImageRepository>;

  constructor(project: Project) {
    this.#repositories = new Map(
      Object.entries(project.apps).map(([app, { image }]) => [app, new ImageRepository(image, project.plainHttp)]),
    );
  }

  /** What was built from these files; undefined when nothing was. */
  built(app: string, tree: string, kind: "tree" | "preview" = "tree"): Promise<string | undefined> {
    return this.#repository(app).digest(`${kind}-${tree}`);
  }

  /** Notes that images passed a test. */
  async pass(stage: TestStage, tree: string, images: readonly Image[]): Promise<void> {
    for (const { app, digest } of images) await this.#repository(app).tag(digest, `${stage}-${tree}`);
  }

  /** Notes that images reached production. */
  async released(at: Date, images: readonly Image[]): Promise<void> {
    const stamp = at.toISOString().replace(/[-:]|\.\d+/g, "");
    for (const { app, digest } of images) await this.#repository(app).tag(digest, `${releasedTag}${stamp}`);
  }

  /** What passed with these files. */
  async of(tree: string): Promise<Promotion["evidence"]> {
    const found: Promotion["evidence"] = [];
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
    if (found === undefined) throw new Error(`${app} is no app of the project`);
    return found;
  }
}
