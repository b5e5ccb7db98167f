import http from "node:http";

/** Time limit of the request for the reason, in milliseconds. */
const diagnosisMs = 12_000;
/** Time that remains for the reason and the answer before Lambda stops the function, in milliseconds. */
const reserveMs = diagnosisMs + 3_000;
/** Shortest and longest time limit of one request, in milliseconds. */
const attemptMs = { min: 1_000, max: 5_000 };

/**
 * Waits until a machine answers `GET` with status 200. After the time limit, the last round fails with the last answer
 * and the reason that the machine gives; an earlier round returns `ready: false`.
 * Event: { machine, instanceId, address, port, path, timeoutSeconds, lastRound = true, intervalSeconds = 2 }.
 */
export async function handler(event, context) {
  const { machine, instanceId, address, port, path, timeoutSeconds, lastRound = true, intervalSeconds = 2 } = event;
  const started = Date.now();
  const remaining = context?.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  const deadline = started + Math.min(timeoutSeconds * 1000, remaining - reserveMs);
  const seconds = () => Math.round((Date.now() - started) / 1000);
  for (let attempts = 1; ; attempts++) {
    const timeout = Math.max(attemptMs.min, Math.min(attemptMs.max, deadline - Date.now()));
    const answer = await ask({ address, port, path, timeout, limit: 200 });
    if (answer.status === 200) return { machine, ready: true, attempts, seconds: seconds() };
    if (Date.now() + intervalSeconds * 1000 >= deadline) {
      if (!lastRound) return { machine, ready: false, attempts, seconds: seconds() };
      throw new Error(
        [
          `${machine} (${address}:${port}${path}) was not ready within ${seconds()} s; last answer: ${answer.text}`,
          ...(answer.status === undefined ? [silence] : [await diagnosis(address, port)]),
          `see the state and the console with: aws ec2 describe-instances --instance-ids ${instanceId}; ` +
            `aws ec2 get-console-output --latest --output text --instance-id ${instanceId}`,
        ].join("\n"),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, intervalSeconds * 1000));
  }
}

/** Meaning of a machine without an answer: systemd starts the port early in the boot. */
const silence = "its port 9000 does not answer: it did not boot, is stopped, or Ignition did not apply its config";

/** Units that do not run and their last log lines, from the machine. */
async function diagnosis(address, port) {
  const answer = await ask({ address, port, path: "/diagnose", timeout: diagnosisMs, limit: 6_000 });
  return answer.body?.trimEnd() || `it gave no reason: ${answer.text}`;
}

/** Sends one request. Never rejects: a machine that does not answer is not ready yet. */
function ask({ address, port, path, timeout, limit }) {
  return new Promise((resolve) => {
    const request = http.get({ host: address, port, path, agent: false, signal: AbortSignal.timeout(timeout) });
    request.on("error", (error) => {
      const text = error.name === "AbortError" ? `none within ${timeout} ms` : (error.code ?? error.message);
      resolve({ text });
    });
    request.on("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        body = (body + chunk).slice(0, limit);
      });
      const done = () => {
        const text = body.replaceAll(/\s+/g, " ").trim();
        resolve({ status: response.statusCode, body, text: `HTTP ${response.statusCode}${text ? `: ${text}` : ""}` });
      };
      response.on("end", done);
      response.on("error", done);
    });
  });
}
