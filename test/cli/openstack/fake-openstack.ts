import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Openstack } from "../../../cli/openstack/api.ts";
import { openstackLogin } from "../../../cli/openstack/login.ts";

/** An answer: a body with status 200, or another status. A function gets the query. */
type Answer = unknown | ((query: URLSearchParams) => unknown);

/** Another status than 200, with its body. */
export class Status {
  readonly code: number;
  readonly body: unknown;

  constructor(code: number, body: unknown = {}) {
    this.code = code;
    this.body = body;
  }
}

/** Services of the catalog: type, and the path of the address. */
const catalog = {
  compute: "compute/v2.1",
  network: "network",
  image: "image",
  "block-storage": "volume/v3/p1",
  "load-balancer": "load-balancer",
  "object-store": "swift/v1/AUTH_p1",
  dns: "dns",
};

/** APIs of OpenStack in this process. The answers are from {@link answers}; a path without one is 404. */
export class FakeOpenstack {
  /** Requests after the login: `GET /compute/v2.1/servers/detail`. */
  readonly requests: string[] = [];
  /** Answers by method and path without the query. */
  readonly answers: Record<string, Answer>;
  /** Types of the services in the catalog. */
  services: string[] = Object.keys(catalog);
  password = "right";
  readonly #server: Server;
  readonly #scheme: "http" | "https";

  /** @param tls Certificate and key; without them, HTTP. */
  constructor(answers: Record<string, Answer>, tls?: { certificate: string; key: string }) {
    this.answers = { ...answers };
    this.#scheme = tls === undefined ? "http" : "https";
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        const url = new URL(request.url!, this.url);
        const { code, body, headers = {} } = this.#answer(request.method!, url, Buffer.concat(chunks).toString());
        response.writeHead(code, { "content-type": "application/json", ...headers });
        response.end(code === 204 ? undefined : JSON.stringify(body));
      });
    };
    this.#server =
      tls === undefined ? createServer(listener) : createTlsServer({ cert: tls.certificate, key: tls.key }, listener);
  }

  async start(): Promise<this> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen(0, "127.0.0.1", resolve);
    await promise;
    return this;
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Variables of a login. */
  get variables(): Record<string, string> {
    return { OS_AUTH_URL: `${this.url}/v3`, OS_USERNAME: "demo", OS_PASSWORD: "right", OS_PROJECT_NAME: "demo" };
  }

  /** A client that has logged in. */
  async client(variables: Record<string, string> = {}): Promise<Openstack> {
    const client = new Openstack(openstackLogin({}, { ...this.variables, ...variables }));
    await client.connect();
    return client;
  }

  #answer(method: string, url: URL, sent: string): { code: number; body: unknown; headers?: Record<string, string> } {
    if (url.pathname === "/v3/auth/tokens") return this.#login(JSON.parse(sent));
    const line = `${method} ${url.pathname}`;
    this.requests.push(`${line}${url.search}`);
    const given = this.answers[line];
    const found = typeof given === "function" ? given(url.searchParams) : given;
    if (found === undefined) return { code: 404, body: { itemNotFound: { message: "not found", code: 404 } } };
    return found instanceof Status ? { code: found.code, body: found.body } : { code: 200, body: found };
  }

  #login({ auth }: { auth: { identity: { password: { user: { password: string } } } } }) {
    if (auth.identity.password.user.password !== this.password) {
      // Recorded from Keystone 22.
      const message = "The request you have made requires authentication.";
      return { code: 401, body: { error: { code: 401, message, title: "Unauthorized" } } };
    }
    const entries = Object.entries(catalog).filter(([type]) => this.services.includes(type));
    const token = {
      project: { id: "p1", name: "demo" },
      user: { name: "demo" },
      catalog: entries.map(([type, path]) => ({
        type,
        endpoints: [{ interface: "public", region: "RegionOne", url: `${this.url}/${path}` }],
      })),
    };
    return { code: 201, body: { token }, headers: { "x-subject-token": "token" } };
  }
}
