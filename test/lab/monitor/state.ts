import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Made, Values } from "./provider.ts";

/** A created resource, with its inputs. */
export interface Resource extends Made {
  urn: string;
  type: string;
  name: string;
  inputs: Values;
}

/**
 * Created resources in their order, in a file so that a later run can change or remove them. It contains the secrets of
 * a temporary cluster, so only its owner can read it.
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

  /** In the order of their creation. */
  all(): Resource[] {
    return [...this.#resources.values()];
  }

  /** An existing resource keeps its place. */
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
    // Written to a new file and moved: after an interruption the file has the old state or the new one.
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
