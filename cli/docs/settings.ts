import { join } from "node:path";
import { z } from "zod";
import { type EnvironmentName, settings } from "../../stacks/config/settings.ts";
import { isRefused } from "../../stacks/config/schema.ts";
import { type Described, interfaceMembers } from "./source.ts";
import { table } from "./tables.ts";

/** One setting of a stack's config. */
export interface Setting {
  /**
   * Path for `pulumi config set --path`, with `[]` for any index, `<name>` for any name and `<size>` for small, medium
   * or large.
   */
  path: string;
  environments: readonly EnvironmentName[];
  /** Environments that require the setting, if its group is present. */
  requiredIn: readonly EnvironmentName[];
  type: "number" | "boolean" | "text" | "group" | "list" | "anything";
  /** Allowed values, as a phrase. */
  allowed: string;
}

/** All settings of the schemas. */
export function allSettings(): Setting[] {
  const names = Object.keys(settings) as EnvironmentName[];
  const found = new Map<string, Setting & { environments: EnvironmentName[]; requiredIn: EnvironmentName[] }>();
  found.set("environment", {
    path: "environment",
    environments: names,
    requiredIn: [],
    type: "text",
    allowed: names.join(", "),
  });
  for (const [environment, schemas] of Object.entries(settings) as [EnvironmentName, Record<string, z.ZodType>][]) {
    const visit = (path: string, schema: z.ZodType) => {
      if (isRefused(schema)) return;
      const inner = unwrapped(schema);
      const [type, allowed] = kindOf(inner);
      const setting = found.get(path) ?? { path, environments: [], requiredIn: [], type, allowed };
      setting.environments.push(environment);
      if (!/(\[\]|>)$/.test(path) && !schema.safeParse(undefined).success) setting.requiredIn.push(environment);
      found.set(path, setting);
      if (inner instanceof z.ZodObject) {
        const bySize = Object.keys(inner.shape).join() === "small,medium,large";
        const parts = Object.entries(inner.shape as Record<string, z.ZodType>);
        for (const [name, part] of bySize ? [["<size>", parts[0]![1]] as const] : parts) visit(`${path}.${name}`, part);
      } else if (inner instanceof z.ZodArray) visit(`${path}[]`, inner.element as z.ZodType);
      else if (inner instanceof z.ZodRecord) visit(`${path}.<name>`, inner.valueType as z.ZodType);
    };
    for (const [key, schema] of Object.entries(schemas)) visit(key, schema);
  }
  return [...found.values()];
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return unwrapped(schema.unwrap() as z.ZodType);
  return schema instanceof z.ZodPipe && schema.in instanceof z.ZodTransform
    ? unwrapped(schema.out as z.ZodType)
    : schema;
}

/** Reads the allowed values from the error for a missing value: `is missing; use a number from 1 to 9`. */
function kindOf(schema: z.ZodType): [Setting["type"], string] {
  if (schema instanceof z.ZodObject) return ["group", ""];
  if (schema instanceof z.ZodRecord) return ["group", "name: value"];
  if (schema instanceof z.ZodArray) return ["list", ""];
  const refusal = schema.safeParse(undefined);
  if (refusal.success) return ["anything", ""];
  const [, allowed = ""] = /; use (.*)$/.exec(refusal.error.issues[0]!.message) ?? [];
  if (schema.safeParse(true).success) return ["boolean", allowed];
  if (/^(a (whole )?number|\d+ or \d+$)/.test(allowed)) return ["number", allowed];
  return [allowed.startsWith("settings such as") ? "group" : "text", allowed];
}

/** Interfaces of components by group of settings. Their doc comments are the meanings of the settings. */
const argsInterfaces: Record<string, [file: string, name: string][]> = {
  etcd: [["components/etcd-cluster/index.ts", "EtcdClusterArgs"]],
  galera: [["components/galera-cluster/args.ts", "GaleraClusterArgs"]],
  "galera.tuning": [["components/galera-cluster/args.ts", "GaleraTuningArgs"]],
  "galera.passwords": [["components/galera-cluster/passwords.ts", "GaleraPasswordsArgs"]],
  "galera.databases[]": [["components/galera-cluster/passwords.ts", "GaleraDatabaseArgs"]],
  loadBalancer: [["components/database-load-balancer/index.ts", "DatabaseLoadBalancerArgs"]],
  docker: [["components/cloud/docker/index.ts", "DockerCloudArgs"]],
  openstack: [["components/cloud/openstack/index.ts", "OpenstackCloudArgs"]],
  aws: [["components/cloud/aws/index.ts", "AwsCloudArgs"]],
  registry: [
    ["components/machine-registry/index.ts", "MachineRegistryArgs"],
    ["components/ecr-registry/args.ts", "EcrRegistryArgs"],
  ],
  "registry.bucket": [["components/machine-registry/index.ts", "RegistryBucketArgs"]],
  "registry.lifecycle": [["components/ecr-registry/policies.ts", "Lifecycle"]],
  logs: [["components/log-store/index.ts", "LogStoreArgs"]],
  monitoring: [["components/monitoring-host/index.ts", "MonitoringHostArgs"]],
  "monitoring.cluster": [["components/cluster-metrics/index.ts", "ClusterMetricsArgs"]],
  "logs.bucket": [["components/internal/bucket.ts", "BucketArgs"]],
  "logs.openSearch": [["components/open-search-logs/index.ts", "OpenSearchLogsArgs"]],
  deployHook: [["components/deploy-hook/args.ts", "DeployHookArgs"]],
  "deployHook.publicEndpoint": [["components/deploy-hook/args.ts", "DeployHookEndpointArgs"]],
  kubernetes: [["components/kubernetes-cluster/args.ts", "KubernetesClusterArgs"]],
  "kubernetes.pools[]": [["components/kubernetes-cluster/args.ts", "KubernetesPoolArgs"]],
  paas: [["components/paas-cluster/args.ts", "PaasClusterArgs"]],
  "paas.publicEndpoint": [["components/internal/public-endpoint.ts", "PublicEndpointArgs"]],
  "paas.database": [["components/paas-cluster/args.ts", "PaasDatabaseArgs"]],
  jenkins: [["components/jenkins-host/args.ts", "JenkinsHostArgs"]],
  "jenkins.monitoring": [["components/monitoring-host/index.ts", "MonitoringHostArgs"]],
  "jenkins.github": [["components/jenkins-host/github.ts", "JenkinsGithubArgs"]],
  githubFlow: [["components/github-flow/index.ts", "GithubFlowArgs"]],
  "jenkins.mail": [["components/jenkins-host/mail.ts", "JenkinsMailArgs"]],
  "jenkins.login": [["components/jenkins-host/github.ts", "JenkinsGithubLoginArgs"]],
  "jenkins.publicEndpoint": [["components/jenkins-host/webhook-endpoint.ts", "JenkinsEndpointArgs"]],
  "jenkins.library": [["components/jenkins-host/pipelines.ts", "JenkinsScriptSourceArgs"]],
  "jenkins.seed": [["components/jenkins-host/pipelines.ts", "JenkinsScriptSourceArgs"]],
  "jenkins.pipelines[]": [["components/jenkins-host/pipelines.ts", "JenkinsPipelineArgs"]],
  "jenkins.pipelines[].script": [["components/jenkins-host/pipelines.ts", "JenkinsScriptSourceArgs"]],
  "jenkins.agentTools.<name>": [["ignition/roles/jenkins-agent/role.ts", "AgentTool"]],
  "jenkins.pods": [["components/jenkins-host/kubernetes-agents.ts", "JenkinsKubernetesArgs"]],
  "jenkins.backup": [
    ["components/jenkins-host/backup.ts", "JenkinsBackupArgs"],
    ["components/internal/bucket.ts", "BucketArgs"],
  ],
  "deployHook.apps[]": [["components/deploy-hook/apps.ts", "DeployHookAppArgs"]],
  "deployHook.apps[].source": [["components/deploy-hook/apps.ts", "DeployHookSourceArgs"]],
  "deployHook.apps[].previews": [["components/deploy-hook/apps.ts", "DeployHookPreviewsArgs"]],
};

/** Meanings of settings that no argument of a component describes, or describes only for programs. */
const descriptions: Record<string, { text: string; default?: string }> = {
  environment: { text: "Environment of the stack.", default: "the name of the stack" },
  network: { text: "The private network of the machines." },
  "network.cidr": {
    text:
      "Range of the private network, within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10. " +
      "In dev and staging at least a /26 (with `kubernetes` a /25 and a /24), in prod a /16 to /23. " +
      "A change replaces everything.",
  },
  "network.zones": {
    text:
      "Availability zones. Machines use them in turn, by host number. In prod at least three of `aws.region`. " +
      "Another order, or an additional zone, moves machines.",
    default: "OpenStack's choice",
  },
  "network.inUse.<name>": { text: "One of those ranges." },
  "network.inUse": {
    text: "Ranges of other networks that this network must not overlap, by the name of their owner.",
    default: "none",
  },
  sshAuthorizedKeys: {
    text: "Public keys for logins to every machine as `core`. An empty list allows no login.",
    default: "none; `up` of staging and prod requires it",
  },
  "sshAuthorizedKeys[]": {
    text: "The one line of a `.pub` file: Ed25519, ECDSA, RSA of at least 2048 bits, or a security key.",
  },
  etcd: { text: "The etcd members, see [EtcdCluster](components/etcd-cluster.md).", default: "{}" },
  galera: { text: "The database cluster, see [GaleraCluster](components/galera-cluster.md).", default: "{}" },
  loadBalancer: {
    text: "The load balancers of the database, see [DatabaseLoadBalancer](components/database-load-balancer.md).",
    default: "{}",
  },
  "loadBalancer.size": {
    text: "Number of HAProxy machines: 1 or 2. The loss of a single machine is an outage: prod refuses 1.",
    default: "2",
  },
  protect: {
    text:
      "Whether data volumes and buckets are protected from deletion, and stay when the stack is destroyed. " +
      "Prod refuses false.",
    default: "false in dev and staging, true in prod",
  },
  policies: {
    text: "Levels and parameters of the policy pack, see [the policy pack](policies.md#configuration).",
    default: "every policy at its own level",
  },
  docker: { text: "The Docker host, see [DockerCloud](components/docker-cloud.md).", default: "{}" },
  "galera.databases[]": { text: "One database." },
  "docker.publishedPorts.<name>": {
    text:
      "Port of the Docker host. The name is a port of all load balancers, or of one load balancer: " +
      "`jenkins-front:443`.",
  },
  "docker.limits.<size>": { text: "Limits of a machine of this size." },
  openstack: {
    text:
      "The project on OpenStack, see [OpenstackCloud](components/openstack-cloud.md). " +
      "`OS_CLOUD` or the provider's config names the APIs.",
  },
  "openstack.flavors.<size>": { text: "Name of the flavor of this size; required for each size in use." },
  aws: { text: "The account on AWS, see [AwsCloud](components/aws-cloud.md)." },
  "aws.accountId": {
    text: "Account of prod. The provider refuses all other accounts, whatever the credentials.",
  },
  "aws.ciAccountId": {
    text: "Account of the build machines, if it exists; must differ from `aws.accountId`.",
    default: "none",
  },
  "aws.region": { text: "Region of all resources." },
  "aws.instanceTypes.<size>": {
    text: "Instance type of this size, with the image's architecture and without local disks.",
  },
  registry: {
    text:
      "The image registry: a [MachineRegistry](components/machine-registry.md) in dev and staging, " +
      "an [EcrRegistry](components/ecr-registry.md) in prod.",
    default: "none",
  },
  "registry.ecr": {
    text:
      "Prod's registry instead of a machine, see " +
      "[RemoteEcrRegistry](components/ecr-registry.md#outside-of-aws). The digests that were tested here can then be " +
      "released there. This stack only pulls from it.",
    default: "none, a machine",
  },
  "registry.ecr.host": { text: "Host of the registry: prod's output `registryAddress`." },
  "registry.ecr.accessKey": {
    text:
      "Access key of the user that prod creates for `registry.pullers`: its output `registryPullKeys`. " +
      "A plan works without it; `up` requires it.",
    default: "none",
  },
  "registry.ecr.secretKey": {
    text: "Secret key of the user; a secret. A plan works without it; `up` requires it.",
    default: "none",
  },
  jenkins: {
    text:
      "Jenkins, its proxy and its agents, see [JenkinsHost](components/jenkins-host.md); " +
      "in prod in the account `aws.ciAccountId`.",
    default: "none",
  },
  "jenkins.network": { text: "The network of the build account: same settings as `network`, separate from it." },
  "jenkins.monitoring": {
    text: "Metrics, dashboards and alerts for `jenkins.network`, on a separate machine: as `monitoring`.",
    default: "none",
  },
  "jenkins.network.cidr": { text: "Range of the network, a /16 to /23." },
  "jenkins.network.zones": { text: "At least three availability zones of `aws.region`." },
  "jenkins.network.inUse": {
    text: "Ranges of other networks that this network must not overlap, by the name of their owner.",
    default: "none",
  },
  "jenkins.network.inUse.<name>": { text: "One of those ranges." },
  "jenkins.github.privateKey": {
    text:
      "Private key of the GitHub App (PEM, as GitHub provides it); a secret. " +
      "A plan works without it; `up` requires it.",
    default: "none",
  },
  "jenkins.allowFrom": {
    text: "Address ranges that can connect to the proxy, none wider than a /8.",
    default: "the private network",
  },
  "jenkins.publicEndpoint.dns": {
    text: "The DNS zone of the name.",
    default: "none; point the name to `jenkinsPublicAddress`",
  },
  "jenkins.publicEndpoint.dns.zoneId": {
    text: "Id of the zone: of Designate in staging, of Route 53 in the build account in prod.",
  },
  "jenkins.publicEndpoint.certificate": {
    text: "Certificate for the name, and its key. GitHub requires one of a public authority.",
    default: "one of the private authority of Jenkins",
  },
  "jenkins.publicEndpoint.certificate.certificate": { text: "The certificate with its intermediates (PEM)." },
  "jenkins.publicEndpoint.certificate.privateKey": { text: "Its private key (PEM); a secret." },
  "jenkins.plugins.<name>": { text: "Version of the plugin." },
  "jenkins.pipelines[]": { text: "One pipeline." },
  "jenkins.agentTools.<name>": { text: "One program; in prod its image by digest." },
  "jenkins.image": {
    text: "Container image of Jenkins, by tag or digest; in prod by digest only.",
    default: "`jenkins` in `ignition/roles/images.json`",
  },
  "jenkins.backup": {
    text: "Backup of the home in a bucket of the stack. Prod always has a backup; this changes its settings.",
    default: "none in dev and staging",
  },
  "jenkins.pods": {
    text:
      "Builds for the label `pods` run as pods on the stack's cluster, see " +
      "[JenkinsPods](components/jenkins-host.md#builds-in-pods). Prod refuses it: its cluster serves users, and " +
      "builds run unreleased code.",
    default: "none, builds run on the agents' machines",
  },
  "jenkins.pods.max": { text: "Maximum number of pods at the same time.", default: "10" },
  "jenkins.backup.accessKey": {
    text: "Access key of a user of the project: `openstack ec2 credentials create`. Swift requires its `s3api`.",
  },
  "jenkins.backup.secretKey": { text: "Secret key of the user." },
  "jenkins.services.<name>": { text: "Address of the service." },
  "jenkins.credentials": {
    text:
      "Additional credentials, secret texts by their ids. Jenkins also has the tokens of the stack's deploy hook and " +
      "the platform's login as `deploy-tokens-<environment>`.",
    default: "none",
  },
  "jenkins.credentials.<name>": { text: "The secret text." },
  githubFlow: {
    text:
      "Rules and webhooks of the repositories with releases, see [GithubFlow](components/github-flow.md). " +
      "The webhooks notify Jenkins of changes.",
    default: "none",
  },
  "githubFlow.owner": { text: "Owner of the repositories.", default: "`jenkins.github.organization`" },
  "githubFlow.token": {
    text:
      "Token with administration rights for the repositories and their webhooks; a secret. A plan works without it; " +
      "`up` uses `GITHUB_TOKEN` instead, or requires it.",
    default: "none",
  },
  "githubFlow.webhook": {
    text:
      "Whether the repositories send pushes and pull requests to Jenkins, signed with a separate secret. " +
      "Set false if the GitHub App has such a webhook.",
    default: "true with `jenkins.publicEndpoint`, which it needs, with a certificate that GitHub knows",
  },
  "githubFlow.closeToken": {
    text:
      "The `closeToken` of a job that sweeps apps of pull requests; a secret. The job then runs when a pull request " +
      "is closed. Requires `jenkins.publicEndpoint`.",
    default: "none, it runs every hour",
  },
  kubernetes: {
    text:
      "The Kubernetes cluster, see [KubernetesCluster](components/kubernetes-cluster.md). Staging and prod keep " +
      "snapshots of its etcd for 30 days in a separate bucket. On Docker a plan works; a kubelet requires a host " +
      "that gives each container a separate cgroup tree.",
    default: "none",
  },
  "kubernetes.controlPlanes": {
    text:
      "Number of control planes: 1 or 3. The replacement of a single one is an outage of the API, while pods keep " +
      "running: prod refuses 1.",
    default: "3",
  },
  "kubernetes.pools": {
    text:
      "Workers, in pools with separate sizes. The order decides the host numbers: add new pools at the end. " +
      "Prod requires two workers or more.",
    default: "one pool `worker` of 2",
  },
  paas: {
    text:
      "The platform for apps on that cluster, see [PaasCluster](components/paas-cluster.md). Its buckets belong to " +
      "the stack's cloud; in prod its images are in `registry`, if the stack has one.",
    default: "none",
  },
  "paas.domain": {
    text:
      "Domain of the platform, `apps.example.com`: an app is at `<app>.<domain>`, the API at `drycc.<domain>`. " +
      "It cannot be changed later.",
    default: "in dev a domain of nip.io that resolves to its address",
  },
  "paas.allowTo": {
    text:
      "Services outside of the cluster that its workers can connect to: on AWS, other traffic out of the cluster is " +
      "HTTPS only. Required with `database` or `valkeyUrl`.",
    default: "none",
  },
  "paas.allowTo[].range": {
    text: "Address range of the service, which must allow the workers, by the private network's range.",
  },
  "paas.allowTo[].port": { text: "Port of the service, 5432 for PostgreSQL." },
  "paas.dns": {
    text: "The DNS zone of the domain. In prod it also proves the domain for the public certificate.",
    default: "none; point all names of the domain to `paasAddress`. The certificate is then one of a private authority",
  },
  "paas.dns.zoneId": { text: "Id of the zone: of Designate in staging, of Route 53 in prod's own account." },
  "kubernetes.pools[]": { text: "One pool." },
  "kubernetes.pools[].labels.<name>": { text: "Value of the label." },
  deployHook: {
    text: "The machine that runs apps, and its deployable apps, see [DeployHook](components/deploy-hook.md).",
    default: "none",
  },
  "deployHook.callers": {
    text:
      "Address ranges that can call the hook, in addition to the agents of the stack's Jenkins. " +
      "Calls from outside of the network use TLS; no range can be wider than a /8.",
    default: "none",
  },
  "deployHook.users": { text: "Address ranges that can reach the apps.", default: "the private network" },
  "deployHook.publicEndpoint.dns": {
    text: "The DNS zone of the names.",
    default: "none; point the names to `appsPublicAddress`",
  },
  "deployHook.publicEndpoint.dns.zoneId": {
    text: "Id of the zone: of Designate in staging, of Route 53 in prod's own account.",
  },
  "deployHook.publicEndpoint.certificate": {
    text: "Certificate for the names, and its key.",
    default: "one of the hook's private authority, which browsers do not know",
  },
  "deployHook.publicEndpoint.certificate.certificate": { text: "The certificate with its intermediates (PEM)." },
  "deployHook.publicEndpoint.certificate.privateKey": { text: "Its private key (PEM); a secret." },
  "deployHook.apps[]": { text: "One app." },
  "deployHook.apps[].repository": {
    text: "Repository of its images: one of `registry.repositories`, or `registry.example.com/name` elsewhere.",
    default: "none; it needs a `source`",
  },
  "deployHook.apps[].database": {
    text:
      "One of `galera.databases`. The app gets it in its environment: `DATABASE_HOST`, `DATABASE_PORT`, " +
      "`DATABASE_READ_PORT`, `DATABASE_NAME`, `DATABASE_USER`, `DATABASE_PASSWORD`, `DATABASE_CA` and `DATABASE_URL`.",
    default: "none",
  },
  "deployHook.apps[].environment.<name>": { text: "Value of the variable; can be a secret." },
  logs: {
    text:
      "The store for the logs of all machines, see [LogStore](components/log-store.md); " +
      "in dev and prod with a bucket of the cloud.",
    default: "none, logs stay on their machines",
  },
  monitoring: {
    text:
      "Metrics of all machines, dashboards and alerts, see [MonitoringHost](components/monitoring-host.md); " +
      "in prod of the machines in `network`.",
    default: "none",
  },
  "monitoring.cluster": {
    text: "Metrics of the pods on the stack's Kubernetes, see [ClusterMetrics](components/cluster-metrics.md).",
    default: "none",
  },
  "logs.openSearch": {
    text: "An existing OpenSearch, instead of a log store of the stack.",
    default: "none",
  },
  "logs.bucket": { text: "Bucket for the logs, instead of the data volume.", default: "none" },
  "logs.bucket.accessKey": { text: "Access key of a user that can read, write, list and delete in the bucket." },
  "logs.bucket.secretKey": { text: "Secret key of the user; a secret." },
  tags: {
    text: "Tags of all resources on AWS, in addition to Project, Environment, Role, ManagedBy and Name; at most five.",
    default: "none",
  },
  "tags.<name>": { text: "Value of the tag." },
};

const snippetText =
  "Ignition configs (spec 3.4.0) that are merged over each machine's config, as settings and not as text. " +
  "`ignition.version` is optional.";

/**
 * The meaning of a setting.
 * @returns undefined when no text describes the setting
 */
export function meaning(path: string, root: string): { text: string; default?: string } | undefined {
  if (descriptions[path] !== undefined) return descriptions[path];
  if (path.endsWith(".snippets")) return { text: snippetText, default: "none" };
  if (path.startsWith("docker.limits.<size>."))
    return member(root, "components/cloud/docker/index.ts", "DockerLimits", path);
  const interfaces = argsInterfaces[path.slice(0, path.lastIndexOf("."))] ?? [];
  return interfaces.map(([file, name]) => member(root, file, name, path)).find((found) => found !== undefined);
}

function member(root: string, file: string, interfaceName: string, path: string): Described | undefined {
  const name = path.slice(path.lastIndexOf(".") + 1);
  return interfaceMembers(join(root, file), interfaceName).find((one) => one.name === name);
}

/** All settings as tables, one for each key of the config. */
export function settingsTables(root: string): string {
  const all = allSettings();
  const keys = [...new Set(all.map(({ path }) => keyOf(path)))];
  return keys
    .map(
      (key) =>
        `### \`paasmas:${key}\`\n\n${oneTable(
          all.filter(({ path }) => keyOf(path) === key),
          root,
        )}`,
    )
    .join("\n\n");
}

function keyOf(path: string): string {
  return /^\w+/.exec(path)![0];
}

function oneTable(given: readonly Setting[], root: string): string {
  const rows = given
    .filter((setting) => !isPlainItem(setting, root))
    .map((setting) => {
      const { path, environments, requiredIn, type, allowed } = setting;
      const described = meaning(path, root);
      const fallback = requiredIn.length === environments.length ? "required" : (described?.default ?? "");
      const demanded =
        requiredIn.length > 0 && requiredIn.length < environments.length
          ? `; required in ${requiredIn.join(", ")}`
          : "";
      const item = given.find((other) => other.path === `${path}[]` && isPlainItem(other, root));
      return [
        `\`${path}\``,
        environments.join(", "),
        item ? `list of ${item.type}` : type,
        item?.allowed ?? allowed,
        fallback + demanded,
        described?.text ?? "",
      ];
    });
  return table(["Setting", "In", "Type", "Allowed", "Default", "Meaning"], rows);
}

/** Whether the row of a list describes its items too. */
function isPlainItem({ path, type }: Setting, root: string): boolean {
  return path.endsWith("[]") && (type !== "group" || path.endsWith(".snippets[]")) && meaning(path, root) === undefined;
}
