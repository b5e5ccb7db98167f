import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "vitest";

interface Event {
  machine: string;
  instanceId: string;
  address: string;
  port: number;
  path: string;
  timeoutSeconds: number;
  lastRound?: boolean;
  intervalSeconds?: number;
}
type Handler = (event: Event, context?: { getRemainingTimeInMillis(): number }) => Promise<unknown>;

// Plain JavaScript, as in Lambda.
const source = new URL("../../../components/cloud/aws/gate/index.mjs", import.meta.url);
const { handler } = (await import(source.href)) as { handler: Handler };

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

async function listen(listener: RequestListener): Promise<Event> {
  server = createServer(listener);
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    machine: "galera-0",
    instanceId: "i-0ab",
    address: "127.0.0.1",
    port,
    path: "/ready",
    timeoutSeconds: 0.3,
    intervalSeconds: 0.05,
  };
}

describe("the gate function", () => {
  test("succeeds after the first 200", async () => {
    const paths: string[] = [];
    const event = await listen((request, response) => {
      paths.push(`${request.method} ${request.url}`);
      response.writeHead(paths.length < 3 ? 503 : 200).end();
    });
    expect(await handler(event)).toEqual({ machine: "galera-0", ready: true, attempts: 3, seconds: 0 });
    expect(paths).toEqual(["GET /ready", "GET /ready", "GET /ready"]);
  });

  const hint =
    "see the state and the console with: aws ec2 describe-instances --instance-ids i-0ab; " +
    "aws ec2 get-console-output --latest --output text --instance-id i-0ab";
  const failed = (event: Event, lines: string) =>
    new Error(`galera-0 (127.0.0.1:${event.port}/ready) was not ready within 0 s; last answer: ${lines}\n${hint}`);
  const silence = "its port 9000 does not answer: it did not boot, is stopped, or Ignition did not apply its config";

  test("fails after the time limit, with the last answer and the reason that the machine gives", async () => {
    const event = await listen(({ url }, response) =>
      response
        .writeHead(503)
        .end(url === "/diagnose" ? "unit galera.service failed\n  no space left\n" : "joining,\n  waiting for SST\n"),
    );
    await expect(handler(event)).rejects.toThrow(
      failed(event, "HTTP 503: joining, waiting for SST\nunit galera.service failed\n  no space left"),
    );
  });

  test("fails also if the machine gives no reason", async () => {
    const event = await listen(({ url }, response) =>
      url === "/diagnose" ? response.destroy() : response.writeHead(503).end(),
    );
    await expect(handler(event)).rejects.toThrow(failed(event, "HTTP 503\nit gave no reason: ECONNRESET"));
  });

  test("does not fail before the last round", async () => {
    let questions = 0;
    const event = await listen((_, response) => {
      questions++;
      response.writeHead(503).end();
    });
    expect(await handler({ ...event, lastRound: false })).toEqual({
      machine: "galera-0",
      ready: false,
      attempts: questions,
      seconds: 0,
    });
    expect(questions).toBeGreaterThan(2);
  });

  test("does not accept another success status", async () => {
    const event = await listen((_, response) => response.writeHead(204).end());
    await expect(handler(event)).rejects.toThrow("last answer: HTTP 204");
  });

  test("continues if no server listens, and fails after the time limit with this reason", async () => {
    const event = await listen(() => {});
    await new Promise((resolve) => server!.close(resolve));
    await expect(handler(event)).rejects.toThrow(failed(event, `ECONNREFUSED\n${silence}`));
  });

  test("ends after the time limit if a machine does not answer", async () => {
    const event = await listen(() => {});
    const started = Date.now();
    await expect(handler(event)).rejects.toThrow(/last answer: none within \d+ ms\nits port 9000 does not answer: /);
    expect(Date.now() - started).toBeLessThan(1_500);
  });

  test("includes at most 200 characters of an answer and 6000 of the reason in the message", async () => {
    const event = await listen((_, response) => response.writeHead(500).end("x".repeat(100_000)));
    await expect(handler(event)).rejects.toThrow(/HTTP 500: x{200}\nx{6000}\nsee the state/);
  });

  test("answers before Lambda's time limit", async () => {
    const event = await listen((_, response) => response.writeHead(503).end());
    const started = Date.now();
    const failure = handler({ ...event, timeoutSeconds: 900 }, { getRemainingTimeInMillis: () => 15_500 });
    await expect(failure).rejects.toThrow("last answer: HTTP 503");
    expect(Date.now() - started).toBeLessThan(1_500);
  });
});
