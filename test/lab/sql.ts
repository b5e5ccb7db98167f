import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import mysql from "mysql2/promise";
import type { Connection } from "./load.ts";
import type { Machine } from "./machines.ts";

export type Row = Record<string, unknown>;
/** Runs one statement and returns its rows. */
export type Query = (sql: string, values?: unknown[]) => Promise<Row[]>;

/** A session through the load balancer. */
export async function throughLoadBalancer<T>(connection: Connection, work: (query: Query) => Promise<T>): Promise<T> {
  return session(await mysql.createConnection({ ...connection, connectTimeout: 3000 }), work);
}

/**
 * A session on one node, independent of the load balancers. The connection starts inside the node, because its address
 * is only valid in the network of the stack.
 */
export async function onNode<T>(
  machine: Machine,
  connection: Connection,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const child = spawn("docker", ["exec", "-i", machine.container, "socat", "-", "TCP:127.0.0.1:3306"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.stdin.on("error", () => {});
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on("error", () => {});
  try {
    const { host: _host, port: _port, ...account } = connection;
    const opened = await mysql.createConnection({ ...account, stream: stream as never, connectTimeout: 5000 });
    return await session(opened, work);
  } finally {
    child.kill();
  }
}

async function session<T>(connection: mysql.Connection, work: (query: Query) => Promise<T>): Promise<T> {
  connection.on("error", () => {});
  try {
    return await work(async (sql, values = []) => {
      const [rows] = await connection.query({ sql, timeout: 60_000 }, values);
      return Array.isArray(rows) ? (rows as Row[]) : [];
    });
  } finally {
    connection.destroy();
  }
}
