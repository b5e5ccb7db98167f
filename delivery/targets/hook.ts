import { createHmac, randomUUID } from "node:crypto";
import { request as plain } from "node:http";
import { request as secure } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { formatValue } from "../rules/validate.ts";
import { type Deployed, type RunningApp, type Target, TargetError } from "./target.ts";

export interface HookOptions {
  /** Address of the hook, for example `http://10.20.0.50:9010` or `https://10.20.0.50:9443`. */
  url: string;
  /** CA certificate of the hook (PEM). Default: the CA certificates of Node. */
  ca?: string;
  /** Token of each app for the hook. */
  tokens: Readonly<Record<string, string>>;
  /** Wait before a retry while another call is in progress, in milliseconds. Default: 5000. */
  retryMs?: number;
  /** Maximum number of attempts. Default: 60. */
  tries?: number;
}

/** The hook answers after pull, start, health check and drain. This limit is above the limit of the hook. */
const answerWithinMs = 16 * 60_000;

const rows = z.object({
  apps: z.array(
    z.object({
      app: z.string(),
      name: z.string(),
      digest: z.string().nullish(),
      state: z.string(),
      since: z.string().nullish(),
    }),
  ),
});
const outcome = z.object({
  name: z.string(),
  digest: z.string().nullish(),
  outcome: z.string(),
  url: z.string().optional(),
});

/** Client for the deploy hook of a host. Calls are signed; the hook answers with the outcome. */
export class HookTarget implements Target {
  readonly #options: HookOptions & { retryMs: number; tries: number };

  constructor(options: HookOptions) {
    this.#options = { retryMs: 5000, tries: 60, ...options, url: options.url.replace(/\/+$/, "") };
  }

  async deploy(app: string, digest: string, name?: string): Promise<Deployed> {
    const answer = await this.#call(app, { action: "deploy", digest, ...(name !== undefined && { name }) }, () =>
      this.#reached(app, name ?? app, digest),
    );
    return {
      name: answer.name,
      digest,
      changed: answer.outcome !== "unchanged",
      ...(answer.url !== undefined && { url: answer.url }),
    };
  }

  async rollback(app: string, name?: string): Promise<Deployed> {
    const answer = await this.#call(app, { action: "rollback", ...(name !== undefined && { name }) });
    return {
      name: answer.name,
      digest: answer.digest ?? "",
      changed: true,
      ...(answer.url !== undefined && { url: answer.url }),
    };
  }

  async remove(app: string, name: string): Promise<void> {
    if (!(await this.list()).some((one) => one.name === name)) return;
    await this.#call(app, { action: "remove", name });
  }

  async list(): Promise<RunningApp[]> {
    const url = `${this.#options.url}/apps`;
    const { status, body } = await send("GET", url, { ca: this.#options.ca });
    const parsed = rows.safeParse(body);
    if (status !== 200 || !parsed.success)
      throw new TargetError(
        `${url}: ${status === 200 ? `unexpected answer ${formatValue(body)}` : reason(status, body)}`,
      );
    return parsed.data.apps
      .filter((row) => row.state !== "none")
      .map(({ app, name, digest, state, since }) => ({
        app,
        name,
        state,
        since: since ?? new Date(0).toISOString(),
        ...(digest && { digest }),
      }));
  }

  /** After a lost answer, checks whether the app runs the digest. */
  async #reached(app: string, name: string, digest: string): Promise<z.infer<typeof outcome> | undefined> {
    const found = (await this.list()).find((one) => one.app === app && one.name === name);
    return found?.digest === digest && found.state === "running" ? { name, digest, outcome: "deployed" } : undefined;
  }

  async #call(
    app: string,
    action: Record<string, string>,
    afterwards?: () => Promise<z.infer<typeof outcome> | undefined>,
  ): Promise<z.infer<typeof outcome>> {
    const { url, ca, tokens, retryMs, tries } = this.#options;
    const token = tokens[app];
    if (token === undefined)
      throw new TargetError(
        `no token for ${app} at ${url}; tokens are given for: ${Object.keys(tokens).join(", ") || "none"}`,
      );
    for (let attempt = 1; ; attempt++) {
      // Sign each attempt again: a nonce is valid for one call, a timestamp for a few minutes.
      const text = JSON.stringify({ ...action, app, timestamp: Math.floor(Date.now() / 1000), nonce: randomUUID() });
      const signature = createHmac("sha256", token).update(text).digest("hex");
      const { status, body } = await send("POST", `${url}/apps/${app}`, {
        ca,
        text,
        signature: `sha256=${signature}`,
      }).catch((error: Error) => ({
        status: 0,
        body: { error: error.message } as unknown,
      }));
      if (status === 200) {
        const parsed = outcome.safeParse(body);
        if (parsed.success) return parsed.data;
      }
      // Do not retry the other 409: the maximum number of previews is reached.
      if (status === 409 && attempt < tries && /under way/.test(reason(status, body))) {
        await sleep(retryMs);
        continue;
      }
      const unknown = status === 0 || status >= 500 || status === 200;
      const done = unknown ? await afterwards?.().catch(() => undefined) : undefined;
      if (done !== undefined) return done;
      const subject = action.name ?? app;
      const hint = unknown ? "; the outcome is unknown, check the apps that the hook lists" : "";
      throw new TargetError(`${action.action} of ${subject} at ${url}: ${reason(status, body)}${hint}`);
    }
  }
}

interface Answer {
  status: number;
  body: unknown;
}

// Not fetch, which gives up after five minutes without an answer.
function send(
  method: "GET" | "POST",
  url: string,
  { ca, text, signature }: { ca: string | undefined; text?: string; signature?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const start = url.startsWith("https:") ? secure : plain;
    const length =
      text === undefined
        ? {}
        : { "Content-Type": "application/json", "Content-Length": String(Buffer.byteLength(text)) };
    const signed = signature === undefined ? {} : { "X-Paasmas-Signature": signature };
    const call = start(
      url,
      { method, headers: { ...length, ...signed }, timeout: answerWithinMs, ...(ca !== undefined && { ca }) },
      (response) => {
        let received = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (received += part));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: json(received) }));
        response.on("error", reject);
      },
    );
    call.on("timeout", () => call.destroy(new Error("no answer in time")));
    call.on("error", reject);
    call.end(text);
  });
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function reason(status: number, body: unknown): string {
  const hasError = typeof body === "object" && body !== null && "error" in body;
  const message = hasError ? String(body.error) : formatValue(body);
  return status === 0 ? message : `${message} (${status})`;
}
