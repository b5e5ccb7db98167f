import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";

/** A cloud's entry in clouds.yaml. */
interface CloudEntry {
  region_name?: string;
  auth: {
    auth_url: string;
    username: string;
    password: string;
    project_name: string;
    user_domain_name?: string;
    project_domain_name?: string;
  };
}

interface Server {
  id: string;
  name: string;
  status: string;
  metadata: Record<string, string>;
}

/** Requests to OpenStack in addition to those of the provider: a few lists over its HTTP API. */
export class Openstack {
  readonly #cloud: CloudEntry;
  #token = "";
  #endpoints = new Map<string, string>();

  /**
   * @param name Value of `OS_CLOUD`.
   * @throws Error if no clouds.yaml has that cloud with a user and a password.
   */
  constructor(name: string) {
    const file = cloudsFiles().find((path) => existsSync(path));
    const entry =
      file === undefined ? undefined : (parse(readFileSync(file, "utf8"))?.clouds?.[name] as CloudEntry | undefined);
    if (entry?.auth?.password === undefined)
      throw new Error(`no clouds.yaml has a cloud ${name} with a user and a password`);
    this.#cloud = entry;
  }

  /** Logs in. Needed again when the token has expired. */
  async connect(): Promise<void> {
    const {
      auth_url,
      username,
      password,
      project_name,
      user_domain_name = "Default",
      project_domain_name = "Default",
    } = this.#cloud.auth;
    const identity = {
      methods: ["password"],
      password: { user: { name: username, password, domain: { name: user_domain_name } } },
    };
    const scope = { project: { name: project_name, domain: { name: project_domain_name } } };
    const answer = await fetch(`${auth_url.replace(/\/$/, "")}/auth/tokens`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ auth: { identity, scope } }),
      signal: AbortSignal.timeout(60_000),
    });
    if (answer.status !== 201) throw new Error(`${auth_url} answers ${answer.status}`);
    this.#token = answer.headers.get("x-subject-token")!;
    const { token } = (await answer.json()) as {
      token: { catalog: { type: string; endpoints: { interface: string; region: string; url: string }[] }[] };
    };
    const region = this.#cloud.region_name;
    for (const { type, endpoints } of token.catalog) {
      const found = endpoints.find(
        (each) => each.interface === "public" && (region === undefined || each.region === region),
      );
      if (found) this.#endpoints.set(type, found.url.replace(/\/$/, ""));
    }
  }

  async #get<T>(service: string, path: string): Promise<T> {
    const endpoint = this.#endpoints.get(service);
    if (endpoint === undefined) throw new Error(`there is no ${service} in the service catalog`);
    const answer = await fetch(`${endpoint}${path}`, {
      headers: { "x-auth-token": this.#token, accept: "application/json" },
      signal: AbortSignal.timeout(60_000),
    });
    if (!answer.ok) throw new Error(`${endpoint}${path} answers ${answer.status}`);
    return (answer.status === 204 ? [] : await answer.json()) as T;
  }

  /** The servers of a stack, by their metadata. */
  async servers(stack: string): Promise<Server[]> {
    const { servers } = await this.#get<{ servers: Server[] }>("compute", "/servers/detail");
    return servers.filter(({ metadata }) => metadata.Project === "paasmas" && metadata.Environment === stack);
  }

  /** Id of an existing image and of an existing external network, and the name of Cinder's default volume type. */
  async defaults(): Promise<{ imageId: string; externalNetworkId: string; volumeType: string }> {
    const { images } = await this.#get<{ images: { id: string; status: string }[] }>("image", "/v2/images");
    const { networks } = await this.#get<{ networks: { id: string }[] }>(
      "network",
      "/v2.0/networks?router:external=true",
    );
    const [image, network] = [images.find(({ status }) => status === "active"), networks[0]];
    if (!image || !network) throw new Error("OpenStack has no active image, or no external network");
    const { volume_type: type } = await this.#get<{ volume_type: { name: string } }>("block-storage", "/types/default");
    return { imageId: image.id, externalNetworkId: network.id, volumeType: type.name };
  }

  /** All objects of a stack, such as `volume paasmas-staging-galera-0-data`. */
  async belongings(stack: string): Promise<string[]> {
    const kinds: [kind: string, service: string, path: string, key: string][] = [
      ["network", "network", "/v2.0/networks", "networks"],
      ["subnet", "network", "/v2.0/subnets", "subnets"],
      ["router", "network", "/v2.0/routers", "routers"],
      ["port", "network", "/v2.0/ports", "ports"],
      ["security group", "network", "/v2.0/security-groups", "security_groups"],
      ["server group", "compute", "/os-server-groups", "server_groups"],
      ["volume", "block-storage", "/volumes/detail", "volumes"],
      ["load balancer", "load-balancer", "/v2/lbaas/loadbalancers", "loadbalancers"],
      ["container", "object-store", "?format=json", ""],
    ];
    const found = (await this.servers(stack)).map(({ name }) => `server ${name}`);
    for (const [kind, service, path, key] of kinds) {
      const answer = await this.#get<Record<string, { name: string }[]>>(service, path);
      const things = key === "" ? (answer as unknown as { name: string }[]) : answer[key]!;
      found.push(
        ...things.filter(({ name }) => name.startsWith(`paasmas-${stack}-`)).map(({ name }) => `${kind} ${name}`),
      );
    }
    return found.sort();
  }
}

/**
 * The OpenStack that `OS_CLOUD` names.
 * @returns The reason as a text if there is none.
 */
export async function openstackHere(): Promise<Openstack | string> {
  const name = process.env.OS_CLOUD;
  if (!name) return "no openstack endpoint (OS_CLOUD)";
  try {
    const openstack = new Openstack(name);
    await openstack.connect();
    return openstack;
  } catch (error) {
    return `no openstack endpoint (OS_CLOUD=${name}): ${(error as Error).message}`;
  }
}

function cloudsFiles(): string[] {
  const given = process.env.OS_CLIENT_CONFIG_FILE;
  return given
    ? [given]
    : ["clouds.yaml", join(homedir(), ".config/openstack/clouds.yaml"), "/etc/openstack/clouds.yaml"];
}
