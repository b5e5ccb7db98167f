import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import net, { type AddressInfo, type Server } from "node:net";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, test } from "vitest";
import { askEndpoints, type AskOptions, type Endpoint, separateEndpoints } from "../../../cli/engine/answers.ts";
import { OperationError } from "../../../errors.ts";
import { selfSigned } from "../../delivery/tls.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Starts a server and returns its address. */
async function listen(server: Server): Promise<string> {
  const sockets = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    sockets.add(socket.on("error", () => {}));
  });
  closing.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const tcp = (onConnection: (socket: net.Socket) => void) => listen(net.createServer(onConnection));
const http = (listener: RequestListener) => listen(createHttpServer(listener));
const https = ({ certificate, key }: { certificate: string; key: string }, listener: RequestListener) =>
  listen(createHttpsServer({ cert: certificate, key }, listener));
const status = (code: number) => http((_, response) => response.writeHead(code).end());

/**
 * An address from which no packet comes back: a server that never accepts, with a full queue. The kernel drops further
 * connections, like a firewall.
 */
async function silent(): Promise<string> {
  const worker = new Worker(
    `const { parentPort } = require("node:worker_threads");
     const server = require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
       parentPort.postMessage(server.address().port);
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 30_000);
     });`,
    { eval: true },
  );
  closing.push(() => void worker.terminate());
  const port = await new Promise<number>((resolve) => worker.once("message", resolve));
  for (let i = 0; i < 4; i++) {
    const socket = net.connect(port, "127.0.0.1").on("error", () => {});
    closing.push(() => socket.destroy());
  }
  await new Promise((resolve) => setTimeout(resolve, 100));
  return `127.0.0.1:${port}`;
}

/** A packet of the MySQL protocol. */
function packet(...parts: (number | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))));
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
}

const greeting = packet(10, "8.4.8-8.1", 0, "more");
const patient: Partial<AskOptions> = { timeoutMs: 20_000, pauseMs: 50, answerMs: 20_000, dockerHost: undefined };
/** For servers that do not answer in any time. */
const short = { timeoutMs: 100, answerMs: 200 };
const ask = (endpoint: Endpoint, options = {}) => askEndpoints("dev", { it: endpoint }, { ...patient, ...options });

/** The reason why an endpoint does not answer. */
async function reason(endpoint: Endpoint, options = {}): Promise<string> {
  const error = await ask(endpoint, { timeoutMs: 100, ...options }).then(
    (lines) => new Error(`it answers: ${lines.join()}`),
    (failure: Error) => failure,
  );
  expect(error).toBeInstanceOf(OperationError);
  return /^ {2}it: (.*)$/m.exec(error.message)![1]!;
}

describe("an endpoint answers", () => {
  test.each([200, 302, 401, 404])("with HTTP %i", async (code) => {
    const at = await status(code);
    expect(await ask({ url: `http://${at}/`, at })).toEqual([`  it: answers at ${at}, HTTP ${code}`]);
  });

  test("with the greeting of MySQL, also in pieces", async () => {
    const at = await tcp((socket) => {
      socket.write(greeting.subarray(0, 3));
      setTimeout(() => socket.write(greeting.subarray(3)), 20);
    });
    expect(await ask({ url: "mysql://10.77.0.40:3306", at })).toEqual([`  it: answers at ${at}, MySQL 8.4.8-8.1`]);
  });

  test("with a connection, for other protocols", async () => {
    const at = await tcp(() => {});
    expect(await ask({ url: "tcp://apps.example.com:443", at })).toEqual([
      `  it: answers at ${at}, accepts connections`,
    ]);
  });

  test("with a certificate of the given authority, for the name in the URL and not for the address", async () => {
    const pair = await selfSigned("jenkins.example.com");
    const asked: unknown[] = [];
    const at = await https(pair, ({ headers, url, method }, response) => {
      asked.push([method, headers.host, url]);
      response.writeHead(403).end();
    });
    const url = "https://jenkins.example.com/login?from=x";
    expect(await ask({ url, at, ca: pair.certificate })).toEqual([`  it: answers at ${at}, HTTP 403`]);
    expect(asked).toEqual([["GET", "jenkins.example.com", "/login?from=x"]]);
  });

  test("as soon as it is there", async () => {
    let requests = 0;
    const at = await http((_, response) => response.writeHead(++requests < 3 ? 503 : 200).end());
    const started = Date.now();
    const waits: string[] = [];
    const options = { onWait: (line: string) => waits.push(line) };
    expect(await ask({ url: `http://${at}/`, at }, options)).toEqual([`  it: answers at ${at}, HTTP 200`]);
    expect(waits).toEqual([`Waiting for it: ${at} answers HTTP 503.`]);
    expect(requests).toBe(3);
    expect(Date.now() - started).toBeLessThan(5_000);
  });
});

describe("an endpoint does not answer", () => {
  test("if it refuses the connection", async () => {
    const at = await tcp(() => {});
    closing.pop()!();
    expect(await reason({ url: "mysql://10.77.0.40:3306", at })).toBe(`${at} refuses the connection`);
  });

  test.each(["http://x.example.com/", "mysql://x.example.com:3306"])("if it accepts %s and is silent", async (url) => {
    const at = await tcp(() => {});
    const started = Date.now();
    expect(await reason({ url, at }, short)).toBe(`${at} accepts the connection, but gives no answer within 0.2 s`);
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  test.each(["http://x.example.com/", "mysql://x.example.com:3306"])(
    "if it closes the connection of %s",
    async (url) => {
      const at = await tcp((socket) => socket.end());
      expect(await reason({ url, at })).toMatch(/^\S+ (accepts the connection and closes it|fails: socket hang up)/);
    },
  );

  test.each([500, 502, 503])("if it answers HTTP %i", async (code) => {
    const at = await status(code);
    expect(await reason({ url: `http://${at}/`, at })).toBe(`${at} answers HTTP ${code}`);
  });

  test("if MySQL refuses the connection, or another server answers", async () => {
    const refusing = await tcp((socket) => socket.write(packet(0xff, 0x10, 0x04, "#08004Too many connections")));
    expect(await reason({ url: "mysql://x:3306", at: refusing })).toBe(
      `${refusing} MySQL refuses: Too many connections`,
    );
    const other = await tcp((socket) => socket.write("SSH-2.0-OpenSSH"));
    expect(await reason({ url: "mysql://x:3306", at: other })).toBe(`${other} does not answer like MySQL`);
  });

  test("with a certificate of another authority or for another name", async () => {
    const pair = await selfSigned("jenkins.example.com");
    const other = await selfSigned("jenkins.example.com");
    const at = await https(pair, (_, response) => response.end());
    const url = "https://jenkins.example.com/";
    const wrong = `${at} has a certificate that cannot be verified: `;
    expect(await reason({ url, at })).toMatch(new RegExp(`^${wrong}.*self-signed`));
    expect(await reason({ url, at, ca: other.certificate })).toMatch(new RegExp(`^${wrong}`));
    expect(await reason({ url: "https://other.example.com/", at, ca: pair.certificate })).toMatch(
      new RegExp(`^${wrong}.*other\\.example\\.com`),
    );
  });

  test("if its name does not resolve", async () => {
    expect(await reason({ url: "http://x/", at: "nothing.invalid:80" })).toBe(
      "nothing.invalid:80 has a name that does not resolve",
    );
  });
});

describe("an endpoint is not asked", () => {
  test("in the private network", async () => {
    expect(await ask({ url: "https://10.0.0.46:3100" })).toEqual([
      "  it: not asked, https://10.0.0.46:3100 is in the private network",
    ]);
  });

  test.each(["ssh://me@build.example.com", "tcp://10.1.2.3:2376"])("on the loopback of %s", async (dockerHost) => {
    expect(await ask({ url: "mysql://10.77.0.40:3306", at: "127.0.0.1:1" }, { dockerHost })).toEqual([
      `  it: not asked, 127.0.0.1:1 is on the Docker host ${dockerHost}`,
    ]);
  });

  test.each(["unix:///run/docker.sock", "tcp://localhost:2375"])(
    "only with a remote Docker host: %s",
    async (dockerHost) => {
      expect(await reason({ url: "mysql://x:1", at: "127.0.0.1:1" }, { dockerHost })).toContain("refuses");
    },
  );
});

test("names every endpoint without an answer, and does not fail for ranges that exclude this machine", async () => {
  const good = await status(200);
  const bad = await status(502);
  const all = {
    jenkins: { url: `http://${good}/`, at: good },
    paas: { url: `http://${bad}/`, at: bad, from: ["203.0.113.0/24"] },
    logs: { url: "https://10.0.0.46:3100" },
  };
  await expect(askEndpoints("dev", all, { ...patient, timeoutMs: 100 })).rejects.toThrow(
    new OperationError(
      `dev is updated, but not everything answers:\n  paas: ${bad} answers HTTP 502\n` +
        "look at the load balancer and the machines behind it (docs/operations.md), and run up again",
    ),
  );
  const at = await silent();
  const lines = await ask({ url: "tcp://x:443", at, from: ["203.0.113.0/24", "198.51.100.0/24"] }, short);
  expect(lines).toEqual([
    `  it: no answer from ${at}, which only 203.0.113.0/24, 198.51.100.0/24 may reach; ask from there`,
  ]);
  expect(await reason({ url: "tcp://x:443", at, from: ["0.0.0.0/0"] }, short)).toBe(`${at} does not answer`);
});

test("finds the endpoints among the outputs of a stack", async () => {
  const endpoints = { logs: { url: "https://10.0.0.46:3100" } };
  expect(separateEndpoints({ a: { value: 1, secret: false }, endpoints: { value: endpoints, secret: false } })).toEqual(
    {
      endpoints,
      others: { a: { value: 1, secret: false } },
    },
  );
  expect(await askEndpoints("dev", separateEndpoints({}).endpoints)).toEqual([]);
});
