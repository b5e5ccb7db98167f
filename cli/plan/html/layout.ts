import { Worker } from "node:worker_threads";

/** Lays out graphs with Graphviz, one at a time, on a separate thread that starts immediately. */
export class Layout {
  readonly #worker: Worker;
  readonly #failed: Promise<never>;

  constructor() {
    this.#worker = new Worker(new URL("./layout-worker.js", import.meta.url));
    // A failed plan does not wait for its diagrams.
    this.#worker.unref();
    this.#failed = new Promise((_, reject) => this.#worker.once("error", reject));
    this.#failed.catch(() => {});
  }

  /** Queues a graph in Graphviz's language. */
  add(dot: string): void {
    this.#worker.postMessage(dot);
  }

  /** SVG files of all graphs, in the order of {@link add}. Call it once: it ends the thread. */
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
