import { Worker } from "node:worker_threads";

/** Address and login of the database behind the load balancer. */
export interface Connection {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl: { ca: string; verifyIdentity?: boolean };
}

export interface LoadSettings {
  connection: Connection;
  /** Number of the case, the first part of the ids that it writes. */
  run: number;
  /** Number of writers. Each has a separate connection. */
  writers: number;
  /** Pause between two writes of a writer, milliseconds. */
  pauseMs: number;
  connectTimeoutMs: number;
  queryTimeoutMs: number;
  /** Gaps of at least this length are recorded, milliseconds. */
  notableGapMs: number;
}

export interface Gap {
  /** Start of the gap, seconds since the start of the load. */
  atSeconds: number;
  seconds: number;
}

/** Ids are 0 to attempts - 1. All were acknowledged, except those listed: the client does not know their result. */
export interface WriterLog {
  writer: number;
  attempts: number;
  unacknowledged: number[];
}

export interface LoadReport {
  acknowledged: number;
  gaps: Gap[];
  logs: WriterLog[];
  /** Number of errors, by code. */
  errors: Record<string, number>;
}

export type FromWorker = { kind: "progress"; acknowledged: number } | { kind: "done"; report: LoadReport };

const defaults = { writers: 4, pauseMs: 10, connectTimeoutMs: 1000, queryTimeoutMs: 5000, notableGapMs: 100 };

/** Created before the first load. Every case writes into this table with its number. */
export const schema =
  "CREATE TABLE IF NOT EXISTS writes (run INT, writer INT, sequence INT, text VARCHAR(40), " +
  "PRIMARY KEY (run, writer, sequence)) ENGINE=InnoDB";

/**
 * Writers that insert unique ids with autocommit. Each waits for the answer and a short pause, and reconnects at once
 * after an error. A write is acknowledged when its client got the OK.
 */
export class Load {
  readonly #worker: Worker;
  readonly #done: Promise<LoadReport>;
  #acknowledged = 0;

  constructor(connection: Connection, run: number) {
    const settings: LoadSettings = { ...defaults, connection, run };
    this.#worker = new Worker(new URL("load-worker.ts", import.meta.url), { workerData: settings });
    this.#done = new Promise((resolve, reject) => {
      this.#worker.on("error", reject);
      this.#worker.on("message", (message: FromWorker) => {
        if (message.kind === "done") resolve(message.report);
        else this.#acknowledged = message.acknowledged;
      });
    });
    this.#done.catch(() => {});
  }

  /** Waits until this number of further writes is acknowledged. */
  async flowing(writes: number, timeoutSeconds: number): Promise<void> {
    const wanted = this.#acknowledged + writes;
    const deadline = performance.now() + timeoutSeconds * 1000;
    while (this.#acknowledged < wanted) {
      if (performance.now() > deadline)
        throw new Error(`no ${writes} writes were acknowledged within ${timeoutSeconds} s`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop(): Promise<LoadReport> {
    this.#worker.postMessage("stop");
    return this.#done;
  }

  /** Stops the load without a report, for an interrupted lab. */
  async abandon(): Promise<void> {
    await this.#worker.terminate();
  }
}
