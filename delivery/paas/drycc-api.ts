import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { show } from "../decisions/problem.ts";
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

/** The controller's REST API, `/v2`, for one user. */
export class DryccApi {
  readonly url: string;
  readonly #login: DryccLogin;
  #token: string | undefined;

  /** @param url Address of the controller, `https://drycc.apps.example.com`. */
  constructor(url: string, login: DryccLogin) {
    this.url = url.replace(/\/+$/, "");
    this.#login = login;
  }

  /**
   * Asks for something.
   * @param allowed Statuses that are no failure, beside those below 300.
   * @throws TargetError naming what was asked for and what came back.
   */
  async ask(method: string, path: string, body?: unknown, allowed: readonly number[] = []): Promise<Answer> {
    this.#token ??= await this.#newToken();
    const answer = await this.#send(method, path, body, { Authorization: `token ${this.#token}` });
    if (answer.status >= 300 && !allowed.includes(answer.status)) throw this.#failure(method, path, answer);
    return answer;
  }

  /** What was answered, in the form that is expected. */
  async get<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const answer = await this.ask("GET", path);
    return this.#parsed(path, schema, answer.body);
  }

  /** Every item of a list, a page at a time. */
  async list<T>(path: string, item: z.ZodType<T>): Promise<T[]> {
    const page = z.object({ count: z.number(), results: z.array(item) });
    const all: T[] = [];
    for (;;) {
      const { count, results } = await this.get(`${path}?limit=100&offset=${all.length}`, page);
      all.push(...results);
      if (results.length === 0 || all.length >= count) return all;
    }
  }

  /** A login is exchanged for a token in two steps, the way the command line does it. */
  async #newToken(): Promise<string> {
    const login = await this.#send("POST", "/auth/login", this.#login);
    if (login.status >= 400 && login.status < 500)
      throw new TargetError(`${this.url}: ${this.#login.username} cannot log in: ${reason(login)}`);
    if (login.status !== 200) throw this.#failure("POST", "/auth/login", login);
    const path = `/auth/token/${this.#parsed("/auth/login", key, login.body).key}`;
    const made = await this.#send("GET", `${path}?alias=paasmas`);
    if (made.status !== 200) throw this.#failure("GET", "/auth/token", made);
    return this.#parsed("/auth/token", token, made.body).token;
  }

  /** Reading is tried again when nothing came back: that changes nothing. */
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
    // What an answer to a login holds is a secret.
    if (!success)
      throw new TargetError(
        `${this.url}/v2${path.split("?")[0]}: answers ${path.startsWith("/auth") ? "something else than a login" : show(body)}`,
      );
    return data as T;
  }

  #failure(method: string, path: string, answer: Answer): TargetError {
    return new TargetError(`${method} ${this.url}/v2${path.split("?")[0]}: ${reason(answer)}`);
  }
}

/** What an answer says that went wrong, and its status. */
export function reason({ status, body }: Answer): string {
  const said = typeof body === "object" && body !== null && "detail" in body ? String(body.detail) : show(body);
  return `${said} (${status})`;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
