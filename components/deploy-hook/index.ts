import * as pulumi from "@pulumi/pulumi";
import { appsRange } from "../../ignition/roles/deploy-hook/networks.ts";
import { deployHook, deployHookData, deployHookPorts } from "../../ignition/roles/deploy-hook/role.ts";
import images from "../../ignition/roles/images.json" with { type: "json" };
import { ArgumentCheck, ArgumentError } from "../internal/argument-check.ts";
import { bounds } from "../internal/bounds.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import { checkCidr, contains, isTooWide, overlaps } from "../cloud/addresses.ts";
import type { Cloud, Firewall, Machine } from "../cloud/cloud.ts";
import { appToken, type DeployHookAppArgs, hookedApp } from "./apps.ts";
import type { DeployHookArgs, DeployHookEndpointArgs } from "./args.ts";
import { appProblems } from "./validate.ts";
import { hostSettings, machineOptions, snippetConfigs, withSnippets } from "../internal/planned-machines.ts";
import { checkPublicEndpoint, givenIdentity, createPublicEndpoint } from "../internal/public-endpoint.ts";

/**
 * A machine that runs apps as containers, and a signed hook that deploys them: by digest, beside the old release, without a
 * request that fails, and back again by itself when the new one is not healthy.
 */
export class DeployHook extends pulumi.ComponentResource {
  /** Where CI calls: `http://<address>:9010`. */
  readonly url: string;
  /** Where CI of another network calls: `https://<address>:9443`. */
  readonly remoteUrl: string;
  /** Authority of the certificate there (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** The machine's address, on whose port 8080 the apps are. */
  readonly address: string;
  /** Where the public endpoint's names have to lead: an address or a DNS name. Absent without a public endpoint. */
  readonly publicAddress?: pulumi.Output<string>;
  /** Port of the apps. */
  readonly appsPort: number;
  /** Key of the signatures of each app's calls, by the app's name; secrets. */
  readonly tokens: Readonly<Record<string, pulumi.Output<string>>>;
  /** The machine. */
  readonly machine: Machine;
  /** The firewall the machine is behind. */
  readonly firewall: Firewall;
  readonly #cloud: Cloud;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: DeployHookArgs, opts?: pulumi.ComponentResourceOptions) {
    const { cloud, apps = [], callers = [], users = cloud && [cloud.cidr], snippets = [] } = args;
    const { image = images.haproxy, gitImage = images.git, hostNumber = 60, machineSize = "medium" } = args;
    const { builds = 2, buildMemoryMiB = 2048, volumeGiB = 20, publicEndpoint } = args;
    const { urlTemplate = `http://%s:${deployHookPorts.apps.port}` } = args;
    const check = new ArgumentCheck(name, args)
      .require(cloud !== undefined, "cloud", "is missing; give the cloud the machine runs in")
      .doesNotThrow("hostNumber", () => cloud?.address(hostNumber))
      .integer("builds", builds, bounds.deployHook.builds)
      .integer("buildMemoryMiB", buildMemoryMiB, bounds.deployHook.buildMemoryMiB)
      .integer("volumeGiB", volumeGiB, bounds.deployHook.volumeGiB)
      .require(
        /^https?:\/\/%s[^%\s]*$/.test(urlTemplate),
        "urlTemplate",
        `${JSON.stringify(urlTemplate)} is not allowed; use https://%s or the like`,
      )
      .add(appProblems(apps));
    for (const [argument, given] of Object.entries({ callers, users })) {
      given?.forEach((from, index) => {
        if (typeof from === "string") check.doesNotThrow(`${argument}[${index}]`, () => checkCidr(from));
      });
    }
    callers.forEach((from, index) =>
      check.require(
        typeof from !== "string" || !isTooWide(from),
        `callers[${index}]`,
        `${from} is far too wide; use the addresses that CI calls from`,
      ),
    );
    if (cloud !== undefined) {
      check.require(
        !overlaps(cloud.cidr, appsRange),
        "cloud",
        `its network ${cloud.cidr} overlaps ${appsRange}, in which the machine's containers are`,
      );
    }
    if (publicEndpoint) checkAppsEndpoint(check, cloud, apps, publicEndpoint);
    const own = snippetConfigs(snippets, check);
    check.throwIfInvalid();
    const machine = `${name}-0`;
    super("paasmas:index:DeployHook", name, { image, apps: apps.map((app) => app.name), machines: [machine] }, opts);

    this.#cloud = cloud;
    this.firewall = cloud.firewall(name, { description: "apps and their deploy hook" }, { parent: this });
    this.tokens = Object.fromEntries(apps.map((app) => [app.name, appToken(name, app, { parent: this })]));
    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, { parent: this });
    this.caCertificate = ca.certificate;
    const tls = ca.issue(machine, { usage: "server", addresses: [cloud.address(hostNumber)] }, { parent: this });
    const outside = publicEndpoint && {
      names: publicEndpoint.names,
      tls: publicEndpoint.certificate
        ? givenIdentity(publicEndpoint.certificate)
        : ca.issue(`${name}-public`, { usage: "server", dnsNames: publicEndpoint.names }, { parent: this }),
    };
    const hooked = pulumi.all(apps.map((app) => hookedApp(app, this.tokens[app.name]!, name)));
    callers.forEach((from, index) => this.allowCallers(`${name}-caller-${index}`, from));
    users.forEach((from, index) => this.#allow(`${name}-user-${index}`, from, deployHookPorts.apps));

    args.registry?.allowClients(this.firewall, { parent: this });
    const access = args.registry?.pull();
    this.machine = cloud.machine(
      machine,
      {
        role: "deploy-hook",
        hostNumber,
        size: machineSize,
        firewall: this.firewall,
        dataVolume: { path: deployHookData, sizeGiB: volumeGiB },
        readyTimeoutSeconds: args.readyTimeoutSeconds,
        stopGraceSeconds: 120,
        ...(access && { access: [access] }),
        config: (delivery) =>
          pulumi
            .all([
              hostSettings(machine, delivery, { path: deployHookData }),
              hooked,
              tls,
              pulumi.output(outside),
              access?.login,
            ])
            .apply(([settings, resolved, identity, publicNames, login]) =>
              withSnippets(
                deployHook({
                  host: settings,
                  image,
                  gitImage,
                  tls: identity,
                  apps: resolved,
                  urlTemplate,
                  builds,
                  buildMemoryMiB,
                  ...(publicNames && { public: publicNames }),
                  ...(login && { login }),
                }),
                own,
              ),
            ),
      },
      machineOptions(this, opts, []),
    );
    if (publicEndpoint) {
      const { publicApps, health } = deployHookPorts;
      const behind = {
        cloud,
        hostNumber: 43,
        targets: [this.machine],
        targetFirewall: this.firewall,
        ports: [{ ...publicApps, port: 443, targetPort: publicApps.port }],
        health: { port: health.port, path: "/healthz" },
        names: publicEndpoint.names,
      };
      this.publicAddress = createPublicEndpoint(name, publicEndpoint, behind, { parent: this }).address;
    }
    this.address = this.machine.address;
    this.appsPort = deployHookPorts.apps.port;
    this.url = `http://${this.address}:${deployHookPorts.calls.port}`;
    this.remoteUrl = `https://${this.address}:${deployHookPorts.remoteCalls.port}`;
    this.registerOutputs({ url: this.url, remoteUrl: this.remoteUrl, address: this.address });
  }

  /**
   * Lets the machines of another firewall, or an address range, call the hook: over TLS from outside of the private network.
   * @throws ArgumentError when the range is wider than a /8.
   */
  allowCallers(name: string, from: Firewall | string): void {
    if (typeof from === "string" && isTooWide(from))
      throw new ArgumentError([`${name}: ${from} is far too wide; use the addresses that CI calls from`]);
    const isRemote = typeof from === "string" && !contains(this.#cloud.cidr, from);
    this.#allow(name, from, isRemote ? deployHookPorts.remoteCalls : deployHookPorts.calls);
  }

  /** Lets the machines of another firewall, or an address range, reach the apps. */
  allowUsers(name: string, from: Firewall | string): void {
    this.#allow(name, from, deployHookPorts.apps);
  }

  /** What to wait for before calling the hook. */
  get ready(): pulumi.Resource[] {
    return [this.machine.gate];
  }

  #allow(name: string, from: Firewall | string, port: (typeof deployHookPorts)[keyof typeof deployHookPorts]): void {
    this.#cloud.allow(name, { to: this.firewall, from, ports: [port] }, { parent: this });
  }
}

function checkAppsEndpoint(
  check: ArgumentCheck,
  cloud: Cloud | undefined,
  apps: readonly DeployHookAppArgs[],
  publicEndpoint: DeployHookEndpointArgs,
): void {
  const { names = [] } = publicEndpoint;
  const known = apps.flatMap(({ hosts }) => hosts);
  checkPublicEndpoint(check, cloud, publicEndpoint, {}, { allowWideRanges: true });
  check.require(
    names.length > 0,
    "publicEndpoint.names",
    "is missing; list the apps' host names that the internet is to reach",
  );
  names.forEach((name, index) =>
    check.require(
      known.includes(name),
      `publicEndpoint.names[${index}]`,
      `${JSON.stringify(name)} is no app's host name; use ${known.join(", ") || "one of an app's hosts"}`,
    ),
  );
}
