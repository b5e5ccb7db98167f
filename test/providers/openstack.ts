import { Openstack as Client, type Service } from "../../cli/openstack/api.ts";
import { openstackLogin } from "../../cli/openstack/login.ts";

interface Server {
  id: string;
  name: string;
  status: string;
  metadata: Record<string, string>;
}

/** Requests to OpenStack in addition to those of the provider: a few lists over its HTTP API. */
export class Openstack {
  readonly #client = new Client(openstackLogin({}));

  /** Logs in. Needed again when the token has expired. */
  connect(): Promise<void> {
    return this.#client.connect();
  }

  /** The servers of a stack, by their metadata. */
  async servers(stack: string): Promise<Server[]> {
    const { servers } = await this.#client.get<{ servers: Server[] }>("compute", "/servers/detail");
    return servers.filter(({ metadata }) => metadata.Project === "paasmas" && metadata.Environment === stack);
  }

  /** Id of an existing image and of an existing external network, and the name of Cinder's default volume type. */
  async defaults(): Promise<{ imageId: string; externalNetworkId: string; volumeType: string }> {
    const { images } = await this.#client.get<{ images: { id: string; status: string }[] }>("image", "/v2/images");
    const { networks } = await this.#client.get<{ networks: { id: string }[] }>(
      "network",
      "/v2.0/networks?router:external=true",
    );
    const [image, network] = [images.find(({ status }) => status === "active"), networks[0]];
    if (!image || !network) throw new Error("OpenStack has no active image, or no external network");
    const { volume_type: type } = await this.#client.get<{ volume_type: { name: string } }>("volume", "/types/default");
    return { imageId: image.id, externalNetworkId: network.id, volumeType: type.name };
  }

  /** All objects of a stack, such as `volume paasmas-staging-galera-0-data`. */
  async belongings(stack: string): Promise<string[]> {
    const kinds: [kind: string, service: Service, path: string, key: string][] = [
      ["network", "network", "/v2.0/networks", "networks"],
      ["subnet", "network", "/v2.0/subnets", "subnets"],
      ["router", "network", "/v2.0/routers", "routers"],
      ["port", "network", "/v2.0/ports", "ports"],
      ["security group", "network", "/v2.0/security-groups", "security_groups"],
      ["server group", "compute", "/os-server-groups", "server_groups"],
      ["volume", "volume", "/volumes/detail", "volumes"],
      ["load balancer", "loadBalancer", "/v2/lbaas/loadbalancers", "loadbalancers"],
      ["container", "objectStore", "?format=json", ""],
    ];
    const found = (await this.servers(stack)).map(({ name }) => `server ${name}`);
    for (const [kind, service, path, key] of kinds) {
      const answer = await this.#client.get<Record<string, { name: string }[]>>(service, path);
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
    const openstack = new Openstack();
    await openstack.connect();
    return openstack;
  } catch (error) {
    return `no openstack endpoint (OS_CLOUD=${name}): ${(error as Error).message}`;
  }
}
