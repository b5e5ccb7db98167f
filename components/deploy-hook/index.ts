import * as pulumi from "@pulumi/pulumi";
import { deployHook, deployHookData, deployHookPorts, type HookedApp } from "../../ignition/roles/deploy-hook/role.ts";
import type { RegistryLogin } from "../../ignition/roles/registry-client/client.ts";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import { contains, isTooWide } from "../cloud/addresses.ts";
import type { Cloud, Firewall, LoadBalancer, Machine, MachineArgs } from "../cloud/cloud.ts";
import { ArgumentError } from "../internal/argument-check.ts";
import { balancedEndpoint, type Endpoint } from "../internal/endpoint.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import { createPublicEndpoint, givenIdentity } from "../internal/public-endpoint.ts";
import { appToken, hookedApp } from "./apps.ts";
import type { DeployHookArgs, DeployHookEndpointArgs } from "./args.ts";
import { type DeployHookSettings, deployHookSettings } from "./settings.ts";

/**
 * Machine that runs apps as containers, with a hook that deploys them by signed calls. A deployment names a digest. The
 * new release starts beside the old one, so no request fails. If it is not healthy, the hook restores the old release.
 */
export class DeployHook extends pulumi.ComponentResource {
  /** URL of the hook for CI in the private network: `http://<address>:9010`. */
  readonly url: string;
  /** URL of the hook for CI in another network: `https://<address>:9443`. */
  readonly remoteUrl: string;
  /** Authority of the certificate of {@link remoteUrl} (PEM). */
  readonly caCertificate: pulumi.Output<string>;
  /** Address of the machine. The apps are at its port 8080. */
  readonly address: string;
  /** Address or DNS name for the public endpoint's DNS records. Absent without a public endpoint. */
  readonly publicAddress?: pulumi.Output<string>;
  /** Endpoints of the hook: `url`, `remoteUrl`, and `apps` if the apps are reachable from the internet. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<Endpoint>>>;
  /** Port of the apps. */
  readonly appsPort: number;
  /** Keys that sign the calls of each app, by the name of the app; secrets. */
  readonly tokens: Readonly<Record<string, pulumi.Output<string>>>;
  /** The machine. */
  readonly machine: Machine;
  /** Firewall of the machine. */
  readonly firewall: Firewall;
  readonly #cloud: Cloud;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: DeployHookArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = deployHookSettings(name, args);
    const { cloud, apps, image, hostNumber } = settings;
    const machine = `${name}-0`;
    super("paasmas:index:DeployHook", name, { image, apps: apps.map((app) => app.name), machines: [machine] }, opts);

    this.#cloud = cloud;
    this.firewall = cloud.firewall(name, { description: "apps and their deploy hook" }, { parent: this });
    this.tokens = Object.fromEntries(apps.map((app) => [app.name, appToken(name, app, { parent: this })]));
    const ca = args.ca ?? new CertificateAuthority(`${name}-ca`, {}, { parent: this });
    this.caCertificate = ca.certificate;
    const tls = ca.issue(machine, { usage: "server", addresses: [cloud.address(hostNumber)] }, { parent: this });
    const publicNames = publicIdentity(name, args, ca, this);
    const hookedApps = pulumi.all(apps.map((app) => hookedApp(app, this.tokens[app.name]!, name)));
    for (const [index, from] of settings.callers.entries()) this.allowCallers(`${name}-caller-${index}`, from);
    for (const [index, from] of settings.users.entries()) this.allowUsers(`${name}-user-${index}`, from);

    args.registry?.allowClients(this.firewall, { parent: this });
    const access = args.registry?.pull();
    this.machine = cloud.machine(
      machine,
      {
        role: "deploy-hook",
        hostNumber,
        size: settings.machineSize,
        firewall: this.firewall,
        dataVolume: { path: deployHookData, sizeGiB: settings.volumeGiB },
        readyTimeoutSeconds: args.readyTimeoutSeconds,
        stopGraceSeconds: 120,
        ...(access && { access: [access] }),
        config: machineConfig(machine, settings, { apps: hookedApps, tls, publicNames, login: access?.login }),
      },
      machineOptions(this, opts, []),
    );
    const balancer = args.publicEndpoint && this.#publish(name, args.publicEndpoint);
    if (balancer) this.publicAddress = balancer.address;
    this.address = this.machine.address;
    this.appsPort = deployHookPorts.apps.port;
    this.url = `http://${this.address}:${deployHookPorts.calls.port}`;
    this.remoteUrl = `https://${this.address}:${deployHookPorts.remoteCalls.port}`;
    this.endpoints = {
      url: pulumi.output({ url: this.url }),
      remoteUrl: pulumi.output({ url: this.remoteUrl }),
      // An app that is not deployed yet answers 503: only the connection counts.
      ...(balancer && {
        apps: balancedEndpoint(balancer, 443, `tcp://${args.publicEndpoint!.names[0]}:443`),
      }),
    };
    this.registerOutputs({ url: this.url, remoteUrl: this.remoteUrl, address: this.address });
  }

  /**
   * Allows the machines of another firewall, or an address range, to call the hook. Sources outside of the private
   * network use TLS.
   * @throws ArgumentError when the range is wider than a /8.
   */
  allowCallers(name: string, from: Firewall | string): void {
    if (typeof from === "string" && isTooWide(from))
      throw new ArgumentError([`${name}: ${from} is far too wide; use the addresses that CI calls from`]);
    const isRemote = typeof from === "string" && !contains(this.#cloud.cidr, from);
    this.#allow(name, from, isRemote ? deployHookPorts.remoteCalls : deployHookPorts.calls);
  }

  /** Allows the machines of another firewall, or an address range, to connect to the apps. */
  allowUsers(name: string, from: Firewall | string): void {
    this.#allow(name, from, deployHookPorts.apps);
  }

  /** Resources to wait for before you call the hook. */
  get ready(): pulumi.Resource[] {
    return [this.machine.gate];
  }

  #allow(name: string, from: Firewall | string, port: (typeof deployHookPorts)[keyof typeof deployHookPorts]): void {
    this.#cloud.allow(name, { to: this.firewall, from, ports: [port] }, { parent: this });
  }

  /** Creates the public endpoint. */
  #publish(name: string, publicEndpoint: DeployHookEndpointArgs): LoadBalancer {
    const { publicApps, health } = deployHookPorts;
    const backend = {
      cloud: this.#cloud,
      hostNumber: 43,
      targets: [this.machine],
      targetFirewall: this.firewall,
      ports: [{ ...publicApps, port: 443, targetPort: publicApps.port }],
      health: { port: health.port, path: "/healthz" },
      names: publicEndpoint.names,
    };
    return createPublicEndpoint(name, publicEndpoint, backend, { parent: this });
  }
}

/** Host names of the public endpoint, with their certificate. */
interface PublicNames {
  names: string[];
  tls: pulumi.Output<TlsIdentity>;
}

/** Values of the role that the component creates. */
interface RoleValues {
  apps: pulumi.Output<HookedApp[]>;
  tls: pulumi.Output<TlsIdentity>;
  publicNames: PublicNames | undefined;
  login: pulumi.Input<RegistryLogin> | undefined;
}

function publicIdentity(
  name: string,
  { publicEndpoint }: DeployHookArgs,
  ca: CertificateAuthority,
  parent: pulumi.Resource,
): PublicNames | undefined {
  if (publicEndpoint === undefined) return undefined;
  const { names, certificate } = publicEndpoint;
  const tls = certificate
    ? givenIdentity(certificate)
    : ca.issue(`${name}-public`, { usage: "server", dnsNames: names }, { parent });
  return { names, tls };
}

function machineConfig(
  machine: string,
  { image, gitImage, urlTemplate, builds, buildMemoryMiB, snippets }: DeployHookSettings,
  { apps, tls, publicNames, login }: RoleValues,
): MachineArgs["config"] {
  return (delivery) =>
    pulumi
      .all([hostSettings(machine, delivery, { path: deployHookData }), apps, tls, pulumi.output(publicNames), login])
      .apply(([host, resolvedApps, identity, endpoint, registryLogin]) =>
        withSnippets(
          deployHook({
            host,
            image,
            gitImage,
            tls: identity,
            apps: resolvedApps,
            urlTemplate,
            builds,
            buildMemoryMiB,
            ...(endpoint && { public: endpoint }),
            ...(registryLogin && { login: registryLogin }),
          }),
          snippets,
        ),
      );
}
