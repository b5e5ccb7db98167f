import { request, Agent } from "node:http";
import { parentPort, Worker, workerData } from "node:worker_threads";

/** Requests of the users during a case. */
export interface LoadSettings {
  /** Address and port of the proxy. */
  host: string;
  port: number;
  /** Host name of the app. */
  name: string;
  /** Requests per second, independent of earlier answers. */
  perSecond: number;
  /** One of this many requests is for a page that is slow. */
  slowEvery: number;
  timeoutMs: number;
}

export interface LoadReport {
  requests: number;
  failed: number;
  /** Number of failures, by kind. */
  failures: Record<string, number>;
  /** Number of answers, by version. */
  versions: Record<string, number>;
  /** Longest time between two answers, milliseconds. */
  longestGapMs: number;
  /** Slowest answer to a normal request, milliseconds. */
  slowestMs: number;
}

const defaults = { perSecond: 100, slowEvery: 10, timeoutMs: 10_000 };

/** Requests at a fixed rate from outside of the machine, over connections that stay open. */
export class RequestLoad {
  readonly #worker: Worker;
  readonly #done: Promise<LoadReport>;

  constructor(target: Pick<LoadSettings, "host" | "port" | "name"> & Partial<LoadSettings>) {
    this.#worker = new Worker(new URL(import.meta.url), { workerData: { ...defaults, ...target } });
    this.#done = new Promise((resolve, reject) => this.#worker.on("error", reject).on("message", resolve));
    this.#done.catch(() => {});
  }

  async stop(): Promise<LoadReport> {
    this.#worker.postMessage("stop");
    try {
      return await this.#done;
    } finally {
      await this.#worker.terminate();
    }
  }
}

function drive(settings: LoadSettings): void {
  const { host, port, name, perSecond, slowEvery, timeoutMs } = settings;
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const report: LoadReport = { requests: 0, failed: 0, failures: {}, versions: {}, longestGapMs: 0, slowestMs: 0 };
  const count = (counts: Record<string, number>, key: string) => (counts[key] = (counts[key] ?? 0) + 1);
  const start = performance.now();
  let lastAnswer = start;
  let open = 0;
  let stopping = false;

  const ask = () => {
    const slow = report.requests % slowEvery === slowEvery - 1;
    report.requests++;
    open++;
    const begun = performance.now();
    let settled = false;
    const settle = (failure: string | undefined) => {
      if (settled) return;
      settled = true;
      open--;
      if (failure === undefined) {
        const now = performance.now();
        report.longestGapMs = Math.max(report.longestGapMs, now - lastAnswer);
        lastAnswer = now;
        if (!slow) report.slowestMs = Math.max(report.slowestMs, now - begun);
      } else {
        report.failed++;
        count(report.failures, failure);
      }
      if (stopping && open === 0) finish();
    };
    const asking = request(
      { host, port, agent, path: slow ? "/slow" : "/", headers: { host: name }, timeout: timeoutMs },
      (answer) => {
        let body = "";
        answer.setEncoding("utf8");
        answer.on("data", (text: string) => (body += text));
        answer.on("error", (error) => settle(error.message));
        answer.on("end", () => {
          if (answer.statusCode !== 200) return settle(String(answer.statusCode));
          if (!slow) count(report.versions, body.trim());
          settle(undefined);
        });
      },
    );
    asking.on("timeout", () => asking.destroy(new Error("timeout")));
    asking.on("error", (error: NodeJS.ErrnoException) => settle(error.code ?? error.message));
    asking.end();
  };
  // By the clock, so that a late timer does not lower the rate.
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * perSecond);
    while (report.requests < due) ask();
  }, 1000 / perSecond);
  const finish = () => {
    agent.destroy();
    parentPort!.postMessage(report);
  };
  parentPort!.once("message", () => {
    clearInterval(timer);
    stopping = true;
    if (open === 0) finish();
  });
}

if (parentPort !== null && workerData !== null) drive(workerData as LoadSettings);
