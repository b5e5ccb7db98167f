import { type ChildProcess, spawn } from "node:child_process";
import { type AddressInfo, createServer } from "node:net";
import { rootEnv } from "./requirements.ts";

/** A free port of this machine. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts the real HAProxy.
 * @param files Configuration files.
 * @param serves Sends a request and returns whether HAProxy answers; an error counts as false.
 * @throws Error if HAProxy does not answer within ten seconds.
 */
export async function startHaproxy(files: readonly string[], serves: () => Promise<boolean>): Promise<ChildProcess> {
  const haproxy = spawn("haproxy", ["-db", ...files.flatMap((file) => ["-f", file])], {
    env: rootEnv,
    stdio: "ignore",
  });
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await serves().catch(() => false)) return haproxy;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  haproxy.kill("SIGKILL");
  throw new Error("haproxy does not serve");
}
