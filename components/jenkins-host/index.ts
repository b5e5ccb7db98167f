import * as pulumi from "@pulumi/pulumi";
import { agentPort } from "../../ignition/roles/jenkins-agent/constants.ts";
import { jenkins, jenkinsName, webhookPort } from "../../ignition/roles/jenkins/role.ts";
import { credentialSecret, jenkinsSecrets } from "../../ignition/roles/jenkins/settings.ts";
import { wildcardProxyPorts } from "../../ignition/roles/wildcard-proxy/proxy.ts";
import { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Firewall, Machine } from "../cloud/cloud.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import { makeAgents } from "./agents.ts";
import type { JenkinsHostArgs } from "./args.ts";
import { jenkinsBackup } from "./backup.ts";
import { jenkinsKubernetes } from "./kubernetes-agents.ts";
import { appKey, password } from "./secrets.ts";
import { jenkinsHostSettings } from "./settings.ts";
import { jenkinsSettings } from "./role-settings.ts";
import { givenIdentity, createPublicEndpoint } from "../internal/public-endpoint.ts";

const dataPath = "/var/lib/paasmas/jenkins";

/**
 * A Jenkins that is finished when its machine is: configured as code, with pinned plugins, its home on a volume of its own
 * and in a bucket. Builds run on machines of their own. In front of it a proxy serves everything in its domain by name.
 */
export class JenkinsHost extends pulumi.ComponentResource {
  /** Where users go, `https://jenkins.ci.example.com/`. The domain and all names in it have to lead to {@link address}. */
  readonly url: string;
  /** Where the proxy listens: an address or a DNS name. */
  readonly address: pulumi.Output<string>;
  /** Authority of the proxy's certificate (PEM); absent where a certificate was given. */
  readonly caCertificate?: pulumi.Output<string>;
  /** Password of `admin`; a secret. Absent where users log in with GitHub. */
  readonly adminPassword?: pulumi.Output<string>;
  /** Where GitHub sends its webhooks, for the settings of the app: by the publicEndpoint, where there is one. */
  readonly webhookUrl: string;
  /** Where the public endpoint's name has to lead: an address or a DNS name. Absent without a public endpoint. */
  readonly publicAddress?: pulumi.Output<string>;
  /** What GitHub signs its webhooks with, for the settings of the app; a secret. */
  readonly webhookSecret: pulumi.Output<string>;
  /** What backups are encrypted with; a secret. Absent without backups. */
  readonly backupPassword?: pulumi.Output<string>;
  /** Jenkins' own machine. */
  readonly machine: Machine;
  /** The machines that builds run on. */
  readonly agents: readonly Machine[];
  /** The firewall that Jenkins' machine is behind. */
  readonly firewall: Firewall;
  /** The firewall that the agents are behind: what deploys from a build comes from there. */
  readonly agentFirewall: Firewall;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: JenkinsHostArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = jenkinsHostSettings(name, args);
    const { cloud, domain, registry, backup, kubernetes, publicEndpoint } = args;
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

    // Agents first: they do not need Jenkins, and it finds them there.
    const agents = makeAgents(name, {
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
    const identity = ca
      ? ca.issue(name, { usage: "server", dnsNames: [domain, `*.${domain}`] }, child)
      : givenIdentity(args.certificate!);
    const publicPair = publicEndpoint?.certificate ?? args.certificate;
    const webhooks = publicEndpoint && {
      name: publicEndpoint.name,
      tls: publicPair
        ? givenIdentity(publicPair)
        : ca!.issue(`${name}-public`, { usage: "server", dnsNames: [publicEndpoint.name] }, child),
    };
    this.webhookSecret = password(`${name}-webhook-secret`, undefined, child);
    if (args.login === undefined) this.adminPassword = password(`${name}-admin-password`, args.adminPassword, child);
    if (backup) this.backupPassword = password(`${name}-backup-password`, backup.password, child);
    const secrets = this.#secrets(name, args, agents.loginKey);
    const configured = pulumi
      .all([agents.known, kubernetes && jenkinsKubernetes(kubernetes)])
      .apply(([known, cluster]) => jenkinsSettings(this.url, args, known, cluster));
    const saved = backup && jenkinsBackup(backup, settings.backupImage, this.backupPassword!);

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
        // Jenkins gets a minute to end in order.
        stopGraceSeconds: 90,
        config: (delivery) =>
          pulumi
            .all([
              hostSettings(name, delivery, { path: dataPath }),
              configured,
              secrets,
              identity,
              pulumi.output(webhooks),
              pulumi.output(saved),
            ])
            .apply(([host, configuredValues, secretTexts, tls, webhookValues, backupValues]) =>
              withSnippets(
                jenkins({
                  host,
                  image: settings.image,
                  settings: configuredValues,
                  secrets: secretTexts,
                  plugins: settings.plugins,
                  configuration: args.configuration ?? [],
                  heapMiB: settings.heapMiB,
                  proxy: { image: settings.proxyImage, domain, tls, services: settings.services },
                  ...(webhookValues && { webhooks: webhookValues }),
                  ...(backupValues && { backup: backupValues }),
                }),
                settings.snippets,
              ),
            ),
      },
      machineOptions(
        this,
        opts,
        this.agents.map((agent) => agent.gate),
      ),
    );
    const behind = {
      targets: [this.machine],
      targetFirewall: this.firewall,
      health: { port: wildcardProxyPorts.health.port, path: "/healthz" },
    };
    const loadBalancer = cloud.loadBalancer(
      `${name}-front`,
      {
        ...behind,
        hostNumber: settings.loadBalancerHostNumber,
        ports: [
          { ...wildcardProxyPorts.https, port: 443, targetPort: wildcardProxyPorts.https.port },
          { ...wildcardProxyPorts.http, port: 80, targetPort: wildcardProxyPorts.http.port },
        ],
        allowFrom: args.allowFrom,
        ...(kubernetes?.firewall && { clients: [kubernetes.firewall] }),
      },
      child,
    );
    this.address = loadBalancer.address;
    if (publicEndpoint) {
      const ports = [{ ...webhookPort, port: 443, targetPort: webhookPort.port }];
      this.publicAddress = createPublicEndpoint(
        name,
        publicEndpoint,
        { ...behind, cloud, hostNumber: 42, ports, names: [publicEndpoint.name] },
        child,
      ).address;
    }

    this.registerOutputs({ url: this.url, address: this.address });
  }

  /** What to wait for before using it: the gates of all machines. */
  get ready(): pulumi.Resource[] {
    return [...this.agents, this.machine].map((machine) => machine.gate);
  }

  /** Everything secret that the configuration refers to, by the name of its file; a secret. */
  #secrets(
    name: string,
    { github, login, seed, mail, kubernetes, credentials = {} }: JenkinsHostArgs,
    agentKey: pulumi.Output<string>,
  ) {
    const users: Record<string, pulumi.Input<string>> = login
      ? { [jenkinsSecrets.oauthSecret]: login.clientSecret }
      : {
          [jenkinsSecrets.adminPassword]: this.adminPassword!,
          ...(seed && {
            [jenkinsSecrets.seedPassword]: password(`${name}-seed-password`, undefined, { parent: this }),
          }),
        };
    return pulumi.secret(
      pulumi.output({
        [jenkinsSecrets.appKey]: appKey(name, github.privateKey),
        [jenkinsSecrets.webhookSecret]: this.webhookSecret,
        [jenkinsSecrets.agentKey]: agentKey,
        [jenkinsSecrets.metricsKey]: password(`${name}-metrics-key`, undefined, { parent: this }),
        ...users,
        ...(mail?.password !== undefined && { [jenkinsSecrets.mailPassword]: mail.password }),
        ...(kubernetes && { [jenkinsSecrets.kubernetesToken]: kubernetes.token }),
        ...Object.fromEntries(Object.entries(credentials).map(([id, secret]) => [credentialSecret(id), secret])),
      }),
    );
  }
}
