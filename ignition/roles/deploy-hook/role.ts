import { config, directory, envFile, file, fileFromDisk, unit, user } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import { registryClient, type RegistryLogin } from "../registry-client/client.ts";
import type { HostSettings, Port, TlsIdentity } from "../role.ts";
import { appAddresses, appRange, appsRange } from "./networks.ts";

export interface DeployHookNode {
  host: HostSettings;
  /** Container image of HAProxy 2.6 or later, by tag or digest: for the call proxy and the proxy of the apps. */
  image: string;
  /** Container image with git, which fetches the sources of builds. */
  gitImage: string;
  /** Certificate of the call proxy, for calls from other networks. */
  tls: TlsIdentity;
  /** Apps that may be deployed to this machine. */
  apps: readonly HookedApp[];
  /** Host names of apps that are public, and the certificate for them. Absent: no app is public. */
  public?: { names: readonly string[]; tls: TlsIdentity };
  /** Public URL of an app, with `%s` for the host name: `https://%s`. */
  urlTemplate: string;
  /** Maximum number of builds at the same time. */
  builds: number;
  /** Memory limit of one build, in MiB. */
  buildMemoryMiB: number;
  /** A private registry that builds may pull from. Absent: builds pull only public images. */
  login?: RegistryLogin;
}

/** An app, as the machine needs to know it. */
export interface HookedApp {
  /** DNS label; the first part of the names of its backends, networks and containers. */
  name: string;
  /** Repository of its images, without tag or digest. Absent: it is only built here. */
  repository?: string;
  /** Repository of its source, and the path of the Dockerfile in it. Absent: it is never built here. */
  source?: { url: string; dockerfile: string };
  /** Key for the signatures of its calls; secret. */
  token: string;
  /** Its host names. */
  hosts: readonly string[];
  /** The port it listens on in its container. */
  port: number;
  /** Environment variables of its container; secret. */
  environment: Readonly<Record<string, string>>;
  /** Names of the other apps that it may call. */
  uses: readonly string[];
  health: { path: string; timeoutSeconds: number };
  /** How long a new release must stay healthy before the old one is retired, in seconds. */
  watchSeconds: number;
  /** How long the old release may still finish its requests, in seconds. */
  drainSeconds: number;
  /** How long its process may take to stop, in seconds. */
  stopSeconds: number;
  memoryMiB: number;
  /** Maximum number of processes and threads. */
  pids: number;
  /** Folders that it may write to. They are in memory and empty at every start. */
  writable: readonly string[];
  /** Capabilities that it keeps. */
  capabilities: readonly string[];
  /** User in the container, `uid[:gid]` or a name. Absent: the image's default. */
  user?: string;
  /** Previews of the app, each with a separate name. Absent: none. */
  previews?: { max: number; domain: string };
}

export const deployHookPorts = {
  calls: { port: 9010, description: "deploy hook" },
  remoteCalls: { port: 9443, description: "deploy hook over TLS" },
  apps: { port: 8080, description: "apps" },
  publicApps: { port: 8443, description: "public apps over TLS" },
  health: { port: 8404, description: "health of the proxy" },
} satisfies Record<string, Port>;

/** Folder of releases and builds; on the data volume, if the machine has one. */
export const deployHookData = "/var/lib/paasmas/deploy-hook";

/**
 * User ids of the services. The proxy that users reach has a different one than the call proxy, which has the tokens.
 */
const uids = { builder: 1500, callProxy: 1501, calls: 1502, proxy: 99 };

const folder = "/etc/paasmas/deploy-hook";

/** The Ignition config of a machine that runs apps and deploys them on signed calls. */
export function deployHook(node: DeployHookNode): Config {
  const { host: settings, image, gitImage, tls, apps, urlTemplate, builds, buildMemoryMiB } = node;
  const parameters = {
    IMAGE: image,
    GIT_IMAGE: gitImage,
    URL_TEMPLATE: urlTemplate,
    APPS_RANGE: appsRange,
    BUILDS: builds,
    BUILD_MEMORY_MIB: buildMemoryMiB,
    BUILDER_HOME: `${deployHookData}/builder`,
  };
  const units = [
    "deploy-hook.service",
    "deploy-call.socket",
    "app-call.socket",
    "proxy.service",
    "apps.service",
    "apps-guard.service",
  ];
  return config(
    host(settings, { image, ready: local("ready"), service: "apps.service" }),
    envFile({ path: "/etc/paasmas/deploy-hook.env", values: parameters, mode: 0o644 }),

    directory({ path: folder }),
    fileFromDisk({ path: `${folder}/call-proxy.cfg`, from: local("call-proxy.cfg") }),
    file({ path: `${folder}/tokens.map`, text: tokensMap(apps), mode: 0o400, user: uids.callProxy }),
    file({
      path: `${folder}/certificate.pem`,
      text: `${tls.certificate.trimEnd()}\n${tls.privateKey}`,
      mode: 0o400,
      user: uids.callProxy,
    }),

    directory({ path: "/etc/paasmas/proxy" }),
    fileFromDisk({ path: "/etc/paasmas/proxy/proxy.cfg", from: local("proxy.cfg") }),
    file({ path: "/etc/paasmas/proxy/apps.cfg", text: apps.flatMap(backends).join("\n") }),
    file({ path: "/etc/paasmas/proxy/hosts.map", text: hostsMap(apps) }),
    file({
      path: "/etc/paasmas/proxy/callers.map",
      text: apps.map(({ name }, index) => `${appRange(index)} ${name}\n`).join(""),
    }),
    file({
      path: "/etc/paasmas/proxy/uses.map",
      text: apps.flatMap(({ name, uses }) => uses.map((used) => `${name}>${used}.0 yes\n`)).join(""),
    }),
    directory({ path: "/etc/paasmas/proxy/public" }),
    ...(node.public ? publicFiles(node.public) : []),

    fileFromDisk({ path: "/etc/paasmas/apps-guard.nft", from: local("apps-guard.nft") }),
    file({
      path: "/etc/paasmas/apps.nft",
      text: `define apps = ${appsRange}\ndefine builder = { ${uids.builder}, ${subordinate} }\n`,
    }),

    ...apps.flatMap((app, index) => appFiles(app, index, apps)),
    directory({ path: "/etc/paasmas/apps" }),
    ...libraries.map((name) => fileFromDisk({ path: `${scripts}/${name}`, from: local(name) })),
    ...["app", "app-run", "app-build", "app-call", "deploy-call"].map((name) =>
      fileFromDisk({ path: `${scripts}/${name}`, from: local(name), mode: 0o755 }),
    ),
    ...["app@.service", "app-call@.service", "deploy-call@.service"].map((name) => unit({ name, from: local(name) })),
    ...units.map((name) => unit({ name, from: local(name), enabled: true })),
    // The call proxy: may connect to deploy-call.socket.
    user({ name: "deploy-hook", uid: uids.callProxy, noCreateHome: true, shell: "/usr/sbin/nologin" }),
    // Checks calls: may connect to app-call.socket.
    user({ name: "deploy-call", uid: uids.calls, noCreateHome: true, shell: "/usr/sbin/nologin" }),
    // Builds run as this user and its subordinate ids.
    user({ name: "builder", uid: uids.builder, noCreateHome: true, shell: "/usr/sbin/nologin" }),
    builderLogin(node.login),
  );
}

/** HAProxy reads all .cfg files of this folder. Without a public endpoint it is empty. */
function publicFiles({ names, tls }: NonNullable<DeployHookNode["public"]>): Fragment[] {
  const path = "/etc/paasmas/proxy/public";
  const pair = `${tls.certificate.trimEnd()}\n${tls.privateKey}`;
  return [
    fileFromDisk({ path: `${path}/public-proxy.cfg`, from: local("public-proxy.cfg") }),
    file({ path: `${path}/hosts.map`, text: names.map((name) => `${name} yes\n`).join("") }),
    file({ path: `${path}/certificate.pem`, text: pair, mode: 0o400, user: uids.proxy }),
  ];
}

/** Libraries of app and deploy-call. */
const libraries = [
  "apps.sh",
  "app-state.sh",
  "app-slots.sh",
  "app-images.sh",
  "app-release.sh",
  "app-list.sh",
  "call.sh",
];

/** No credential helpers: they need the metadata service, which only root may reach. */
function builderLogin(login: RegistryLogin | undefined): Fragment {
  const usable = login !== undefined && !("helper" in login.credentials);
  return registryClient(usable ? [login] : [], { path: "/etc/paasmas/builder/config.json", uid: uids.builder });
}

/** Subordinate ids of rootless containers. */
const subordinate = "100000-4294967294";

function appFiles(app: HookedApp, index: number, apps: readonly HookedApp[]): Fragment[] {
  const path = `/etc/paasmas/apps/${app.name}`;
  const settings = {
    REPOSITORY: app.repository ?? "",
    SOURCE: app.source?.url ?? "",
    DOCKERFILE: app.source?.dockerfile ?? "",
    PORT: app.port,
    ADDRESSES: appAddresses(index, previewIndexesOf(app)).join(" "),
    HOST: app.hosts[0] ?? "",
    USES: apps.flatMap(({ name, hosts }) => (app.uses.includes(name) ? hosts : [])).join(" "),
    HEALTH_PATH: app.health.path,
    HEALTH_SECONDS: app.health.timeoutSeconds,
    WATCH_SECONDS: app.watchSeconds,
    DRAIN_SECONDS: app.drainSeconds,
    STOP_SECONDS: app.stopSeconds,
    MEMORY_MIB: app.memoryMiB,
    PIDS: app.pids,
    CAPABILITIES: app.capabilities.join(","),
    WRITABLE: app.writable.join(":"),
    RUN_AS: app.user ?? "",
    PREVIEWS: app.previews?.max ?? 0,
    PREVIEW_DOMAIN: app.previews?.domain ?? "",
  };
  const variables = Object.entries(app.environment);
  const lines = variables.filter(([, value]) => !value.includes("\n"));
  const texts = variables.filter(([, value]) => value.includes("\n"));
  return [
    directory({ path }),
    envFile({ path: `${path}/app.env`, values: settings, mode: 0o644 }),
    // podman does not unquote values in this file.
    file({
      path: `${path}/environment`,
      text: lines.map(([name, value]) => `${name}=${value}\n`).join(""),
      mode: 0o600,
    }),
    ...texts.map(([name, text]) => file({ path: `${path}/multiline/${name}`, text, mode: 0o600 })),
  ];
}

/** HAProxy reads HMAC keys in base64. */
function tokensMap(apps: readonly HookedApp[]): string {
  return apps.map(({ name, token }) => `${name} ${Buffer.from(token, "utf8").toString("base64")}\n`).join("");
}

function hostsMap(apps: readonly HookedApp[]): string {
  return apps.flatMap(({ name, hosts }) => hosts.map((one) => `${one} ${name}.0\n`)).join("");
}

/** One backend per preview index. Its servers are disabled until a container runs in the slot. */
function backends(app: HookedApp, index: number): string[] {
  const addresses = appAddresses(index, previewIndexesOf(app));
  return Array.from({ length: previewIndexesOf(app) }, (_, previewIndex) =>
    [
      `backend ${app.name}.${previewIndex}\n`,
      ...["blue", "green"].map(
        (slot, offset) => `\tserver ${slot} ${addresses[previewIndex * 2 + offset]}:${app.port} disabled\n`,
      ),
    ].join(""),
  );
}

/** Number of preview indexes: the app itself and its previews. */
function previewIndexesOf({ previews }: HookedApp): number {
  return 1 + (previews?.max ?? 0);
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
