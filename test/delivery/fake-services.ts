import { createHash, createHmac } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runMain } from "../cli/in-process.ts";
import type { Ran } from "../cli/project-copy.ts";

/** A call of a hook, as `action name digest`. */
export type HookCall = string;

interface Pull {
  number: number;
  state: "open" | "closed";
  author: string;
  head: string;
  base?: string;
  labels?: string[];
  reviews?: { user: string; state: string; commit_id: string }[];
}

/**
 * The services of delivery, on one port: a registry with immutable tags, three deploy hooks that check signatures, and
 * GitHub with pages of two items.
 */
export class FakeServices {
  readonly dir = mkdtempSync(join(tmpdir(), "paasmas-delivery-"));
  readonly tags = new Map<string, string>();
  readonly manifests = new Map<string, { type: string; bytes: Buffer }>();
  readonly calls: Record<"preview" | "staging" | "production", HookCall[]> = {
    preview: [],
    staging: [],
    production: [],
  };
  readonly running: Record<
    "preview" | "staging" | "production",
    { app: string; name: string; digest: string; since: string }[]
  > = { preview: [], staging: [], production: [] };
  readonly pulls = new Map<number, Pull>();
  readonly permissions = new Map<string, string>();
  readonly files = new Map<string, string>();
  /** Commits on `main` on GitHub. */
  readonly onMain = new Set<string>();
  comments: { id: number; user: { login: string }; body: string }[] = [];
  /** Bodies of all hook calls. */
  readonly bodies: string[] = [];
  /** Answers for the next hook calls, instead of the normal ones. */
  hookAnswers: { status: number; body: object; drop?: boolean; act?: boolean }[] = [];
  /** Authorization header that the registry requires: `Basic ...` or `Bearer ...`. */
  registryAuthorization: string | undefined;
  registryChallenge = 'Basic realm="registry"';
  readonly tokens = { api: "token-of-api-0123456789", front: "token-of-front-0123456789" };
  readonly #server: Server;
  #nonces = new Set<string>();
  #time = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.write("delivery.yaml", this.project());
    this.write("tokens.json", JSON.stringify(this.tokens));
    for (const app of ["api", "front"]) this.write(`${app}/Dockerfile`, `FROM scratch\n# ${app}\n`);
    return this;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.dir, { recursive: true });
  }

  get host(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  project(more = ""): string {
    const place = (name: string) => `    hook: http://${this.host}/${name}\n    domain: ${name}.example.com\n`;
    return `repository: example/shop
apps:
  api: { image: ${this.host}/shop/api }
  front: { image: ${this.host}/shop/front }
environments:
  preview:
${place("preview")}    quota: 2
    maxAgeHours: 48
${more}  staging:
${place("staging")}  production:
${place("production")}`;
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    writeFileSync(join(this.dir, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), "utf8");
  }

  /** Runs `paasmas delivery` in the folder, in this process. */
  run(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> {
    return runMain(this.dir, ["delivery", ...args], { ...this.environment(), ...env });
  }

  /** Variables of each run. undefined removes one. */
  protected environment(): NodeJS.ProcessEnv {
    return {
      DOCKER_CONFIG: join(this.dir, "no-docker"),
      REGISTRY_AUTH_FILE: undefined,
      GITHUB_API_URL: `http://${this.host}/github`,
      GITHUB_TOKEN: "ghs_test",
    };
  }

  /** Runs it, requires exit code 0, and stores the result as a file. */
  // biome-ignore lint/suspicious/noExplicitAny: each command has another result; the tests compare it.
  async json(args: readonly string[], keep?: string): Promise<any> {
    const ran = await this.run([...args, "--json"]);
    if (ran.code !== 0) throw new Error(`${args.join(" ")} ended with ${ran.code}: ${ran.stderr}`);
    if (keep !== undefined) this.write(keep, ran.stdout);
    return JSON.parse(ran.stdout);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const url = new URL(request.url ?? "/", `http://${this.host}`);
    const [, first = "", ...rest] = url.pathname.split("/");
    const path = rest.join("/");
    const reply = (status: number, value: unknown, headers: Record<string, string> = {}): undefined => {
      response.writeHead(status, { "Content-Type": "application/json", ...headers });
      response.end(
        request.method === "HEAD"
          ? undefined
          : typeof value === "string" || Buffer.isBuffer(value)
            ? value
            : JSON.stringify(value),
      );
    };
    if (first === "v2") return this.#registry(request, path, body, reply);
    if (first === "token") return reply(200, { token: `for-${url.searchParams.get("scope")}` });
    if (first === "github") return this.#github(request, path, url, body, reply);
    if (first in this.calls) return this.#hook(first as "preview", request, path, body, reply, response);
    reply(404, {});
  }

  #registry(request: IncomingMessage, path: string, body: Buffer, reply: Reply): undefined {
    if (this.registryAuthorization !== undefined && request.headers.authorization !== this.registryAuthorization) {
      return reply(401, {}, { "WWW-Authenticate": this.registryChallenge });
    }
    const [, name = "", reference = ""] = /^(.+)\/manifests\/([^/]+)$/.exec(path) ?? [];
    const tag = `${name}:${reference}`;
    if (request.method === "PUT") {
      const digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
      if (this.tags.has(tag) && this.tags.get(tag) !== digest)
        return reply(400, { errors: [{ code: "TAG_INVALID", message: "tags are immutable" }] });
      this.manifests.set(digest, { type: request.headers["content-type"] ?? "", bytes: body });
      this.tags.set(tag, digest);
      return reply(201, "", { "Docker-Content-Digest": digest });
    }
    const digest = reference.startsWith("sha256:") ? reference : this.tags.get(tag);
    const found = digest === undefined ? undefined : this.manifests.get(digest);
    if (digest === undefined || found === undefined) return reply(404, { errors: [{ code: "MANIFEST_UNKNOWN" }] });
    reply(200, found.bytes, { "Content-Type": found.type, "Docker-Content-Digest": digest });
  }

  #hook(
    where: "preview" | "staging" | "production",
    request: IncomingMessage,
    path: string,
    body: Buffer,
    reply: Reply,
    response: ServerResponse,
  ): undefined {
    const apps = this.running[where];
    if (request.method === "GET" && path === "apps")
      return reply(200, { apps: apps.map((one) => ({ ...one, state: "running" })) });
    this.bodies.push(body.toString());
    const prepared = this.hookAnswers.shift();
    const call = JSON.parse(body.toString()) as Record<string, string> & { timestamp: number };
    const { action = "", app = "", name = call.app ?? "", digest = "", nonce = "", timestamp } = call;
    const expected = createHmac("sha256", this.tokens[app as "api"] ?? "")
      .update(body)
      .digest("hex");
    if (path !== `apps/${app}` || request.headers["x-paasmas-signature"] !== `sha256=${expected}`)
      return reply(401, { error: "the signature is wrong" });
    if (
      Math.abs(Date.now() / 1000 - timestamp) > 300 ||
      !Number.isInteger(timestamp) ||
      !/^[A-Za-z0-9_-]{16,64}$/.test(nonce) ||
      this.#nonces.has(nonce)
    )
      return reply(403, { error: "replayed" });
    this.#nonces.add(nonce);
    if (
      Object.keys(call).some((key) => !["action", "app", "name", "digest", "timestamp", "nonce"].includes(key)) ||
      request.headers["content-length"] !== String(body.length)
    )
      return reply(400, { error: "malformed" });
    this.calls[where].push([action, name, digest].filter(Boolean).join(" "));
    if (prepared !== undefined && prepared.act !== true)
      return prepared.drop ? void response.destroy() : reply(prepared.status, prepared.body);
    const index = apps.findIndex((one) => one.name === name);
    const unchanged = apps[index]?.digest === digest;
    const since = new Date(Date.UTC(2026, 10, 21, 12, this.#time++)).toISOString();
    if (action === "remove") apps.splice(index, 1);
    else if (action === "deploy")
      apps.splice(index < 0 ? apps.length : index, index < 0 ? 0 : 1, { app, name, digest, since });
    if (prepared?.drop) return void response.destroy();
    reply(200, {
      app,
      name,
      digest,
      state: "running",
      since,
      outcome:
        action === "remove" ? "removed" : unchanged ? "unchanged" : action === "rollback" ? "rolled back" : "deployed",
    });
  }

  #github(request: IncomingMessage, path: string, url: URL, body: Buffer, reply: Reply): undefined {
    if (request.headers.authorization !== "Bearer ghs_test") return reply(401, { message: "Bad credentials" });
    if (path === "graphql") return reply(200, { data: { viewer: { login: "delivery" } } });
    const inside = path.replace("repos/example/shop/", "");
    const list = (all: unknown[]): undefined => {
      const page = Number(url.searchParams.get("page") ?? 1);
      url.searchParams.set("page", String(page + 1));
      const size = 2;
      reply(
        200,
        all.slice((page - 1) * size, page * size),
        page * size < all.length ? { Link: `<${url.href}>; rel="next", <${url.href}>; rel="last"` } : {},
      );
    };
    const [, number, what] = /^pulls\/(\d+)(?:\/(\w+))?$/.exec(inside) ?? [];
    const pull = this.pulls.get(Number(number));
    if (inside === "pulls")
      return list(
        [...this.pulls.values()].filter(({ state }) => state === "open").map((one) => ({ number: one.number })),
      );
    if (number !== undefined && pull === undefined) return reply(404, { message: "Not Found" });
    if (pull !== undefined && what === "reviews")
      return list((pull.reviews ?? []).map(({ user, ...rest }) => ({ ...rest, user: { login: user } })));
    if (pull !== undefined) {
      const { author, head, base = "main", labels = [], ...rest } = pull;
      return reply(200, {
        ...rest,
        user: { login: author },
        head: { sha: head },
        base: { ref: base },
        labels: labels.map((name) => ({ name })),
      });
    }
    const [, compared] = /^compare\/main\.\.\.([0-9a-f]{40})$/.exec(inside) ?? [];
    if (compared !== undefined) return reply(200, { status: this.onMain.has(compared) ? "behind" : "diverged" });
    const [, login] = /^collaborators\/(.+)\/permission$/.exec(inside) ?? [];
    if (login !== undefined) {
      const permission = this.permissions.get(decodeURIComponent(login));
      return permission === undefined ? reply(404, { message: "Not Found" }) : reply(200, { permission });
    }
    if (inside === "contents/delivery.yaml") {
      const text = this.files.get(url.searchParams.get("ref") ?? "");
      return text === undefined ? reply(404, { message: "Not Found" }) : reply(200, text);
    }
    if (inside.startsWith("issues/") && request.method === "GET") return list(this.comments);
    const given = body.length > 0 ? (JSON.parse(body.toString()) as { body: string }) : { body: "" };
    const id = Number(/^issues\/comments\/(\d+)$/.exec(inside)?.[1]);
    if (request.method === "POST")
      this.comments.push({ id: 100 + this.comments.length, user: { login: "delivery[bot]" }, body: given.body });
    if (request.method === "PATCH") this.comments.find((one) => one.id === id)!.body = given.body;
    if (request.method === "DELETE") this.comments = this.comments.filter((one) => one.id !== id);
    reply(200, {});
  }
}

type Reply = (status: number, value: unknown, headers?: Record<string, string>) => undefined;
