import * as pulumi from "@pulumi/pulumi";
import { agentPort } from "../../ignition/roles/jenkins-agent/constants.ts";
import { jenkins, type JenkinsBackup, jenkinsName, webhookPort } from "../../ignition/roles/jenkins/role.ts";
import { credentialSecret, type JenkinsAgent, jenkinsSecrets } from "../../ignition/roles/jenkins/settings.ts";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import { wildcardProxyPorts } from "../../ignition/roles/wildcard-proxy/proxy.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Firewall, LoadBalancer, Machine, MachineArgs } from "../cloud/cloud.ts";
import { balancedEndpoint, type Endpoint } from "../internal/endpoint.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import { createPublicEndpoint, givenIdentity } from "../internal/public-endpoint.ts";
import { createAgents } from "./agents.ts";
import type { JenkinsHostArgs } from "./args.ts";
import { jenkinsBackup } from "./backup.ts";
import { jenkinsKubernetes } from "./kubernetes-agents.ts";
import { jenkinsSettings } from "./role-settings.ts";
import { appKey, password } from "./secrets.ts";
import { type JenkinsHostSettings, jenkinsHostSettings } from "./settings.ts";
import type { JenkinsEndpointArgs } from "./webhook-endpoint.ts";

const dataPath = "/var/lib/paasmas/jenkins";

/**
 * Jenkins with configuration as code and pinned plugins. Its home is on a separate volume, with a backup in a bucket.
 * Builds run on separate agent machines. A proxy serves Jenkins and the other services of the domain by name.
 */
export class JenkinsHost extends pulumi.ComponentResource {
  /**
   * URL of Jenkins for users, `https://jenkins.ci.example.com/`. Point the DNS records of the domain and of all names
   * in it to {@link address}.
   */
  readonly url: string;
  /** Address or DNS name of the proxy's load balancer. */
  readonly address: pulumi.Output<string>;
  /** Authority of the proxy's certificate (PEM). Absent with a given certificate. */
  readonly caCertificate?: pulumi.Output<string>;
  /** Password of `admin`; a secret. Absent when users log in with GitHub. */
  readonly adminPassword?: pulumi.Output<string>;
  /**
   * URL for GitHub's webhooks; enter it in the settings of the GitHub App. It is at the public endpoint, if there is
   * one.
   */
  readonly webhookUrl: string;
  /** Endpoints of Jenkins: `url`, and `webhookUrl` if it is reachable from the internet. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<Endpoint>>>;
  /** Address or DNS name for the DNS record of the public endpoint. Absent without a public endpoint. */
  readonly publicAddress?: pulumi.Output<string>;
  /** Key that signs GitHub's webhooks; enter it in the settings of the GitHub App. A secret. */
  readonly webhookSecret: pulumi.Output<string>;
  /** Password that encrypts the backups; a secret. Absent without backups. */
  readonly backupPassword?: pulumi.Output<string>;
  /** The Jenkins machine. */
  readonly machine: Machine;
  /** The agent machines for builds. */
  readonly agents: readonly Machine[];
  /** Firewall of the Jenkins machine. */
  readonly firewall: Firewall;
  /** Firewall of the agent machines. Deployments of builds come from there. */
  readonly agentFirewall: Firewall;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: JenkinsHostArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = jenkinsHostSettings(name, args);
    const { cloud, domain, registry, backup, publicEndpoint } = args;
    const machines = [name, ...settings.agents.map((agent) => agent.name)];
    super(
      "paasmas:index:JenkinsHost",
      name,
      { domain, organization: args.github.organization, image: settings.image, machines },
      opts,
    );
    const child = { parent: this };

    this.url = `https://${jenkinsName}.${domain}/`;
    this.webhookUrl = `${publicEndpoint ? `https://${publicEndpoint.name}/` : this.url}github-webhook/`;
    this.firewall = cloud.firewall(name, { description: "Jenkins and the proxy in front of it" }, child);
    this.agentFirewall = cloud.firewall(`${name}-agents`, { description: "builds of Jenkins" }, child);
    cloud.allow(`${name}-to-agents`, { to: this.agentFirewall, from: this.firewall, ports: [agentPort] }, child);
    registry?.allowClients(this.agentFirewall, child);

    // Agents first: they do not need Jenkins, but Jenkins needs their addresses and host keys.
    const agents = createAgents(name, {
      cloud,
      registry,
      settings,
      firewall: this.agentFirewall,
      parent: this,
      dependsOn: opts?.dependsOn,
    });
    this.agents = agents.machines;

    const ca = args.certificate ? undefined : (args.ca ?? new CertificateAuthority(`${name}-ca`, {}, child));
    if (ca) this.caCertificate = ca.certificate;
    const identities = proxyIdentities(name, args, ca, this);
    this.webhookSecret = password(`${name}-webhook-secret`, undefined, child);
    if (args.login === undefined) this.adminPassword = password(`${name}-admin-password`, args.adminPassword, child);
    if (backup) this.backupPassword = password(`${name}-backup-password`, backup.password, child);
    const secrets = this.#secrets(name, args, agents.loginKey);

    this.machine = cloud.machine(
      name,
      {
        role: "jenkins",
        hostNumber: settings.firstHostNumber,
        size: settings.machineSize,
        firewall: this.firewall,
        access: args.access,
        dataVolume: { path: dataPath, sizeGiB: settings.volumeGiB },
        readyTimeoutSeconds: settings.readyTimeoutSeconds,
        // Jenkins needs up to a minute to stop.
        stopGraceSeconds: 90,
        config: machineConfig(name, args, settings, {
          url: this.url,
          agents: agents.known,
          secrets,
          identities,
          backup: backup && jenkinsBackup(backup, settings.backupImage, this.backupPassword!),
        }),
      },
      machineOptions(
        this,
        opts,
        this.agents.map((agent) => agent.gate),
      ),
    );
    const front = this.#createLoadBalancer(name, args, settings);
    const webhooks = publicEndpoint && this.#publish(name, args, publicEndpoint);
    this.address = front.address;
    if (webhooks) this.publicAddress = webhooks.address;
    this.endpoints = {
      url: balancedEndpoint(front, 443, this.url, args.certificate?.certificate ?? ca?.certificate),
      ...(webhooks && {
        webhookUrl: balancedEndpoint(
          webhooks,
          443,
          this.webhookUrl,
          publicEndpoint.certificate?.certificate ?? args.certificate?.certificate ?? ca?.certificate,
        ),
      }),
    };

    this.registerOutputs({ url: this.url, address: this.address });
  }

  /** Resources to wait for before you use Jenkins: the gates of all machines. */
  get ready(): pulumi.Resource[] {
    return [...this.agents, this.machine].map((machine) => machine.gate);
  }

  #createLoadBalancer(
    name: string,
    { cloud, kubernetes, allowFrom }: JenkinsHostArgs,
    { loadBalancerHostNumber }: JenkinsHostSettings,
  ): LoadBalancer {
    return cloud.loadBalancer(
      `${name}-front`,
      {
        ...this.#backend(),
        hostNumber: loadBalancerHostNumber,
        ports: [
          { ...wildcardProxyPorts.https, port: 443, targetPort: wildcardProxyPorts.https.port },
          { ...wildcardProxyPorts.http, port: 80, targetPort: wildcardProxyPorts.http.port },
        ],
        allowFrom,
        ...(kubernetes?.firewall && { clients: [kubernetes.firewall] }),
      },
      { parent: this },
    );
  }

  #publish(name: string, { cloud }: JenkinsHostArgs, publicEndpoint: JenkinsEndpointArgs): LoadBalancer {
    const ports = [{ ...webhookPort, port: 443, targetPort: webhookPort.port }];
    return createPublicEndpoint(
      name,
      publicEndpoint,
      { ...this.#backend(), cloud, hostNumber: 42, ports, names: [publicEndpoint.name] },
      { parent: this },
    );
  }

  #backend() {
    return {
      targets: [this.machine],
      targetFirewall: this.firewall,
      health: { port: wildcardProxyPorts.health.port, path: "/healthz" },
    };
  }

  /** All secrets of the configuration, by the name of their file; a secret. */
  #secrets(
    name: string,
    { github, login, seed, mail, kubernetes, credentials = {} }: JenkinsHostArgs,
    agentKey: pulumi.Output<string>,
  ): pulumi.Output<Record<string, string>> {
    const users: Record<string, pulumi.Input<string>> = login
      ? { [jenkinsSecrets.oauthSecret]: login.clientSecret }
      : {
          [jenkinsSecrets.adminPassword]: this.adminPassword!,
          ...(seed && {
            [jenkinsSecrets.seedPassword]: password(`${name}-seed-password`, undefined, { parent: this }),
          }),
        };
    const all: Record<string, pulumi.Input<string>> = {
      [jenkinsSecrets.appKey]: appKey(name, github.privateKey),
      [jenkinsSecrets.webhookSecret]: this.webhookSecret,
      [jenkinsSecrets.agentKey]: agentKey,
      [jenkinsSecrets.metricsKey]: password(`${name}-metrics-key`, undefined, { parent: this }),
      ...users,
      ...(mail?.password !== undefined && { [jenkinsSecrets.mailPassword]: mail.password }),
      ...(kubernetes && { [jenkinsSecrets.kubernetesToken]: kubernetes.token }),
      ...Object.fromEntries(Object.entries(credentials).map(([id, secret]) => [credentialSecret(id), secret])),
    };
    return pulumi.secret(pulumi.output(all));
  }
}

/** Certificates of the proxy. */
interface ProxyIdentities {
  /** For the domain and all names in it. */
  main: pulumi.Output<TlsIdentity>;
  /** For the host name of webhooks, if there is a public endpoint. */
  webhooks: { name: string; tls: pulumi.Output<TlsIdentity> } | undefined;
}

/** @param ca Authority; absent with a given certificate. */
function proxyIdentities(
  name: string,
  { domain, certificate, publicEndpoint }: JenkinsHostArgs,
  ca: CertificateAuthority | undefined,
  parent: pulumi.Resource,
): ProxyIdentities {
  const main = ca
    ? ca.issue(name, { usage: "server", dnsNames: [domain, `*.${domain}`] }, { parent })
    : givenIdentity(certificate!);
  if (publicEndpoint === undefined) return { main, webhooks: undefined };
  const given = publicEndpoint.certificate ?? certificate;
  const tls = given
    ? givenIdentity(given)
    : ca!.issue(`${name}-public`, { usage: "server", dnsNames: [publicEndpoint.name] }, { parent });
  return { main, webhooks: { name: publicEndpoint.name, tls } };
}

/** Values of the role that the component creates. */
interface RoleValues {
  url: string;
  agents: pulumi.Output<JenkinsAgent[]>;
  secrets: pulumi.Output<Record<string, string>>;
  identities: ProxyIdentities;
  backup: pulumi.Output<JenkinsBackup> | undefined;
}

function machineConfig(
  name: string,
  args: JenkinsHostArgs,
  { image, plugins, heapMiB, proxyImage, services, snippets }: JenkinsHostSettings,
  { url, agents, secrets, identities, backup }: RoleValues,
): MachineArgs["config"] {
  const { domain, kubernetes, configuration = [] } = args;
  const configured = pulumi
    .all([agents, kubernetes && jenkinsKubernetes(kubernetes)])
    .apply(([known, cluster]) => jenkinsSettings(url, args, known, cluster));
  return (delivery) =>
    pulumi
      .all([
        hostSettings(name, delivery, { path: dataPath }),
        configured,
        secrets,
        identities.main,
        pulumi.output(identities.webhooks),
        pulumi.output(backup),
      ])
      .apply(([host, settings, secretTexts, tls, webhooks, backupSettings]) =>
        withSnippets(
          jenkins({
            host,
            image,
            settings,
            secrets: secretTexts,
            plugins,
            configuration,
            heapMiB,
            proxy: { image: proxyImage, domain, tls, services },
            ...(webhooks && { webhooks }),
            ...(backupSettings && { backup: backupSettings }),
          }),
          snippets,
        ),
      );
}
