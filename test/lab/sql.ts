import { spawn } from "node:child_process";
import { Duplex } from "node:stream";
import mysql from "mysql2/promise";
import type { Connection } from "./load.ts";
import type { Machine } from "./machines.ts";

export type Row = Record<string, unknown>;

/** One query through the load balancer. */
export async function throughLoadBalancer(connection: Connection, sql: string, values: unknown[] = []): Promise<Row[]> {
  return query(await mysql.createConnection({ ...connection, connectTimeout: 3000 }), sql, values);
}

/**
 * One query on a node itself, whatever the load balancer thinks of it. The connection is made from within the node:
 * its address is good for nothing outside of the stack's own network.
 */
export async function onNode(machine: Machine, connection: Connection, sql: string, values: unknown[] = []): Promise<Row[]> {
  const child = spawn("docker", ["exec", "-i", machine.container, "socat", "-", "TCP:127.0.0.1:3306"], { stdio: ["pipe", "pipe", "ignore"] });
  child.stdin.on("error", () => {});
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  stream.on("error", () => {});
  try {
    const { host: _host, port: _port, ...account } = connection;
    const opened = await mysql.createConnection({ ...account, ssl: { ca: connection.ssl.ca }, stream: stream as never, connectTimeout: 5000 });
    return await query(opened, sql, values);
  } finally {
    child.kill();
  }
}

async function query(connection: mysql.Connection, sql: string, values: unknown[]): Promise<Row[]> {
  connection.on("error", () => {});
  try {
    const [rows] = await connection.query({ sql, timeout: 60_000 }, values);
    return Array.isArray(rows) ? (rows as Row[]) : [];
  } finally {
    connection.destroy();
  }
}
