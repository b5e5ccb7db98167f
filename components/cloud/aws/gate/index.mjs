import http from "node:http";

/** Time that remains for the answer before Lambda stops the function, in milliseconds. */
const reserveMs = 5_000;
/** Shortest and longest time limit of one request, in milliseconds. */
const attemptMs = { min: 1_000, max: 5_000 };

/**
 * Waits until a machine answers `GET` with status 200. After the time limit, the last round fails with the last answer;
 * an earlier round returns `ready: false`.
 * Event: { machine, address, port, path, timeoutSeconds, lastRound = true, intervalSeconds = 2 }.
 */
export async function handler(event, context) {
  const { machine, address, port, path, timeoutSeconds, lastRound = true, intervalSeconds = 2 } = event;
  const started = Date.now();
  const remaining = context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  const deadline = started + Math.min(timeoutSeconds * 1000, remaining - reserveMs);
  const seconds = () => Math.round((Date.now() - started) / 1000);
  for (let attempts = 1; ; attempts++) {
    const timeout = Math.max(attemptMs.min, Math.min(attemptMs.max, deadline - Date.now()));
    const answer = await ask({ address, port, path, timeout });
    if (answer.status === 200) return { machine, ready: true, attempts, seconds: seconds() };
    if (Date.now() + intervalSeconds * 1000 >= deadline) {
      if (!lastRound) return { machine, ready: false, attempts, seconds: seconds() };
      throw new Error(
        `${machine} (${address}:${port}${path}) was not ready within ${seconds()} s; last answer: ${answer.text}`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, intervalSeconds * 1000));
  }
}

/** Sends one request. Never rejects: a machine that does not answer is not ready yet. */
function ask({ address, port, path, timeout }) {
  return new Promise((resolve) => {
    const request = http.get({ host: address, port, path, agent: false, signal: AbortSignal.timeout(timeout) });
    request.on("error", (error) => {
      const text = error.name === "AbortError" ? `none within ${timeout} ms` : (error.code ?? error.message);
      resolve({ text });
    });
    request.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      // The answer has a few words. More would only make the log line long.
      response.on("data", (chunk) => {
        body = (body + chunk).slice(0, 200);
      });
      const done = () => {
        const text = body.replaceAll(/\s+/g, " ").trim();
        resolve({ status: response.statusCode, text: `HTTP ${response.statusCode}${text ? `: ${text}` : ""}` });
      };
      response.on("end", done);
      response.on("error", done);
    });
  });
}
