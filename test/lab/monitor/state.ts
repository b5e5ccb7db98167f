import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Made, Values } from "./provider.ts";

/** A resource that was made, with what it was made from. */
export interface Resource extends Made {
  urn: string;
  type: string;
  name: string;
  inputs: Values;
}

/**
 * What the lab has made, in the order of making, kept in a file so that a later run can change or remove it.
 * It holds the secrets of a throw-away cluster: readable by its owner only.
 */
export class State {
  readonly #file: string;
  readonly #resources: Map<string, Resource>;

  constructor(file: string) {
    this.#file = file;
    this.#resources = new Map(read(file).map((resource) => [resource.urn, resource]));
  }

  get(urn: string): Resource | undefined {
    return this.#resources.get(urn);
  }

  /** In the order of making. */
  all(): Resource[] {
    return [...this.#resources.values()];
  }

  /** A resource that is there already keeps its place. */
  put(resource: Resource): void {
    this.#resources.set(resource.urn, resource);
    this.#write();
  }

  remove(urn: string): void {
    this.#resources.delete(urn);
    this.#write();
  }

  #write(): void {
    if (this.#resources.size === 0) {
      rmSync(this.#file, { force: true });
      return;
    }
    mkdirSync(dirname(this.#file), { recursive: true });
    // Written beside and moved: an interrupted lab leaves the old state or the new one.
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.all(), null, 1), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function read(file: string): Resource[] {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}
