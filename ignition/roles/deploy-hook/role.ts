import { config, directory, envFile, file, fileFromDisk, unit, user } from "../../index.ts";
import type { Config, Fragment } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import { registryClient, type RegistryLogin } from "../registry-client/client.ts";
import type { HostSettings, Port, TlsIdentity } from "../role.ts";
import { appAddresses, appRange, appsRange } from "./networks.ts";

export interface DeployHookNode {
  host: HostSettings;
  /** Container image of HAProxy, by tag or digest; 2.6 or later. It is the receiver, and the proxy in front of the apps. */
  image: string;
  /** Container image with git, which fetches what is built. */
  gitImage: string;
  /** The receiver's certificate, for calls from other networks. */
  tls: TlsIdentity;
  /** What may be deployed here. */
  apps: readonly HookedApp[];
  /** Names of apps that the internet reaches, and the certificate for them. Absent: it reaches none. */
  outside?: { names: readonly string[]; tls: TlsIdentity };
  /** How the apps are reached from outside, with `%s` for the host name: `https://%s`. */
  urlTemplate: string;
  /** Builds at the same time. */
  builds: number;
  /** What one build may use of the machine's memory, MiB. */
  buildMemoryMiB: number;
  /** The registry that builds may fetch from as well; absent: only public images. */
  login?: RegistryLogin;
}

/** An app, as the machine has to know it. */
export interface HookedApp {
  /** DNS label; the first part of its backends, networks and containers. */
  name: string;
  /** Where its images are, without tag or digest; absent: it is only built here. */
  repository?: string;
  /** Where its source is, and its Dockerfile therein; absent: it is never built here. */
  source?: { url: string; dockerfile: string };
  /** Key of the signatures that its calls carry; secret. */
  token: string;
  /** Its host names. */
  hosts: readonly string[];
  /** The port it listens on in its container. */
  port: number;
  /** Its environment; secret. */
  environment: Readonly<Record<string, string>>;
  /** Names of the other apps that it calls. */
  uses: readonly string[];
  health: { path: string; timeoutSeconds: number };
  /** How long a release is watched before the old one goes, seconds. */
  watchSeconds: number;
  /** How long requests to the old one may still take, seconds. */
  drainSeconds: number;
  /** How long its process may take to stop, seconds. */
  stopSeconds: number;
  memoryMiB: number;
  /** Processes and threads it may have. */
  pids: number;
  /** Folders it may write to; they are in memory, and empty at every start. */
  writable: readonly string[];
  /** Capabilities that it keeps. */
  capabilities: readonly string[];
  /** User in the container, `uid[:gid]` or a name; absent: the image's own. */
  user?: string;
  /** Copies beside it, each with a name of its own; absent: none. */
  previews?: { max: number; domain: string };
}

export const deployHookPorts = {
  calls: { port: 9010, description: "deploy hook" },
  remoteCalls: { port: 9443, description: "deploy hook over TLS" },
  apps: { port: 8080, description: "apps" },
  publicApps: { port: 8443, description: "public apps over TLS" },
  health: { port: 8404, description: "health of the proxy" },
} satisfies Record<string, Port>;

/** Where the machine keeps what is deployed: on its data volume, if it has one. */
export const deployHookData = "/var/lib/paasmas/deploy-hook";

/** Users of the machine for its own services. The proxy is another one, its image's: what users reach never sees a token. */
const uids = { builder: 1500, receiver: 1501, calls: 1502, proxy: 99 };

const folder = "/etc/paasmas/deploy-hook";

/** The Ignition config of a machine that runs apps, and of the hook that deploys them. */
export function deployHook(node: DeployHookNode): Config {
  const { host: settings, image, gitImage, tls, apps, outside, urlTemplate, builds, buildMemoryMiB } = node;
  const parameters = {
    IMAGE: image,
    GIT_IMAGE: gitImage,
    URL_FORM: urlTemplate,
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
    fileFromDisk({ path: `${folder}/receiver.cfg`, from: local("receiver.cfg") }),
    file({ path: `${folder}/tokens.map`, text: tokensMap(apps), mode: 0o400, user: uids.receiver }),
    file({
      path: `${folder}/certificate.pem`,
      text: `${tls.certificate.trimEnd()}\n${tls.privateKey}`,
      mode: 0o400,
      user: uids.receiver,
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
    directory({ path: "/etc/paasmas/proxy/outside" }),
    ...(outside ? outsideFiles(outside) : []),

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
    // The one that systemd lets open the socket of the calls.
    user({ name: "deploy-hook", uid: uids.receiver, noCreateHome: true, shell: "/usr/sbin/nologin" }),
    // Who checks calls: the one that systemd lets open the socket behind which something is done.
    user({ name: "deploy-call", uid: uids.calls, noCreateHome: true, shell: "/usr/sbin/nologin" }),
    // Builds run as this user, and as the ids that every ordinary user is given for containers of its own.
    user({ name: "builder", uid: uids.builder, noCreateHome: true, shell: "/usr/sbin/nologin" }),
    builderLogin(node.login),
  );
}

/** HAProxy reads every file of this folder that ends in .cfg; without a public endpoint there is none. */
function outsideFiles({ names, tls }: NonNullable<DeployHookNode["outside"]>): Fragment[] {
  const path = "/etc/paasmas/proxy/outside";
  const pair = `${tls.certificate.trimEnd()}\n${tls.privateKey}`;
  return [
    fileFromDisk({ path: `${path}/outside.cfg`, from: local("outside.cfg") }),
    file({ path: `${path}/hosts.map`, text: names.map((name) => `${name} yes\n`).join("") }),
    file({ path: `${path}/certificate.pem`, text: pair, mode: 0o400, user: uids.proxy }),
  ];
}

/** What app and deploy-call are made of. */
const libraries = [
  "apps.sh",
  "app-seats.sh",
  "app-slots.sh",
  "app-images.sh",
  "app-release.sh",
  "app-list.sh",
  "call.sh",
];

/** A helper would ask the metadata service for the machine's own credentials, which are root's alone. */
function builderLogin(login: RegistryLogin | undefined): Fragment {
  const usable = login !== undefined && !("helper" in login.credentials);
  return registryClient(usable ? [login] : [], { path: "/etc/paasmas/builder/config.json", uid: uids.builder });
}

/** Where the ids begin that rootless containers run as: nobody else on the machine has them. */
const subordinate = "100000-4294967294";

function appFiles(app: HookedApp, index: number, apps: readonly HookedApp[]): Fragment[] {
  const path = `/etc/paasmas/apps/${app.name}`;
  const settings = {
    REPOSITORY: app.repository ?? "",
    SOURCE: app.source?.url ?? "",
    DOCKERFILE: app.source?.dockerfile ?? "",
    PORT: app.port,
    ADDRESSES: appAddresses(index, seatsOf(app)).join(" "),
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
    // podman takes what is behind the first = as it stands.
    file({
      path: `${path}/environment`,
      text: lines.map(([name, value]) => `${name}=${value}\n`).join(""),
      mode: 0o600,
    }),
    ...texts.map(([name, text]) => file({ path: `${path}/multiline/${name}`, text, mode: 0o600 })),
  ];
}

/** HAProxy takes keys in base64. */
function tokensMap(apps: readonly HookedApp[]): string {
  return apps.map(({ name, token }) => `${name} ${Buffer.from(token, "utf8").toString("base64")}\n`).join("");
}

function hostsMap(apps: readonly HookedApp[]): string {
  return apps.flatMap(({ name, hosts }) => hosts.map((one) => `${one} ${name}.0\n`)).join("");
}

/** A backend for each seat of an app; its servers are closed until something runs in them. */
function backends(app: HookedApp, index: number): string[] {
  const addresses = appAddresses(index, seatsOf(app));
  return Array.from({ length: seatsOf(app) }, (_, seat) =>
    [
      `backend ${app.name}.${seat}\n`,
      ...["blue", "green"].map(
        (slot, place) => `\tserver ${slot} ${addresses[seat * 2 + place]}:${app.port} disabled\n`,
      ),
    ].join(""),
  );
}

/** Its own, and one for each preview. */
function seatsOf({ previews }: HookedApp): number {
  return 1 + (previews?.max ?? 0);
}

function local(name: string): URL {
  return new URL(name, import.meta.url);
}
