import * as pulumi from "@pulumi/pulumi";
import { agentPort, agentWorkPath } from "../ignition/roles/jenkins-agent/places.ts";
import { type AgentTool, jenkinsAgent } from "../ignition/roles/jenkins-agent/role.ts";
import { kubernetesPlugins, pinnedPlugins } from "../ignition/roles/jenkins/plugins.ts";
import { jenkins, jenkinsName } from "../ignition/roles/jenkins/role.ts";
import { credentialSecret, jenkinsSecrets } from "../ignition/roles/jenkins/settings.ts";
import { wildcardProxyPorts } from "../ignition/roles/wildcard-proxy/proxy.ts";
import images from "../ignition/roles/images.json" with { type: "json" };
import { CertificateAuthority } from "./certificate-authority.ts";
import type { Cloud, Firewall, Machine, MachineAccess, MachineSize } from "./cloud/cloud.ts";
import { hostSettings, machineOptions, withSnippets } from "./host.ts";
import type {
  JenkinsBackupArgs,
  JenkinsGithubArgs,
  JenkinsGithubLoginArgs,
  JenkinsKubernetesArgs,
  JenkinsPipelineArgs,
  JenkinsPlaceArgs,
} from "./jenkins/arguments.ts";
import { checkJenkinsHost } from "./jenkins/check.ts";
import { appKey, password, sshKeys } from "./jenkins/secrets.ts";
import { agentNames, jenkinsBackup, jenkinsKubernetes, jenkinsSettings } from "./jenkins/values.ts";
import type { Registry } from "./registry/registry.ts";

export interface JenkinsHostArgs {
  /** Where the machines run. */
  cloud: Cloud;
  /** Domain of Jenkins and of the services behind its proxy: `ci.example.com`. Jenkins is `jenkins.ci.example.com`. */
  domain: string;
  /** The organization whose repositories are built, and the GitHub App that Jenkins acts as. */
  github: JenkinsGithubArgs;
  /**
   * Users log in with GitHub.
   * Default: Jenkins has one user of its own, `admin`.
   */
  login?: JenkinsGithubLoginArgs;
  /**
   * Password of `admin`, where Jenkins has users of its own.
   * Default: generated; the output `adminPassword`.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Sender and contact of mails.
   * Default: `jenkins@<domain>`.
   */
  adminAddress?: string;
  /**
   * The shared pipeline library, which pipelines load with `@Library('paasmas')`.
   * Default: none.
   */
  library?: JenkinsPlaceArgs;
  /**
   * Pipelines beside those of the repositories' own `Jenkinsfile`s.
   * Default: none.
   */
  pipelines?: JenkinsPipelineArgs[];
  /**
   * Job DSL scripts of a repository, `{ repository: "ci-jobs", path: "jobs/*.groovy" }`, which a job runs whenever they change.
   * Default: none.
   * Whoever may change them can make any job.
   */
  seed?: JenkinsPlaceArgs;
  /**
   * Job DSL scripts that are run at every start.
   * Default: none.
   */
  jobs?: string[];
  /**
   * Further credentials, secret texts by their ids: `{ "deploy-hook-staging": token }`; secrets.
   * Default: none.
   */
  credentials?: Record<string, pulumi.Input<string>>;
  /**
   * Further plugins, or other versions of the pinned ones: `{ slack: "795.v4b_9705b_e6d47" }`.
   * Default: none.
   */
  plugins?: Record<string, string>;
  /**
   * Further configuration: YAML documents for the plugin Configuration as Code, without secrets.
   * Default: none.
   */
  configuration?: string[];
  /**
   * Number of machines that builds run on: 1 to 8.
   * Default: 1.
   */
  agents?: number;
  /**
   * Builds at a time on each of them.
   * Default: 2.
   */
  agentExecutors?: number;
  /**
   * Size class of the machines that builds run on.
   * Default: `medium`.
   */
  agentSize?: MachineSize;
  /**
   * Size of the data volume of each of them, for workspaces and images, in GiB.
   * Default: 50.
   */
  agentVolumeGiB?: number;
  /**
   * A Kubernetes cluster that other builds run on, each in a pod of its own: those for the label `pods`.
   * Default: none.
   */
  kubernetes?: JenkinsKubernetesArgs;
  /**
   * Programs that builds use, by name, each copied out of a container image.
   * Default: `node` (with npm), of the image `build-node` in `ignition/roles/images.json`; those that are given come in addition, or in its place.
   */
  agentTools?: Record<string, AgentTool>;
  /**
   * Where builds push their images to.
   * Default: nowhere.
   */
  registry?: Registry;
  /**
   * Services behind the proxy by name: `{ wiki: "10.30.64.70:8080" }` is `https://wiki.<domain>`; `pr-*` stands for all names
   * that begin so.
   * Default: none; more can be added on the machine, with `proxy-services`.
   */
  services?: Record<string, string>;
  /**
   * Certificate for the domain and `*.<domain>` with its intermediates, and its key (PEM); the key is a secret.
   * Default: one of the component's own authority, which browsers do not know.
   */
  certificate?: { certificate: pulumi.Input<string>; privateKey: pulumi.Input<string> };
  /**
   * Authority for the certificate, where none is given.
   * Default: one of the component's own.
   */
  ca?: CertificateAuthority;
  /**
   * Address ranges that may connect to the proxy, none wider than a /8.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * Where the home is saved to, every night, and restored from when its volume is empty.
   * Default: nowhere.
   */
  backup?: JenkinsBackupArgs;
  /**
   * What Jenkins' own machine may use of what others provide.
   * Default: nothing.
   */
  access?: MachineAccess[];
  /**
   * Container image of Jenkins, by tag or digest.
   * Default: `jenkins` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image of nginx >= 1.18, by tag or digest.
   * Default: `nginx` in `ignition/roles/images.json`.
   */
  proxyImage?: string;
  /**
   * Container image of restic >= 0.17, by tag or digest.
   * Default: `restic` in `ignition/roles/images.json`.
   */
  backupImage?: string;
  /**
   * Memory for Jenkins' heap, in MiB.
   * Default: 1024.
   */
  heapMiB?: number;
  /**
   * Host number of Jenkins' machine; those of the agents follow.
   * Default: 51.
   */
  firstHost?: number;
  /**
   * Host number of the address that users connect to, on clouds that let one choose.
   * Default: 41.
   */
  frontHost?: number;
  /**
   * Size class of Jenkins' machine.
   * Default: `medium`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the volume with Jenkins' home, in GiB.
   * Default: 50.
   * It outlives its machine.
   */
  volumeGiB?: number;
  /**
   * How long a machine may take to become healthy, in seconds.
   * Default: 1800: the first start fetches the plugins, and may restore a backup.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text) merged over each machine's own.
   * Default: none.
   */
  snippets?: string[];
}

const dataPath = "/var/lib/paasmas/jenkins";

const defaultTools: Record<string, AgentTool> = {
  node: { image: images["build-node"], path: "/usr/local" },
};

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
  /** What GitHub signs its webhooks with, for the settings of the app; a secret. Their URL is `<url>github-webhook/`. */
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
    const { cloud, domain, github, login, firstHost = 51, frontHost = 41, allowFrom } = args;
    const { agents: agentCount = 1, agentExecutors = 2, agentVolumeGiB = 50, volumeGiB = 50, heapMiB = 1024 } = args;
    const { image = images.jenkins, proxyImage = images.nginx, backupImage = images.restic } = args;
    const { seed, credentials = {}, plugins = {}, services = {}, backup, kubernetes } = args;
    const agentTools = { ...defaultTools, ...args.agentTools };
    const own = checkJenkinsHost(name, args, { firstHost, frontHost, agentCount, agentExecutors, agentVolumeGiB, volumeGiB, heapMiB, agentTools });
    const builders = agentNames(name, agentCount).map((agent, ordinal) => ({
      name: agent,
      host: firstHost + 1 + ordinal,
      address: cloud.address(firstHost + 1 + ordinal),
    }));
    const facts = { domain, organization: github.organization, image, machines: [name, ...builders.map((builder) => builder.name)] };
    super("paasmas:index:JenkinsHost", name, facts, opts);
    const child = { parent: this };

    this.url = `https://${jenkinsName}.${domain}/`;
    this.firewall = cloud.firewall(name, { description: "Jenkins and the proxy in front of it" }, child);
    this.agentFirewall = cloud.firewall(`${name}-agents`, { description: "builds of Jenkins" }, child);
    cloud.allow(`${name}-to-agents`, { to: this.agentFirewall, from: this.firewall, ports: [agentPort] }, child);
    args.registry?.allowClients(this.agentFirewall, child);

    // Agents first: they do not need Jenkins, and it finds them there.
    const loginKeys = sshKeys(`${name}-agents-key`, child);
    const group = cloud.group(`${name}-agents`, child);
    const hostKeys = builders.map((builder) => sshKeys(`${builder.name}-host-key`, child));
    const agents: Machine[] = [];
    builders.forEach((builder, ordinal) => {
      const previous = agents.at(-1);
      const machine = cloud.machine(
        builder.name,
        {
          role: "jenkins-agent",
          host: builder.host,
          size: args.agentSize ?? "medium",
          firewall: this.agentFirewall,
          group,
          access: args.registry ? [args.registry.push(builder.name)] : [],
          dataVolume: { path: agentWorkPath, sizeGiB: agentVolumeGiB },
          readyTimeoutSeconds: args.readyTimeoutSeconds ?? 1800,
          config: (delivery) =>
            pulumi
              .all([hostSettings(builder.name, delivery, { path: agentWorkPath }), loginKeys.publicKey, hostKeys[ordinal]!.privateKey])
              .apply(([host, authorizedKey, hostKey]) =>
                withSnippets(jenkinsAgent({ host, image, authorizedKey, hostKey, tools: agentTools }), own),
              ),
        },
        // One after another: while one is replaced, builds run on the others.
        machineOptions(this, opts, previous ? [previous.gate] : (args.registry?.ready ?? [])),
      );
      agents.push(machine);
    });
    this.agents = agents;

    const ca = args.certificate ? undefined : (args.ca ?? new CertificateAuthority(`${name}-ca`, {}, child));
    if (ca) this.caCertificate = ca.certificate;
    const identity = ca
      ? ca.issue(name, { usage: "server", dnsNames: [domain, `*.${domain}`] }, child)
      : pulumi.secret(pulumi.output(args.certificate!)).apply((pair) => ({ ...pair, ca: pair.certificate }));
    this.webhookSecret = password(`${name}-webhook-secret`, undefined, child);
    if (login === undefined) this.adminPassword = password(`${name}-admin-password`, args.adminPassword, child);
    if (backup) this.backupPassword = password(`${name}-backup-password`, backup.password, child);
    const secrets = pulumi.secret(
      pulumi.output({
        [jenkinsSecrets.appKey]: appKey(name, github.privateKey),
        [jenkinsSecrets.webhookSecret]: this.webhookSecret,
        [jenkinsSecrets.agentKey]: loginKeys.privateKey,
        ...(login
          ? { [jenkinsSecrets.oauthSecret]: login.clientSecret }
          : {
              [jenkinsSecrets.adminPassword]: this.adminPassword!,
              ...(seed && { [jenkinsSecrets.seedPassword]: password(`${name}-seed-password`, undefined, child) }),
            }),
        ...(kubernetes && { [jenkinsSecrets.kubernetesToken]: kubernetes.token }),
        ...Object.fromEntries(Object.entries(credentials).map(([id, secret]) => [credentialSecret(id), secret])),
      }),
    );
    const settings = pulumi
      .all([pulumi.all(hostKeys.map(({ publicKey }) => publicKey)), kubernetes && jenkinsKubernetes(kubernetes)])
      .apply(([publicKeys, cluster]) =>
        jenkinsSettings(this.url, args, builders.map((builder, ordinal) => ({ ...builder, hostKey: publicKeys[ordinal]!, executors: agentExecutors })), cluster),
      );
    const save = backup && jenkinsBackup(backup, backupImage, this.backupPassword!);

    this.machine = cloud.machine(
      name,
      {
        role: "jenkins",
        host: firstHost,
        size: args.machineSize ?? "medium",
        firewall: this.firewall,
        access: args.access,
        dataVolume: { path: dataPath, sizeGiB: volumeGiB },
        readyTimeoutSeconds: args.readyTimeoutSeconds ?? 1800,
        // Jenkins gets a minute to end in order.
        stopGraceSeconds: 90,
        config: (delivery) =>
          pulumi
            .all([hostSettings(name, delivery, { path: dataPath }), settings, secrets, identity, pulumi.output(save)])
            .apply(([host, configured, secretTexts, tls, backupValues]) =>
              withSnippets(
                jenkins({
                  host,
                  image,
                  settings: configured,
                  secrets: secretTexts,
                  plugins: { ...pinnedPlugins, ...(kubernetes && kubernetesPlugins), ...plugins },
                  configuration: args.configuration ?? [],
                  heapMiB,
                  proxy: { image: proxyImage, domain, tls, services },
                  ...(backupValues && { backup: backupValues }),
                }),
                own,
              ),
            ),
      },
      machineOptions(this, opts, this.agents.map((agent) => agent.gate)),
    );
    const front = cloud.loadBalancer(
      `${name}-front`,
      {
        host: frontHost,
        targets: [this.machine],
        targetFirewall: this.firewall,
        ports: [
          { ...wildcardProxyPorts.https, port: 443, targetPort: wildcardProxyPorts.https.port },
          { ...wildcardProxyPorts.http, port: 80, targetPort: wildcardProxyPorts.http.port },
        ],
        health: { port: wildcardProxyPorts.health.port, path: "/healthz" },
        allowFrom,
      },
      child,
    );
    this.address = front.address;

    this.registerOutputs({ url: this.url, address: this.address });
  }

  /** What to wait for before using it: the gates of all machines. */
  get ready(): pulumi.Resource[] {
    return [...this.agents, this.machine].map((machine) => machine.gate);
  }
}
