import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

interface Variable {
  name: string;
  value: string | null;
  group?: string;
  ptype?: string;
}

interface Config {
  uuid: string;
  values: Variable[];
  healthcheck: Record<string, unknown>;
}

interface Release {
  version: number;
  state: "created" | "succeed" | "crashed";
  failed: boolean;
  build: string | null;
  config: Config;
  created: string;
  exception: string | null;
  conditions: { exception: string; state: string; action: string }[];
}

/** The fields of all requests. Each request has some of them, which the controller checks. */
interface Body {
  username: string;
  password: string;
  id: string;
  image: string;
  stack?: string;
  domain: string;
  ptype?: string;
  values?: Variable[];
  healthcheck?: Record<string, unknown>;
}

interface Answer {
  status: number;
  body?: unknown;
}

interface App {
  id: string;
  owner: string;
  created: string;
  structure: Record<string, number>;
  releases: Release[];
  domains: string[];
}

/**
 * Fake of the REST API of Drycc Workflow, after rootfs/api of drycc/controller v1.13.1: URLs, statuses, pages, messages
 * and releases. A release ends after the answer to its request; a failed release keeps its record.
 */
export class DryccController {
  readonly users = new Map([
    ["delivery", "the-password"],
    ["somebody", "another-password"],
  ]);
  readonly apps = new Map<string, App>();
  readonly builds = new Map<string, { app: string; image: string; stack: string }>();
  /** All calls that change something, as `METHOD path body`. */
  readonly calls: string[] = [];
  /** Images whose pods do not start, with the reason. */
  readonly broken = new Map<string, string>();
  /** Number of reads of the releases until a release ends. */
  looks = 1;
  /** Answers for the next calls, instead of the normal ones. */
  answers: Answer[] = [];
  readonly #server: Server;
  readonly #tokens = new Map<string, string>();
  readonly #keys = new Map<string, string>();
  readonly #pending = new Map<Release, number>();
  #time = 0;

  constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Environment of the processes of an app. */
  environment(id: string): Record<string, string | null> {
    const { config } = this.#latest(this.apps.get(id)!)!;
    return Object.fromEntries(config.values.map(({ name, value }) => [name, value]));
  }

  /** The running image. */
  image(id: string): string | undefined {
    const release = this.apps.get(id)!.releases.findLast(({ state, build }) => state === "succeed" && build !== null);
    return release && this.builds.get(release.build!)!.image;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text || "{}") as Body;
    const url = new URL(request.url!, "http://controller");
    if (request.method !== "GET" && !url.pathname.startsWith("/v2/auth"))
      this.calls.push(`${request.method} ${url.pathname}${text === "" ? "" : ` ${text}`}`);
    const answer =
      this.answers.shift() ?? this.#answer(request.method!, url, body, request.headers.authorization ?? "");
    response
      .writeHead(answer.status, { "Content-Type": "application/json", DRYCC_API_VERSION: "2.3" })
      .end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  }

  #answer(method: string, url: URL, body: Body, authorization: string): Answer {
    const path = /^\/v2(\/.*?)\/?$/.exec(url.pathname)?.[1];
    if (path === undefined) return { status: 404, body: { detail: "Not Found" } };
    if (path === "/auth/login" && method === "POST") {
      if (this.users.get(body.username) !== body.password)
        return { status: 400, body: { detail: 'b\'{"error": "invalid_grant"}\'' } };
      const key = randomUUID().replaceAll("-", "");
      this.#keys.set(key, body.username);
      return { status: 200, body: { key } };
    }
    const [, key] = /^\/auth\/token\/(\w+)$/.exec(path) ?? [];
    if (key !== undefined) {
      const username = this.#keys.get(key);
      if (username === undefined) return { status: 404 };
      const token = `${randomUUID()}${randomUUID()}`;
      this.#tokens.set(token, username);
      return { status: 200, body: { uuid: randomUUID(), token, username } };
    }
    const user = this.#tokens.get(/^token (\S+)$/i.exec(authorization)?.[1] ?? "");
    if (user === undefined) return { status: 401, body: { detail: "Authentication credentials were not provided." } };
    if (path === "/apps")
      return method === "POST"
        ? this.#create(user, body)
        : this.#page(url, [...this.apps.values()].filter(({ owner }) => owner === user).map(shown));
    const [, id = "", rest = ""] = /^\/apps\/([a-z0-9-]+)(\/.*)?$/.exec(path) ?? [];
    const app = this.apps.get(id);
    if (app === undefined) return { status: 404, body: "No App matches the given query." };
    if (app.owner !== user)
      return { status: 403, body: { detail: "You do not have permission to perform this action." } };
    return this.#ofApp(app, `${method} ${rest}`, url, body);
  }

  #ofApp(app: App, call: string, url: URL, body: Body): Answer {
    switch (call) {
      case "GET ":
        return { status: 200, body: shown(app) };
      case "DELETE ":
        this.apps.delete(app.id);
        return { status: 204 };
      case "GET /config":
        return { status: 200, body: this.#latest(app)!.config };
      case "POST /config":
        return this.#configure(app, body);
      case "GET /build": {
        const version = Number(/^v?(\d+)$/.exec(url.searchParams.get("version") ?? "")?.[1] ?? 0);
        const release = version > 0 ? app.releases.find((one) => one.version === version) : this.#latest(app);
        if (release === undefined) return { status: 404, body: "No Release matches the given query." };
        return {
          status: 200,
          body:
            release.build === null
              ? { image: "", stack: "" }
              : { uuid: release.build, ...this.builds.get(release.build) },
        };
      }
      case "POST /build": {
        if (typeof body.stack !== "string" || body.stack === "")
          return { status: 400, body: { stack: ["This field is required."] } };
        if (/^(localhost|127\.0\.0\.1)(:\d+)?\//.test(body.image))
          return { status: 400, body: { detail: "image must not use the loopback address" } };
        const busy = this.#busy(app);
        if (busy) return busy;
        const uuid = randomUUID();
        this.builds.set(uuid, { app: app.id, image: body.image, stack: body.stack });
        this.#release(app, uuid, this.#latest(app)!.config);
        return { status: 201, body: { uuid, app: app.id, image: body.image, stack: body.stack } };
      }
      case "GET /releases":
        for (const release of app.releases) this.#look(app, release);
        return this.#page(
          url,
          app.releases.toReversed().map((one) => ({ ...one, config: one.config.uuid, app: app.id })),
        );
      case "POST /ptypes/scale":
        // A separate task scales, after the answer.
        setTimeout(() => Object.assign(app.structure, body), 5);
        return { status: 204 };
      case "GET /domains":
        return this.#page(
          url,
          app.domains.map((domain) => ({ app: app.id, domain, ptype: "web" })),
        );
      case "POST /domains": {
        const used = [...this.apps.values()].some(({ domains }) => domains.includes(body.domain));
        if (used)
          return { status: 400, body: { domain: [`The domain ${body.domain} is already in use by another app`] } };
        if (typeof body.ptype !== "string") return { status: 400, body: { ptype: ["This field is required."] } };
        app.domains.push(body.domain);
        return { status: 201, body: { app: app.id, domain: body.domain, ptype: body.ptype } };
      }
      default: {
        const [, domain] = /^DELETE \/domains\/(.+)$/.exec(call) ?? [];
        if (domain === undefined) return { status: 405, body: { detail: `Method not allowed.` } };
        if (!app.domains.includes(domain)) return { status: 404, body: "No Domain matches the given query." };
        app.domains = app.domains.filter((one) => one !== domain);
        return { status: 204 };
      }
    }
  }

  #create(owner: string, { id }: Body): Answer {
    if (!/^[a-z]([a-z0-9-]{3,}[a-z0-9])$/.test(id))
      return {
        status: 400,
        body: {
          id: [
            "App name must start with an alphabetic character, cannot end with a hyphen and " +
              "can only contain a-z (lowercase), 0-9 and hyphens.",
          ],
        },
      };
    if (this.apps.has(id)) return { status: 400, body: { id: ["application with this id already exists."] } };
    const app: App = { id, owner, created: this.#now(), structure: {}, releases: [], domains: [] };
    this.apps.set(id, app);
    app.releases.push({
      version: 1,
      state: "created",
      failed: false,
      build: null,
      config: { uuid: randomUUID(), values: [], healthcheck: {} },
      created: this.#now(),
      exception: null,
      conditions: [],
    });
    return { status: 201, body: shown(app) };
  }

  #configure(app: App, { values = [], healthcheck = {} }: Body): Answer {
    for (const { name, group, ptype } of values) {
      if ((group === undefined) === (ptype === undefined))
        return { status: 400, body: { values: [`${name} is not valid under any of the given schemas`] } };
    }
    const busy = this.#busy(app);
    if (busy) return busy;
    const before = this.#latest(app)!.config;
    const kept = before.values.filter(
      (old) => !values.some((one) => one.name === old.name && one.group === old.group && one.ptype === old.ptype),
    );
    const config = {
      uuid: randomUUID(),
      values: [...kept, ...values.filter(({ value }) => value !== null)],
      healthcheck: { ...before.healthcheck, ...healthcheck },
    };
    const changed = (one: Config) => JSON.stringify([one.values.toSorted(byName), one.healthcheck]);
    if (changed(config) === changed(before))
      return { status: 409, body: { detail: `${app.owner} changed nothing - release stopped` } };
    this.#release(app, this.#latest(app)!.build, config);
    return { status: 201, body: { ...config, app: app.id } };
  }

  /** A release without an image does not start any process and does not change. */
  #release(app: App, build: string | null, config: Config): void {
    const release: Release = {
      version: app.releases.at(-1)!.version + 1,
      state: "created",
      failed: false,
      build,
      config,
      created: this.#now(),
      exception: null,
      conditions: [],
    };
    app.releases.push(release);
    if (build !== null) this.#pending.set(release, this.looks);
  }

  #look(app: App, release: Release): void {
    const left = this.#pending.get(release);
    if (left === undefined) return;
    this.#pending.set(release, left - 1);
    if (left > 0) return;
    this.#pending.delete(release);
    const problem = this.broken.get(this.builds.get(release.build!)!.image);
    release.state = problem === undefined ? "succeed" : "crashed";
    release.failed = problem !== undefined;
    if (problem !== undefined) release.conditions.unshift({ state: "crashed", action: "pipeline", exception: problem });
    else if (Object.keys(app.structure).length === 0) app.structure.web = 1;
  }

  #busy(app: App): { status: number; body: unknown } | undefined {
    const running = app.releases.find((one) => this.#pending.has(one));
    if (running === undefined) return undefined;
    // Also progress for clients that do not read the releases.
    this.#look(app, running);
    return { status: 400, body: { detail: "there is an executing pipeline, please wait or force deploy: ['web']" } };
  }

  #latest(app: App): Release | undefined {
    return app.releases.findLast(({ failed }) => !failed);
  }

  #page(url: URL, all: unknown[]): { status: number; body: unknown } {
    const limit = Math.min(Number(url.searchParams.get("limit") ?? 100), 2);
    const offset = Number(url.searchParams.get("offset") ?? 0);
    return {
      status: 200,
      body: { count: all.length, next: null, previous: null, results: all.slice(offset, offset + limit) },
    };
  }

  #now(): string {
    return new Date(Date.UTC(2026, 10, 21, 12, 0, this.#time++)).toISOString();
  }
}

function shown({ id, owner, created, structure }: App) {
  return { uuid: randomUUID(), id, owner, created, updated: created, structure };
}

function byName(a: Variable, b: Variable): number {
  return a.name < b.name ? -1 : 1;
}
