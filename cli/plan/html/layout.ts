import { Worker } from "node:worker_threads";

/** Lays graphs out with Graphviz, one after the other, on a thread of its own that starts at once. */
export class Layout {
  readonly #worker: Worker;
  readonly #failed: Promise<never>;

  constructor() {
    this.#worker = new Worker(new URL("./layout-worker.js", import.meta.url));
    // A plan that fails does not wait for its pictures.
    this.#worker.unref();
    this.#failed = new Promise((_, reject) => this.#worker.once("error", reject));
    this.#failed.catch(() => {});
  }

  /** Has the next graph laid out, in Graphviz's language. */
  add(dot: string): void {
    this.#worker.postMessage(dot);
  }

  /** SVG files for all graphs, in their order. To be called once; the thread ends with it. */
  async svgs(): Promise<string[]> {
    const laidOut = new Promise<string[]>((resolve) => this.#worker.once("message", resolve));
    this.#worker.postMessage(undefined);
    try {
      return await Promise.race([laidOut, this.#failed]);
    } finally {
      await this.#worker.terminate();
    }
  }
}
