import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { formatValue } from "../rules/validate.ts";
import { TargetError } from "../targets/target.ts";

export interface DryccLogin {
  username: string;
  password: string;
}

const key = z.object({ key: z.string().min(1) });
const token = z.object({ token: z.string().min(1) });

export interface Answer {
  status: number;
  body: unknown;
}

/** Client for the REST API of the controller (`/v2`), for one user. */
export class DryccApi {
  readonly url: string;
  readonly #login: DryccLogin;
  #token: string | undefined;

  /** @param url Address of the controller, for example `https://drycc.apps.example.com`. */
  constructor(url: string, login: DryccLogin) {
    this.url = url.replace(/\/+$/, "");
    this.#login = login;
  }

  /**
   * Sends a request.
   * @param allowed Additional statuses that are not an error. A status below 300 never is.
   * @throws TargetError with the request and the answer.
   */
  async ask(method: string, path: string, body?: unknown, allowed: readonly number[] = []): Promise<Answer> {
    this.#token ??= await this.#newToken();
    const answer = await this.#send(method, path, body, { Authorization: `token ${this.#token}` });
    if (answer.status >= 300 && !allowed.includes(answer.status)) throw this.#failure(method, path, answer);
    return answer;
  }

  /** Reads a path and checks the answer against a schema. */
  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const answer = await this.ask("GET", path);
    return this.#parsed(path, schema, answer.body);
  }

  /** Reads all pages of a list. */
  async list<T>(path: string, item: z.ZodType<T>): Promise<T[]> {
    const page = z.object({ count: z.number(), results: z.array(item) });
    const all: T[] = [];
    for (;;) {
      const { count, results } = await this.get(`${path}?limit=100&offset=${all.length}`, page);
      all.push(...results);
      if (results.length === 0 || all.length >= count) return all;
    }
  }

  /** Exchanges the login for a token in two steps, as the command line of Drycc does. */
  async #newToken(): Promise<string> {
    const login = await this.#send("POST", "/auth/login", this.#login);
    if (login.status >= 400 && login.status < 500)
      throw new TargetError(`${this.url}: ${this.#login.username} cannot log in: ${reason(login)}`);
    if (login.status !== 200) throw this.#failure("POST", "/auth/login", login);
    const path = `/auth/token/${this.#parsed("/auth/login", key, login.body).key}`;
    const created = await this.#send("GET", `${path}?alias=paasmas`);
    if (created.status !== 200) throw this.#failure("GET", "/auth/token", created);
    return this.#parsed("/auth/token", token, created.body).token;
  }

  /** Retries a GET without an answer, because a GET changes nothing. */
  async #send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    for (let attempt = 1; ; attempt++) {
      try {
        const response = await fetch(`${this.url}/v2${path}`, {
          method,
          headers: { ...headers, ...(body !== undefined && { "Content-Type": "application/json" }) },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          redirect: "error",
          signal: AbortSignal.timeout(60_000),
        });
        return { status: response.status, body: json(await response.text()) };
      } catch (error) {
        if (method === "GET" && attempt < 3) {
          await sleep(attempt * 200);
          continue;
        }
        const { cause, message } = error as Error;
        throw new TargetError(`${this.url}: ${cause instanceof Error ? cause.message : message}`);
      }
    }
  }

  #parsed<T>(path: string, schema: z.ZodType<T>, body: unknown): T {
    const { success, data } = schema.safeParse(body);
    if (success) return data;
    // The answer to a login is a secret.
    const answer = path.startsWith("/auth")
      ? "unexpected answer to the login"
      : `unexpected answer ${formatValue(body)}`;
    throw new TargetError(`${this.url}/v2${path.split("?")[0]}: ${answer}`);
  }

  #failure(method: string, path: string, answer: Answer): TargetError {
    return new TargetError(`${method} ${this.url}/v2${path.split("?")[0]}: ${reason(answer)}`);
  }
}

/** The error message of an answer, and its status. */
export function reason({ status, body }: Answer): string {
  const hasDetail = typeof body === "object" && body !== null && "detail" in body;
  return `${hasDetail ? String(body.detail) : formatValue(body)} (${status})`;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
