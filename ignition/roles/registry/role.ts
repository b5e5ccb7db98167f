import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host } from "../base/base-machine.ts";
import { userMap } from "../base/users.ts";
import type { Bucket, HostSettings, Port, TlsIdentity } from "../role.ts";

export interface RegistryNode {
  host: HostSettings;
  /** Container image of CNCF Distribution, by tag or digest; 2.8 or later. */
  image: string;
  /** Container image of HAProxy, the proxy of the registry, by tag or digest; 2.6 or later, with Lua. */
  proxyImage: string;
  /** Names of all repositories; a push to another name is rejected. */
  repositories: readonly string[];
  /** Passwords of the user that pushes and pulls, and of the user that only pulls. Secret. */
  passwords: { push: string; pull: string };
  /** Identity of the server; the certificate contains all names and addresses that clients use. */
  tls: TlsIdentity;
  /** Bucket for images, with keys of a user. Default: the data volume. */
  bucket?: Required<Bucket>;
}

export const registryPorts = {
  registry: { port: 5000, description: "image registry" },
} satisfies Record<string, Port>;

/** User names by permission. */
export const registryUsers = { push: "push", pull: "pull" } as const;

/** Users of the two containers; each owns its secrets. */
const uids = { registry: 5000, proxy: 99 };

const folder = "/etc/paasmas/registry";

/** Folder of images on a machine without a data volume. */
const defaultDataPath = "/var/lib/paasmas/registry";

/** The Ignition config of a machine with an image registry. */
export function registry(node: RegistryNode): Config {
  const { host: settings, image } = node;
  const parameters = {
    ADDRESS: settings.address,
    IMAGE: image,
    DATA_PATH: settings.dataVolume?.path ?? defaultDataPath,
  };
  return config(
    host(settings, { image, ready: local("ready"), service: "registry.service" }),
    directory({ path: folder }),
    envFile({ path: "/etc/paasmas/registry.env", values: parameters, mode: 0o644 }),
    file({ path: `${folder}/ca.pem`, text: node.tls.ca }),
    file({ path: `${folder}/config.yml`, text: server(node.bucket), mode: 0o400, user: uids.registry }),
    unit({ name: "registry.service", from: local("registry.service"), enabled: true }),
    proxy(node),
  );
}

/** Configuration of CNCF Distribution; JSON is valid YAML. */
function server(bucket: RegistryNode["bucket"]): string {
  const settings = {
    version: "0.1",
    // The proxy logs all requests.
    log: { level: "warn", accesslog: { disabled: true } },
    storage: {
      ...(bucket ? { s3: s3(bucket) } : { filesystem: { rootdirectory: "/var/lib/registry" } }),
      cache: { blobdescriptor: "inmemory" },
      delete: { enabled: false },
      // Clients cannot reach the bucket.
      redirect: { disable: true },
      // Removes files of interrupted pushes.
      maintenance: { uploadpurging: { enabled: true, age: "168h", interval: "24h", dryrun: false } },
    },
    http: { net: "unix", addr: "/run/paasmas/registry/registry.sock" },
    health: { storagedriver: { enabled: true, interval: "10s", threshold: 3 } },
  };
  return `${JSON.stringify(settings, null, 2)}\n`;
}

function s3({ endpoint, name, region, keys }: Required<Bucket>): Record<string, unknown> {
  return {
    regionendpoint: endpoint,
    // Swift has no host names per bucket.
    forcepathstyle: true,
    bucket: name,
    region,
    accesskey: keys.accessKey,
    secretkey: keys.secretKey,
    secure: endpoint.startsWith("https:"),
    v4auth: true,
  };
}

/** Files and units of the proxy. */
function proxy({ proxyImage, passwords, repositories, tls }: RegistryNode): Fragment {
  const own = (name: string, text: string) =>
    file({ path: `${folder}/proxy/${name}`, text, mode: 0o400, user: uids.proxy });
  const { storage, systemd } = config(
    directory({ path: `${folder}/proxy` }),
    fileFromDisk({ path: `${folder}/proxy/proxy.cfg`, from: local("proxy.cfg") }),
    fileFromDisk({ path: `${folder}/proxy/tags.lua`, from: local("tags.lua") }),
    file({ path: `${folder}/proxy/paths.lst`, text: repositories.map((name) => `${pathOf(name)}\n`).join("") }),
    own("users.map", userMap({ [registryUsers.push]: passwords.push, [registryUsers.pull]: passwords.pull })),
    own("certificate.pem", `${tls.certificate.trimEnd()}\n${tls.privateKey}`),
    envFile({ path: "/etc/paasmas/proxy-image.env", values: { IMAGE: proxyImage }, mode: 0o644 }),
    unit({ name: "proxy-image.service", from: local("proxy-image.service"), enabled: true }),
    unit({ name: "registry-proxy.service", from: local("registry-proxy.service"), enabled: true }),
  );
  return { storage, systemd };
}

/** Pattern of the paths of a repository. A name can be a prefix of another name, so it ends at an API path. */
function pathOf(repository: string): string {
  return `^/v2/${repository.replaceAll(".", "\\.")}/(blobs|manifests|tags|referrers)/`;
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
