import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { OperationError } from "../errors.ts";
import { DeliveryError } from "./rules/validate.ts";

/** A call to a registry failed. */
export class RegistryError extends OperationError {
  override name = "RegistryError";
}

const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");

/** Client for one repository of a registry (distribution API). Reads and sets tags; never copies images. */
export class ImageRepository {
  /** `host/path`. */
  readonly image: string;
  readonly #base: string;
  readonly #host: string;
  #authorization: string | undefined;

  /**
   * @param image `host/path`, without tag or digest.
   * @param plainHttp Registries without TLS, by host and port.
   */
  constructor(image: string, plainHttp: readonly string[] = []) {
    const slash = image.indexOf("/");
    this.image = image;
    this.#host = image.slice(0, slash);
    trustAuthority(this.#host);
    this.#base = `${withoutTls(this.#host, plainHttp) ? "http" : "https"}://${this.#host}/v2/${image.slice(slash + 1)}`;
  }

  /** Digest of a tag, or undefined if the tag does not exist. */
  async digest(tag: string): Promise<string | undefined> {
    const response = await this.#send("HEAD", `/manifests/${tag}`, { Accept: manifestTypes });
    if (response.status === 404) return undefined;
    const digest = response.headers.get("docker-content-digest");
    if (!response.ok || digest === null) throw await this.#failure(response, `cannot read the tag ${tag}`);
    return digest;
  }

  /**
   * Points a tag to an existing digest. Does nothing if the tag already names it.
   * @throws RegistryError if the tag names another digest: a tag is never moved.
   */
  async tag(digest: string, tag: string): Promise<void> {
    const current = await this.digest(tag);
    if (current === digest) return;
    if (current !== undefined)
      throw new RegistryError(`${this.image}:${tag} already points to ${current}; it cannot be moved to ${digest}`);
    const manifest = await this.#send("GET", `/manifests/${digest}`, { Accept: manifestTypes });
    if (!manifest.ok) throw await this.#failure(manifest, `has no ${digest}`);
    const type = manifest.headers.get("content-type") ?? "";
    const put = await this.#send(
      "PUT",
      `/manifests/${tag}`,
      { "Content-Type": type },
      new Uint8Array(await manifest.arrayBuffer()),
    );
    if (!put.ok) throw await this.#failure(put, `rejects the tag ${tag}`);
    if ((await this.digest(tag)) !== digest)
      throw new RegistryError(
        `${this.image}:${tag} was changed by another client at the same time; run the command again`,
      );
  }

  async #send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<Response> {
    const attempt = () =>
      fetch(this.#base + path, {
        method,
        headers: { ...headers, ...(this.#authorization !== undefined && { Authorization: this.#authorization }) },
        ...(body !== undefined && { body }),
        signal: AbortSignal.timeout(60_000),
      }).catch((error: Error) => {
        throw new RegistryError(`${this.image}: ${error.cause instanceof Error ? error.cause.message : error.message}`);
      });
    const response = await attempt();
    if (response.status !== 401 || this.#authorization !== undefined) return response;
    this.#authorization = await this.#login(response.headers.get("www-authenticate") ?? "");
    return attempt();
  }

  /** Basic credentials, or a token from the token server of the registry. */
  async #login(challenge: string): Promise<string> {
    const basic = credentialsOf(this.#host);
    if (!/^bearer /i.test(challenge)) {
      if (basic === undefined)
        throw new RegistryError(
          `${this.#host} requires a login, but none is configured; use docker login or a credential helper`,
        );
      return `Basic ${basic}`;
    }
    const { realm = "", ...scope }: Record<string, string> = Object.fromEntries(
      [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
    );
    const url = new URL(realm);
    const { scope: pullScope, ...others } = scope;
    const parameters = {
      ...others,
      ...(pullScope !== undefined && { scope: pullScope.replace(/:pull$/, ":pull,push") }),
    };
    for (const [key, value] of Object.entries(parameters)) {
      url.searchParams.set(key, value);
    }
    const response = await fetch(url, {
      headers: basic === undefined ? {} : { Authorization: `Basic ${basic}` },
      signal: AbortSignal.timeout(60_000),
    });
    const { token, access_token } = response.ok
      ? ((await response.json()) as { token?: string; access_token?: string })
      : {};
    if ((token ?? access_token) === undefined)
      throw new RegistryError(`${url.host} issued no token for ${this.image} (${response.status})`);
    return `Bearer ${token ?? access_token}`;
  }

  async #failure(response: Response, problem: string): Promise<RegistryError> {
    const text = (await response.text()).replace(/\s+/g, " ").trim().slice(0, 300);
    return new RegistryError(`${this.image} ${problem} (${response.status}${text === "" ? "" : ` ${text}`})`);
  }
}

/**
 * Whether a registry is used without TLS: if `plainHttp` names it, or on a loopback address, unless a CA certificate
 * is installed for it.
 */
export function withoutTls(host: string, plainHttp: readonly string[]): boolean {
  return (
    plainHttp.includes(host) ||
    (/^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(host) && caCertificatesOf(host).length === 0)
  );
}

/** CA certificates of a registry, in the folders that podman and docker read. */
function caCertificatesOf(host: string): string[] {
  const folders = [join(homedir(), ".config/containers/certs.d"), "/etc/containers/certs.d", "/etc/docker/certs.d"];
  return folders.map((folder) => join(folder, host, "ca.crt")).filter((file) => existsSync(file));
}

const trusted = new Set<string>();

function trustAuthority(host: string): void {
  for (const file of caCertificatesOf(host).filter((one) => !trusted.has(one))) {
    trusted.add(file);
    setDefaultCACertificates([...getCACertificates("default"), readFileSync(file, "utf8")]);
  }
}

interface DockerConfig {
  auths?: Record<string, { auth?: string }>;
  credHelpers?: Record<string, string>;
  credsStore?: string;
}

/** The login of a host, from the same places as the builders: the Docker config file and its credential helpers. */
function credentialsOf(host: string): string | undefined {
  const files = [
    process.env.REGISTRY_AUTH_FILE,
    join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json"),
  ];
  for (const file of files) {
    if (file === undefined || !existsSync(file)) continue;
    let config: DockerConfig;
    try {
      config = JSON.parse(readFileSync(file, "utf8")) as DockerConfig;
    } catch (error) {
      throw new DeliveryError(`${file}: not JSON (${(error as Error).message})`);
    }
    const helper = config.credHelpers?.[host] ?? config.credsStore;
    const stored = config.auths?.[host]?.auth;
    if (stored) return stored;
    if (helper === undefined) continue;
    if (!/^[\w-]+$/.test(helper))
      throw new DeliveryError(`${file}: ${JSON.stringify(helper)} is not the name of a credential helper`);
    const answer = JSON.parse(
      execFileSync(`docker-credential-${helper}`, ["get"], { input: host, encoding: "utf8" }),
    ) as { Username: string; Secret: string };
    return Buffer.from(`${answer.Username}:${answer.Secret}`).toString("base64");
  }
  return undefined;
}
