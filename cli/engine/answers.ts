import { lookup } from "node:dns/promises";
import http from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";
import { OperationError } from "../../errors.ts";

/** Service that a stack offers, from its output `endpoints`. */
export interface Endpoint {
  /** URL for clients: `https://jenkins.example.com/`, `mysql://10.0.0.40:3306`, `tcp://apps.example.com:443`. */
  url: string;
  /** Address and port for a connection from outside of the private network. Absent: only that network reaches it. */
  at?: string;
  /** Authority of its certificate (PEM). Absent: a public one. */
  ca?: string;
  /** Address ranges that may connect. */
  from?: readonly string[];
}

export interface AskOptions {
  /** Longest wait for all endpoints. Load balancers of clouds need minutes until they forward to a new machine. */
  timeoutMs: number;
  /** Pause between two requests to one endpoint. */
  pauseMs: number;
  /** Longest wait for one answer. */
  answerMs: number;
  /** Docker host of the docker command; a remote one publishes its ports there, not here. */
  dockerHost?: string;
  /** Gets a line for each endpoint that does not answer the first request. */
  onWait?: (line: string) => void;
}

const defaults: AskOptions = { timeoutMs: 180_000, pauseMs: 2_000, answerMs: 10_000 };

/**
 * Asks each endpoint of an environment until it answers: HTTP with a status below 500, MySQL with its greeting, others
 * with a connection.
 * @param endpoints The output `endpoints` of a stack; a program without it promises nothing.
 * @returns A line for each endpoint: where it answers, or why it was not asked.
 * @throws OperationError that names each endpoint without an answer and the reason.
 */
export async function askEndpoints(
  environment: string,
  endpoints: Readonly<Record<string, Endpoint>> | undefined,
  options: Partial<AskOptions> = {},
): Promise<string[]> {
  const all = { ...defaults, dockerHost: process.env.DOCKER_HOST, ...options };
  const results = await Promise.all(
    Object.entries(endpoints ?? {}).map(async ([name, endpoint]) => ({ name, ...(await askOne(name, endpoint, all)) })),
  );
  const silent = results.filter(({ failed }) => failed);
  if (silent.length === 0) return results.map(({ name, text }) => `  ${name}: ${text}`);
  throw new OperationError(
    [
      `${environment} is updated, but not everything answers:`,
      ...silent.map(({ name, text }) => `  ${name}: ${text}`),
      "look at the load balancer and the machines behind it (docs/operations.md), and run up again",
    ].join("\n"),
  );
}

/** The output `endpoints` among the outputs of a stack, and the other outputs, for users. */
export function separateEndpoints<Output extends { value: unknown }>(outputs: Readonly<Record<string, Output>>) {
  const { endpoints, ...others } = outputs;
  return { endpoints: endpoints?.value as Record<string, Endpoint> | undefined, others };
}

interface Outcome {
  text: string;
  failed: boolean;
}

async function askOne(name: string, { at, url, ca, from = [] }: Endpoint, options: AskOptions): Promise<Outcome> {
  if (at === undefined) return { text: `not asked, ${url} is in the private network`, failed: false };
  const address = addressOf(at);
  if (isLoopback(address.host) && isRemote(options.dockerHost))
    return { text: `not asked, ${at} is on the Docker host ${options.dockerHost}`, failed: false };
  const deadline = Date.now() + options.timeoutMs;
  for (let first = true; ; first = false) {
    const answer = await ask(new URL(url), address, ca, options.answerMs);
    if (answer.ok)
      return { text: `answers at ${at}, ${answer.text}${await nameNote(url, address.host)}`, failed: false };
    if (Date.now() + options.pauseMs >= deadline) {
      if (answer.silent && !from.includes("0.0.0.0/0") && from.length > 0) {
        const text = `no answer from ${at}, which only ${from.join(", ")} may reach; ask from there`;
        return { text, failed: false };
      }
      return { text: `${at} ${answer.text}`, failed: true };
    }
    if (first) options.onWait?.(`Waiting for ${name}: ${at} ${answer.text}.`);
    await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
  }
}

interface Answer {
  ok: boolean;
  /** What it answered, `HTTP 302`; or what it did instead, `refuses the connection`. */
  text: string;
  /** Whether no packet came back, as from a firewall. */
  silent?: boolean;
}

interface Address {
  host: string;
  port: number;
}

function ask(url: URL, address: Address, ca: string | undefined, timeout: number): Promise<Answer> {
  switch (url.protocol) {
    case "http:":
    case "https:":
      return askHttp(url, address, ca, timeout);
    case "mysql:":
      return askMysql(address, timeout);
    default:
      return connect(address, timeout, (_, done) => done({ ok: true, text: "accepts connections" }));
  }
}

/** Sends one request to an address, with the name of the URL in the certificate and in the request. */
function askHttp(url: URL, { host, port }: Address, ca: string | undefined, timeout: number): Promise<Answer> {
  const secure = url.protocol === "https:";
  const options: https.RequestOptions = {
    host,
    port,
    path: url.pathname + url.search,
    headers: { Host: url.host },
    agent: false,
    timeout,
    ...(secure && {
      ...(net.isIP(url.hostname) === 0 && { servername: url.hostname }),
      checkServerIdentity: (_: string, certificate: tls.PeerCertificate) =>
        tls.checkServerIdentity(url.hostname, certificate),
      // A given certificate can be that of the server itself.
      ...(ca !== undefined && { ca, allowPartialTrustChain: true }),
    }),
  };
  return new Promise((resolve) => {
    const request = (secure ? https : http).get(options);
    let connected = false;
    const limit = setTimeout(() => request.destroy(hung(timeout)), timeout);
    const done = (answer: Answer) => {
      clearTimeout(limit);
      request.destroy();
      resolve(answer);
    };
    request.on("socket", (socket) => socket.on("connect", () => (connected = true)));
    request.on("error", (error: NodeJS.ErrnoException) => done(failure(error, connected)));
    request.on("response", ({ statusCode = 0 }) =>
      done({ ok: statusCode < 500, text: statusCode < 500 ? `HTTP ${statusCode}` : `answers HTTP ${statusCode}` }),
    );
  });
}

/** Waits for the greeting of a MySQL server: a load balancer without a server behind it closes the connection. */
function askMysql(address: Address, timeout: number): Promise<Answer> {
  return connect(address, timeout, (socket, done) => {
    let received = Buffer.alloc(0);
    socket.on("data", (data) => {
      received = Buffer.concat([received, data]);
      // Three bytes of length, one of the sequence, then the packet.
      const length = received.length < 4 ? Number.POSITIVE_INFINITY : received.readUIntLE(0, 3);
      if (received.length >= 5 && received[4] !== 0x0a && received[4] !== 0xff)
        done({ ok: false, text: "does not answer like MySQL" });
      if (received.length < 4 + length) return;
      const packet = received.subarray(4, 4 + length);
      if (packet[0] === 0x0a) done({ ok: true, text: `MySQL ${packet.subarray(1, packet.indexOf(0, 1)).toString()}` });
      else
        done({
          ok: false,
          text: `MySQL refuses: ${packet
            .subarray(3)
            .toString()
            .replace(/^#\w{5}/, "")}`,
        });
    });
    socket.on("end", () => done({ ok: false, text: "accepts the connection and closes it without an answer" }));
  });
}

/** Connects, and lets `use` decide about the answer within the time limit. */
function connect(
  { host, port }: Address,
  timeout: number,
  use: (socket: net.Socket, done: (answer: Answer) => void) => void,
): Promise<Answer> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port });
    let connected = false;
    const limit = setTimeout(() => socket.destroy(hung(timeout)), timeout);
    const done = (answer: Answer) => {
      clearTimeout(limit);
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => {
      connected = true;
      use(socket, done);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => done(failure(error, connected)));
  });
}

const hung = (timeout: number) => Object.assign(new Error(`no answer within ${timeout / 1000} s`), { code: "HUNG" });

function failure(error: NodeJS.ErrnoException, connected: boolean): Answer {
  const { code = "" } = error;
  if (code === "HUNG" && connected) return { ok: false, text: `accepts the connection, but gives ${error.message}` };
  if (code === "HUNG" || code === "ETIMEDOUT") return { ok: false, text: "does not answer", silent: true };
  if (code === "ECONNREFUSED") return { ok: false, text: "refuses the connection" };
  if (code === "ECONNRESET") return { ok: false, text: "accepts the connection and closes it without an answer" };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return { ok: false, text: "has a name that does not resolve" };
  if (/^EHOSTUNREACH|^ENETUNREACH/.test(code)) return { ok: false, text: "cannot be reached", silent: true };
  if (/CERT|ALTNAME|ISSUER|SIGNATURE/.test(code))
    return { ok: false, text: `has a certificate that cannot be verified: ${error.message}` };
  return { ok: false, text: `fails: ${error.message}` };
}

/** A note if the name in the URL does not lead to an endpoint that answers at its address. */
async function nameNote(url: string, address: string): Promise<string> {
  const { hostname } = new URL(url);
  if (hostname === address || net.isIP(hostname.replace(/^\[|\]$/g, "")) !== 0 || isLoopback(address)) return "";
  const found = await lookup(hostname).catch(() => undefined);
  return found === undefined ? `; ${hostname} does not resolve, create its DNS record` : "";
}

function addressOf(at: string): Address {
  const { hostname, port } = new URL(`tcp://${at}`);
  return { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port) };
}

function isLoopback(host: string): boolean {
  return host === "::1" || host === "localhost" || host.startsWith("127.");
}

/** Whether the docker command uses another machine: `ssh://` and `tcp://` with the name of one. */
function isRemote(dockerHost: string | undefined): boolean {
  if (dockerHost === undefined || !/^(ssh|tcp|https?):/.test(dockerHost)) return false;
  return !isLoopback(URL.parse(dockerHost)?.hostname ?? "");
}
