import { Worker } from "node:worker_threads";

/** Lays graphs out with Graphviz, on a thread of its own that starts at once. */
export class Layout {
  readonly #worker: Worker;

  constructor() {
    this.#worker = new Worker(new URL("./layout-worker.js", import.meta.url));
    // A plan that fails does not wait for its pictures.
    this.#worker.unref();
  }

  /** SVG files for graphs in Graphviz's language. To be called once; the thread ends with it. */
  async svgs(dots: readonly string[]): Promise<string[]> {
    this.#worker.ref();
    try {
      return await new Promise((resolve, reject) => {
        this.#worker.once("message", resolve);
        this.#worker.once("error", reject);
        this.#worker.postMessage(dots);
      });
    } finally {
      await this.#worker.terminate();
    }
  }
}
