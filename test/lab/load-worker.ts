import { parentPort, workerData } from "node:worker_threads";
import mysql from "mysql2/promise";
import type { FromWorker, Gap, LoadSettings, WriterLog } from "./load.ts";

/* The writers run in a separate thread, so that work of the lab does not extend a gap. */
const settings = workerData as LoadSettings;
const port = parentPort!;

const started = performance.now();
let stopping = false;
let acknowledged = 0;
let last = started;
const gaps: Gap[] = [];
const errors = new Map<string, number>();

async function writer(number: number): Promise<WriterLog> {
  const log: WriterLog = { writer: number, attempts: 0, unacknowledged: [] };
  let connection: mysql.Connection | undefined;
  while (!stopping) {
    try {
      connection ??= await connect();
    } catch (error) {
      count(error);
      await pause(20);
      continue;
    }
    // Each id is used once: a failed insert may be committed, so it is never retried.
    const sequence = log.attempts++;
    try {
      await connection.query(
        {
          sql: "INSERT INTO writes (run, writer, sequence, text) VALUES (?, ?, ?, ?)",
          timeout: settings.queryTimeoutMs,
        },
        [settings.run, number, sequence, `${settings.run}-${number}-${sequence}`],
      );
      acknowledge();
    } catch (error) {
      count(error);
      log.unacknowledged.push(sequence);
      connection.destroy();
      connection = undefined;
    }
    await pause(settings.pauseMs);
  }
  connection?.destroy();
  return log;
}

async function connect(): Promise<mysql.Connection> {
  const connection = await mysql.createConnection({
    ...settings.connection,
    connectTimeout: settings.connectTimeoutMs,
  });
  // Between two queries a lost connection is an event. The next query fails and reports it.
  connection.on("error", () => {});
  return connection;
}

function acknowledge(): void {
  const now = performance.now();
  if (now - last >= settings.notableGapMs)
    gaps.push({ atSeconds: (last - started) / 1000, seconds: (now - last) / 1000 });
  last = now;
  acknowledged++;
}

function count(error: unknown): void {
  const { code, message } = error as { code?: string; message: string };
  const kind = code ?? message;
  errors.set(kind, (errors.get(kind) ?? 0) + 1);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function send(message: FromWorker): void {
  port.postMessage(message);
}

port.on("message", () => (stopping = true));
const progress = setInterval(() => send({ kind: "progress", acknowledged }), 50);
const logs = await Promise.all(Array.from({ length: settings.writers }, (_, number) => writer(number)));
clearInterval(progress);
const end = performance.now();
// The load ended without another write: the last gap is still open.
if (end - last >= settings.notableGapMs)
  gaps.push({ atSeconds: (last - started) / 1000, seconds: (end - last) / 1000 });
send({ kind: "done", report: { acknowledged, gaps, logs, errors: Object.fromEntries(errors) } });
port.close();
