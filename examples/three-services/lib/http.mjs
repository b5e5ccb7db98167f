import { createServer } from "node:http";

/** An error status: a handler throws it, and the server sends it to the client. */
export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const largestBody = 16 * 1024;

/** The body of a request as JSON. */
export async function readJson(request) {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) {
    text += part;
    if (text.length > largestBody) throw new HttpError(413, `a body may have ${largestBody} characters`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpError(400, "the body is not JSON");
  }
}

/**
 * An HTTP server around a handler that returns `{ status?, type?, body }` or throws an HttpError. `/healthz` answers
 * 200 if `healthy` does not throw; a deployment waits for it.
 */
export function serve(handle, healthy = async () => {}) {
  return createServer(async (request, response) => {
    const url = new URL(request.url, "http://service");
    const answer = (status, type, body) => {
      response.writeHead(status, {
        "Content-Type": type,
        "Content-Length": Buffer.byteLength(body),
        "X-Content-Type-Options": "nosniff",
      });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    try {
      if (url.pathname === "/healthz") {
        await healthy().catch((error) => {
          throw new HttpError(503, error.message);
        });
        return answer(200, "application/json", '{"healthy":true}\n');
      }
      const { status = 200, type = "application/json", body } = await handle(request, url);
      answer(status, type, type === "application/json" ? `${JSON.stringify(body)}\n` : body);
    } catch (error) {
      if (!(error instanceof HttpError)) console.error(error);
      const [status, message] =
        error instanceof HttpError ? [error.status, error.message] : [500, "something went wrong"];
      answer(status, "application/json", `${JSON.stringify({ error: message })}\n`);
    }
  });
}

/** Listens until it receives a stop signal and finishes its open requests, so a deployment fails no request. */
export function run(server, port = Number(process.env.PORT ?? 8080)) {
  server.listen(port, () => console.log(`listening on ${server.address().port}`));
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => {
      server.close(() => process.exit(0));
      server.closeIdleConnections();
    });
  }
}

/** Requests another service. A failure of that service becomes status 502. */
export async function ask(url, options = {}) {
  let response;
  try {
    response = await fetch(url, { ...options, signal: AbortSignal.timeout(5000) });
  } catch (error) {
    throw new HttpError(502, `${new URL(url).host} does not answer: ${error.cause?.message ?? error.message}`);
  }
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  throw new HttpError(
    response.status < 500 ? response.status : 502,
    body.error ?? `${new URL(url).host} answers ${response.status}`,
  );
}

/** A required setting. Without it the process exits with code 1. */
export function setting(name) {
  const value = process.env[name];
  if (!value) {
    console.error(`${name} is not set`);
    process.exit(1);
  }
  return value;
}
