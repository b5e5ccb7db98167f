import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { InputError, OperationError } from "../../errors.ts";
import type { Login } from "./login.ts";

/** Services by the names that this program uses, with their types in service catalogs. */
const serviceTypes = {
  compute: ["compute"],
  network: ["network"],
  image: ["image"],
  volume: ["block-storage", "volumev3"],
  loadBalancer: ["load-balancer"],
  objectStore: ["object-store"],
  dns: ["dns"],
} as const;

/** Services with the version in the path of each request. */
const versioned: ReadonlySet<Service> = new Set(["network", "image", "loadBalancer", "dns"]);

export type Service = keyof typeof serviceTypes;

interface CatalogEntry {
  type: string;
  endpoints: { interface: string; region: string; url: string }[];
}

interface Token {
  catalog?: CatalogEntry[];
  project?: { id: string; name: string };
  user: { name: string };
}

type Headers = Readonly<Record<string, string>>;

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

/** A request that OpenStack answered with an error. */
export class ApiError extends OperationError {
  override name = "ApiError";
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const seconds = 30;

/** The APIs of OpenStack, with the login of the provider. */
export class Openstack {
  readonly #login: Login;
  readonly #agent: http.Agent | https.Agent;
  #token = "";
  #catalog: CatalogEntry[] = [];
  #projectId = "";

  /** @throws InputError if the file of the certificate authority cannot be read */
  constructor(login: Login) {
    this.#login = login;
    const proxyEnv = process.env as http.ProxyEnv;
    this.#agent = login.authUrl.startsWith("https:")
      ? new https.Agent({ keepAlive: true, proxyEnv, ca: authority(login), rejectUnauthorized: !login.insecure })
      : new http.Agent({ keepAlive: true, proxyEnv });
  }

  /** Id of the project of the login. */
  get projectId(): string {
    return this.#projectId;
  }

  /**
   * Logs in. Needed again when the token has expired.
   * @throws InputError if Keystone refuses the login. @throws OperationError if it cannot be reached.
   */
  async connect(): Promise<void> {
    const { authUrl, identity, scope, source } = this.#login;
    const base = /\/v3$/.test(authUrl) ? authUrl : `${authUrl}/v3`;
    const body = JSON.stringify({ auth: { identity, scope } });
    const headers = { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) };
    const answer = await this.#send("POST", `${base}/auth/tokens`, headers, body);
    const place = `${base} (${source}, ${whoIn(this.#login)})`;
    if (answer.status === 401) {
      throw new InputError(
        `OpenStack refuses the login at ${place}: ${reasonIn(answer.text)}; ` +
          "check user, project, domains and password, or id and secret of the application credential",
      );
    }
    if (answer.status !== 201) {
      throw new InputError(
        `the login at ${place} fails: HTTP ${answer.status} ${reasonIn(answer.text)}; ` +
          "check OS_AUTH_URL, or auth_url of the cloud: it is the address of Keystone",
      );
    }
    const { token } = JSON.parse(answer.text) as { token: Token };
    this.#token = String(answer.headers["x-subject-token"]);
    this.#catalog = token.catalog ?? [];
    this.#projectId = token.project?.id ?? "";
    if (token.project === undefined)
      throw new InputError(
        `the login at ${place} is for no project; set the project, or use an application credential`,
      );
  }

  /** Regions of the service catalog. */
  get regions(): string[] {
    return [...new Set(this.#catalog.flatMap(({ endpoints }) => endpoints.map(({ region }) => region)))].sort();
  }

  /** Region of the login. */
  get region(): string | undefined {
    return this.#login.region;
  }

  /** Whether the cloud has a service, in the region of the login. */
  has(service: Service): boolean {
    return this.#endpoint(service) !== undefined;
  }

  /**
   * Address of a service, without a slash at the end.
   * @throws OperationError if the cloud does not have it
   */
  endpoint(service: Service): string {
    const url = this.#endpoint(service);
    if (url !== undefined) return url;
    throw new OperationError(`OpenStack has no ${serviceTypes[service][0]} service in ${this.region ?? "any region"}`);
  }

  /**
   * Answer of a service to a GET.
   * @param path Path below the address of the service, `/servers/detail`.
   * @throws ApiError with the status and the reason
   */
  async get<T>(service: Service, path: string, headers: Headers = {}): Promise<T> {
    const { text } = await this.#request("GET", service, path, headers);
    return (text === "" ? [] : JSON.parse(text)) as T;
  }

  /** The same, or undefined if the object does not exist, or is not for this user. */
  async find<T>(service: Service, path: string, headers: Headers = {}): Promise<T | undefined> {
    try {
      return await this.get<T>(service, path, headers);
    } catch (error) {
      // 400: not the form of an id. 403: for operators only. 406: an old version.
      if (error instanceof ApiError && [400, 403, 404, 406].includes(error.status)) return undefined;
      throw error;
    }
  }

  /** All objects of a list with pages, such as `servers`. */
  async list<T>(service: Service, path: string, key: string): Promise<T[]> {
    const all: T[] = [];
    let next: string | undefined = path;
    while (next !== undefined) {
      const answer: Record<string, unknown> = await this.get(service, next);
      all.push(...((answer[key] as T[] | undefined) ?? []));
      const links = (answer[`${key}_links`] ?? []) as { rel: string; href: string }[];
      const href = links.find(({ rel }) => rel === "next")?.href ?? (answer.next as string | undefined);
      next = href === undefined ? undefined : `${path.split("?")[0]}${new URL(href, "http://x").search}`;
    }
    return all;
  }

  /** Deletes an object. An object that is gone is no error. */
  async delete(service: Service, path: string): Promise<void> {
    try {
      await this.#request("DELETE", service, path);
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
    }
  }

  /** Answer of an address without login, or undefined if there is none. */
  async openly<T>(url: string): Promise<T | undefined> {
    const { status, text } = await this.#send("GET", url);
    if (status !== 200) return undefined;
    try {
      return JSON.parse(text) as T;
    } catch {
      return undefined;
    }
  }

  async #request(method: string, service: Service, path: string, headers: Headers = {}): Promise<Answer> {
    const url = `${this.endpoint(service)}${path}`;
    const answer = await this.#send(method, url, { ...headers, "x-auth-token": this.#token });
    if (answer.status < 300) return answer;
    throw new ApiError(`${method} ${url}: HTTP ${answer.status} ${reasonIn(answer.text)}`, answer.status);
  }

  #endpoint(service: Service): string | undefined {
    const { region, interface: side } = this.#login;
    for (const type of serviceTypes[service]) {
      const endpoints = this.#catalog.filter((entry) => entry.type === type).flatMap((entry) => entry.endpoints);
      const found = endpoints.find(
        (each) => each.interface === side && (region === undefined || each.region === region),
      );
      // Some catalogs have the version, which is part of each path here.
      if (found !== undefined) return found.url.replace(versioned.has(service) ? /(\/v2(\.0)?)?\/?$/ : /\/$/, "");
    }
    return undefined;
  }

  async #send(method: string, url: string, given: Headers = {}, body?: string): Promise<Answer> {
    const headers = { accept: "application/json", ...given };
    try {
      return await exchange(url, { method, headers, agent: this.#agentFor(url), timeout: seconds * 1000 }, body);
    } catch (error) {
      throw new OperationError(`${new URL(url).origin} cannot be reached: ${causeOf(error as NodeJS.ErrnoException)}`);
    }
  }

  /** A cloud can have services with and without TLS. */
  #agentFor(url: string): http.Agent | https.Agent | undefined {
    return url.startsWith("https:") === this.#agent instanceof https.Agent ? this.#agent : undefined;
  }
}

function exchange(url: string, options: https.RequestOptions, body?: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = (url.startsWith("https:") ? https : http).request(url, options, (response) => {
    const chunks: Buffer[] = [];
    response.on("data", (chunk: Buffer) => chunks.push(chunk));
    response.on("error", reject);
    response.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      resolve({ status: response.statusCode!, headers: response.headers, text });
    });
  });
  request.on("timeout", () => request.destroy(new Error(`no answer within ${seconds} s`)));
  request.on("error", reject);
  request.end(body);
  return promise;
}

function authority({ cacert }: Login): string | undefined {
  if (cacert === undefined) return undefined;
  try {
    return readFileSync(cacert, "utf8");
  } catch (error) {
    throw new InputError(`OS_CACERT, or cacert of the cloud: ${cacert}: cannot be read: ${(error as Error).message}`);
  }
}

function whoIn({ identity, scope }: Login): string {
  const name = (given: { id: string } | { name: string }) => ("id" in given ? given.id : given.name);
  if ("application_credential" in identity) return `application credential ${name(identity.application_credential)}`;
  const user = "password" in identity ? `user ${name(identity.password.user)}` : "a token";
  return scope === undefined ? user : `${user}, project ${name(scope.project)}`;
}

/** The reason in an error of any service: `{"error": {"message": ...}}`, `{"faultstring": ...}`, or text. */
function reasonIn(text: string): string {
  try {
    const answer = JSON.parse(text) as Record<string, unknown>;
    const inner = [answer, ...Object.values(answer)].find((value) => typeof value === "object" && value !== null);
    const all = { ...answer, ...(inner as object), ...(Object.values(answer)[0] as object) } as Record<string, unknown>;
    const reason = all.message ?? all.faultstring ?? all.detail;
    if (typeof reason === "string") return reason.split("\n")[0]!;
  } catch {
    // Not JSON: a proxy, or another server.
  }
  return "";
}

function causeOf({ code, message }: NodeJS.ErrnoException): string {
  if (/SELF_SIGNED|UNABLE_TO|CERT_/.test(code ?? "")) {
    return `its certificate is not trusted (${code}); set OS_CACERT, or cacert of the cloud, to its authority`;
  }
  const text = message || code || "no answer";
  return code !== undefined && !text.includes(code) ? `${text} (${code})` : text;
}
