import { Worker } from "node:worker_threads";

/** How to reach the database through the load balancer. */
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
  /** Number of the case, the first part of every id that it writes. */
  run: number;
  /** Writers, each with a connection of its own. */
  writers: number;
  /** Between two writes of one writer, milliseconds. */
  pauseMs: number;
  connectTimeoutMs: number;
  queryTimeoutMs: number;
  /** Gaps from this length on are written down, milliseconds. */
  notableGapMs: number;
}

export interface Gap {
  /** When it began, since the load's start. */
  atSeconds: number;
  seconds: number;
}

/** Ids are 0 ... attempts - 1; all were acknowledged but those listed, whose fate the client does not know. */
export interface WriterLog {
  writer: number;
  attempts: number;
  unacknowledged: number[];
}

export interface LoadReport {
  acknowledged: number;
  gaps: Gap[];
  logs: WriterLog[];
  /** How often each error was seen, by its code. */
  errors: Record<string, number>;
}

export type FromWorker = { kind: "progress"; acknowledged: number } | { kind: "done"; report: LoadReport };

const defaults = { writers: 4, pauseMs: 10, connectTimeoutMs: 1000, queryTimeoutMs: 5000, notableGapMs: 100 };

/** Made before the first load; every case writes into it under its own number. */
export const schema =
  "CREATE TABLE IF NOT EXISTS writes (run INT, writer INT, sequence INT, text VARCHAR(40), PRIMARY KEY (run, writer, sequence)) ENGINE=InnoDB";

/**
 * Writers that insert unique ids with autocommit, as fast as they are answered but for a short pause, and reconnect
 * at once after an error. A write counts as acknowledged when its client got the OK.
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

  /** Waits until more writes were acknowledged. */
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

  /** Ends it without a report, for an interrupted lab. */
  async abandon(): Promise<void> {
    await this.#worker.terminate();
  }
}
