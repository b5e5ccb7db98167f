import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A map from keys to values in a file, one JSON object per line. Two processes can share the file, as during a
 * deployment: each append writes a whole line, and each read starts with the new lines.
 */
export class Journal {
  #file;
  #values = new Map();
  #offset = 0;
  #rest = Buffer.alloc(0);
  #turn = Promise.resolve();

  constructor(file) {
    this.#file = file;
  }

  async put(key, value) {
    await mkdir(dirname(this.#file), { recursive: true });
    // A crash can leave half a line. The extra newline separates it from the next line.
    const handle = await open(this.#file, "a");
    try {
      await handle.appendFile(`\n${JSON.stringify({ key, value })}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  async get(key) {
    await this.#catchUp();
    return this.#values.get(key);
  }

  async all() {
    await this.#catchUp();
    return [...this.#values].map(([key, value]) => ({ key, value }));
  }

  /** Serialized: two concurrent reads would read the same lines twice. */
  #catchUp() {
    this.#turn = this.#turn.then(
      () => this.#read(),
      () => this.#read(),
    );
    return this.#turn;
  }

  async #read() {
    const { size } = await stat(this.#file).catch((error) => {
      if (error.code === "ENOENT") return { size: 0 };
      throw error;
    });
    if (size <= this.#offset) return;
    const handle = await open(this.#file);
    try {
      const { buffer, bytesRead } = await handle.read(
        Buffer.alloc(size - this.#offset),
        0,
        size - this.#offset,
        this.#offset,
      );
      this.#offset += bytesRead;
      const text = Buffer.concat([this.#rest, buffer.subarray(0, bytesRead)]);
      const end = text.lastIndexOf(10) + 1;
      this.#rest = text.subarray(end);
      for (const line of text.subarray(0, end).toString("utf8").split("\n")) this.#take(line);
    } finally {
      await handle.close();
    }
  }

  #take(line) {
    if (line === "") return;
    try {
      const { key, value } = JSON.parse(line);
      if (value === null) this.#values.delete(key);
      else this.#values.set(key, value);
    } catch {
      console.error(`a broken line of ${line.length} characters is left out`);
    }
  }
}
