import { join } from "node:path";
import { z } from "zod";
import { type EnvironmentName, settings } from "../../stacks/config/settings.ts";
import { isRefused } from "../../stacks/config/schema.ts";
import { type Described, interfaceMembers } from "./source.ts";
import { table } from "./tables.ts";

/** One setting of a stack's config. */
export interface Setting {
  /**
   * As `pulumi config set --path` takes it, with `[]` for any place in a list, `<name>` for a name of one's own and
   * `<size>` for small, medium or large.
   */
  path: string;
  environments: readonly EnvironmentName[];
  /** Environments in which it must be given, if what it is part of is. */
  requiredIn: readonly EnvironmentName[];
  type: "number" | "boolean" | "text" | "group" | "list" | "anything";
  /** The values it takes, in words. */
  allowed: string;
}

/** Every setting there is, as the schemas have them. */
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

/** A schema says what it allows when it is given nothing: `is missing; use a number from 1 to 9`. */
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

/** What is behind a group of settings: interfaces of components, whose doc comments say what they mean. */
const behind: Record<string, [file: string, name: string][]> = {
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
  logs: [["components/log-store/args.ts", "LogStoreArgs"]],
  monitoring: [["components/monitoring-host/args.ts", "MonitoringHostArgs"]],
  "monitoring.cluster": [["components/cluster-metrics/args.ts", "ClusterMetricsArgs"]],
  "logs.bucket": [["components/internal/bucket.ts", "BucketArgs"]],
  "logs.openSearch": [["components/open-search-logs/args.ts", "OpenSearchLogsArgs"]],
  deployHook: [["components/deploy-hook/args.ts", "DeployHookArgs"]],
  "deployHook.publicEndpoint": [["components/deploy-hook/args.ts", "DeployHookEndpointArgs"]],
  kubernetes: [["components/kubernetes-cluster/args.ts", "KubernetesClusterArgs"]],
  "kubernetes.pools[]": [["components/kubernetes-cluster/args.ts", "KubernetesPoolArgs"]],
  paas: [["components/paas-cluster/args.ts", "PaasClusterArgs"]],
  "paas.publicEndpoint": [["components/internal/public-endpoint.ts", "PublicEndpointArgs"]],
  "paas.database": [["components/paas-cluster/args.ts", "PaasDatabaseArgs"]],
  jenkins: [["components/jenkins-host/args.ts", "JenkinsHostArgs"]],
  "jenkins.monitoring": [["components/monitoring-host/args.ts", "MonitoringHostArgs"]],
  "jenkins.github": [["components/jenkins-host/github.ts", "JenkinsGithubArgs"]],
  githubFlow: [["components/github-flow/args.ts", "GithubFlowArgs"]],
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

/** What no argument of a component says, or says for programs and not for config files. */
const own: Record<string, { text: string; default?: string }> = {
  environment: { text: "Which environment the stack is.", default: "the name of the stack" },
  network: { text: "The private network of the machines." },
  "network.cidr": {
    text: "Range of the private network, within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10: at least a /26 in dev and staging (with `kubernetes` a /25 and a /24), a /16 to /23 in prod. A change replaces everything.",
  },
  "network.zones": {
    text: "Availability zones that machines go round by host number. In prod at least three of `aws.region`. Another order, or one more, moves machines.",
    default: "OpenStack's choice",
  },
  "network.inUse.<name>": { text: "One of those ranges." },
  "network.inUse": {
    text: "Ranges of other networks that this one must not overlap, by whose they are.",
    default: "none",
  },
  sshAuthorizedKeys: {
    text: "Public keys that may log in to every machine as `core`. An empty list says that nobody is to.",
    default: "none; staging and prod then cannot be brought up",
  },
  "sshAuthorizedKeys[]": {
    text: "The one line of a `.pub` file: Ed25519, ECDSA, RSA of at least 2048 bits, or a security key.",
  },
  etcd: { text: "The etcd members, see [EtcdCluster](components/etcd-cluster.md).", default: "{}" },
  galera: { text: "The database cluster, see [GaleraCluster](components/galera-cluster.md).", default: "{}" },
  loadBalancer: {
    text: "The machines in front of the database, see [DatabaseLoadBalancer](components/database-load-balancer.md).",
    default: "{}",
  },
  "loadBalancer.size": {
    text: "Number of HAProxy machines: 1 or 2. With one, its loss is an outage: prod refuses 1.",
    default: "2",
  },
  protect: {
    text: "Protect data volumes and buckets from deletion, and keep them when the stack is destroyed. Prod refuses false.",
    default: "false in dev and staging, true in prod",
  },
  policies: {
    text: "What the policy pack enforces, see [the policy pack](policies.md#configuration).",
    default: "every policy at its own level",
  },
  docker: { text: "The Docker host, see [DockerCloud](components/docker-cloud.md).", default: "{}" },
  "galera.databases[]": { text: "One database." },
  "docker.publishedPorts.<name>": {
    text: "Port of the Docker host; the name is the port of load balancers, or of one: `jenkins-front:443`.",
  },
  "docker.limits.<size>": { text: "What a machine of this size may use." },
  openstack: {
    text: "The project on OpenStack, see [OpenstackCloud](components/openstack-cloud.md). Where the APIs are is said by `OS_CLOUD` or the provider's own config.",
  },
  "openstack.flavors.<size>": { text: "Name of the flavor of this size; needed for each size that is used." },
  aws: { text: "The account on AWS, see [AwsCloud](components/aws-cloud.md)." },
  "aws.accountId": {
    text: "The account that prod runs in. The provider refuses to touch any other, whatever the credentials.",
  },
  "aws.ciAccountId": {
    text: "The account that builds, when there is one; must be another than `aws.accountId`.",
    default: "none",
  },
  "aws.region": { text: "Region of everything." },
  "aws.instanceTypes.<size>": {
    text: "Instance type of this size, of the image's architecture and without disks of its own.",
  },
  registry: {
    text: "The image registry: a [MachineRegistry](components/machine-registry.md) in dev and staging, an [EcrRegistry](components/ecr-registry.md) in prod.",
    default: "none",
  },
  "registry.ecr": {
    text: "Prod's registry in the place of a machine, see [RemoteEcrRegistry](components/ecr-registry.md#outside-of-aws): then the digests that were tested here can be released there. It is only pulled from.",
    default: "none, a machine",
  },
  "registry.ecr.host": { text: "Its host: prod's output `registryAddress`." },
  "registry.ecr.accessKey": {
    text: "Access key of the user that prod makes for `registry.pullers`: its output `registryPullKeys`. Can be planned without; `up` asks for it.",
    default: "none",
  },
  "registry.ecr.secretKey": {
    text: "The user's secret key; a secret. Can be planned without; `up` asks for it.",
    default: "none",
  },
  jenkins: {
    text: "Jenkins, its proxy and its agents, see [JenkinsHost](components/jenkins-host.md); in prod in the account `aws.ciAccountId`.",
    default: "none",
  },
  "jenkins.network": { text: "The network of the account that builds; as `network`, and apart from it." },
  "jenkins.monitoring": {
    text: "Metrics of the machines in `jenkins.network`, dashboards and alerts, by a machine of their own: as `monitoring`.",
    default: "none",
  },
  "jenkins.network.cidr": { text: "Its range, a /16 to /23." },
  "jenkins.network.zones": { text: "At least three availability zones of `aws.region`." },
  "jenkins.network.inUse": {
    text: "Ranges of other networks that it must not overlap, by whose they are.",
    default: "none",
  },
  "jenkins.network.inUse.<name>": { text: "One of those ranges." },
  "jenkins.github.privateKey": {
    text: "A private key of the app (PEM, as GitHub hands it out); a secret. Can be planned without; `up` asks for it.",
    default: "none",
  },
  "jenkins.allowFrom": {
    text: "Address ranges that may connect to the proxy, none wider than a /8.",
    default: "the private network",
  },
  "jenkins.publicEndpoint.dns": {
    text: "The zone that the name is in.",
    default: "none; the name has to be made to lead to `jenkinsPublicAddress`",
  },
  "jenkins.publicEndpoint.dns.zoneId": {
    text: "Id of the zone: of Designate in staging, of Route 53 in the account that builds in prod.",
  },
  "jenkins.publicEndpoint.certificate": {
    text: "Certificate for the name, and its key. GitHub wants one of a public authority.",
    default: "one of an authority of Jenkins' own",
  },
  "jenkins.publicEndpoint.certificate.certificate": { text: "The certificate with its intermediates (PEM)." },
  "jenkins.publicEndpoint.certificate.privateKey": { text: "Its private key (PEM); a secret." },
  "jenkins.plugins.<name>": { text: "A plugin's version." },
  "jenkins.pipelines[]": { text: "One pipeline." },
  "jenkins.agentTools.<name>": { text: "One program; in prod its image by digest." },
  "jenkins.image": {
    text: "Container image of Jenkins, by tag or digest; in prod by digest alone.",
    default: "`jenkins` in `ignition/roles/images.json`",
  },
  "jenkins.backup": {
    text: "Where the home is saved to: a bucket of the stack's own. In prod it always is, and this says how.",
    default: "none in dev and staging",
  },
  "jenkins.pods": {
    text: "Builds for the label `pods` run as pods on the stack's cluster, see [JenkinsPods](components/jenkins-host.md#builds-in-pods). Prod refuses it: its cluster runs what users use, and builds run what nobody has released yet.",
    default: "none, builds run on the agents' machines",
  },
  "jenkins.pods.max": { text: "Pods at a time.", default: "10" },
  "jenkins.backup.accessKey": {
    text: "Access key of a user of the project: `openstack ec2 credentials create`. Swift needs its `s3api`.",
  },
  "jenkins.backup.secretKey": { text: "The user's secret key." },
  "jenkins.services.<name>": { text: "Where the service is." },
  "jenkins.credentials": {
    text: "Further credentials, secret texts by their ids. The tokens of the stack's deploy hook and the platform's login are there as `deploy-tokens-<environment>`.",
    default: "none",
  },
  "jenkins.credentials.<name>": { text: "The secret text." },
  githubFlow: {
    text: "Rules of the repositories that are released from, and what tells Jenkins of their changes, see [GithubFlow](components/github-flow.md).",
    default: "none",
  },
  "githubFlow.owner": { text: "Owner of the repositories.", default: "`jenkins.github.organization`" },
  "githubFlow.token": {
    text: "A token that may administer the repositories and their webhooks; a secret. Can be planned without; `up` takes `GITHUB_TOKEN` in its place, or asks for it.",
    default: "none",
  },
  "githubFlow.webhook": {
    text: "Whether the repositories tell Jenkins of pushes and pull requests, signed with its own secret. False where the GitHub App has a webhook that does.",
    default: "true with `jenkins.publicEndpoint`, which it needs, with a certificate that GitHub knows",
  },
  "githubFlow.closeToken": {
    text: "The `closeToken` of a job that sweeps apps of pull requests, which then runs as soon as one is closed; a secret. Needs `jenkins.publicEndpoint`.",
    default: "none, it runs every hour",
  },
  kubernetes: {
    text: "The Kubernetes cluster, see [KubernetesCluster](components/kubernetes-cluster.md). Staging and prod keep snapshots of its etcd for 30 days in a bucket of their own. On Docker it can be planned; a kubelet needs a host that gives containers cgroups of their own.",
    default: "none",
  },
  "kubernetes.controlPlanes": {
    text: "Number of control planes: 1 or 3. With one, its replacement is an outage of the API, pods run on: prod refuses 1.",
    default: "3",
  },
  "kubernetes.pools": {
    text: "Workers, in pools that grow and shrink by themselves. The order gives pools their host numbers: add new ones at the end. Prod wants two workers or more.",
    default: "one pool `worker` of 2",
  },
  paas: {
    text: "The platform for apps on that cluster, see [PaasCluster](components/paas-cluster.md). Its buckets are the stack's cloud's; in prod its images are in `registry`, where there is one.",
    default: "none",
  },
  "paas.domain": {
    text: "Domain of the platform, `apps.example.com`: an app is at `<app>.<domain>`, the API at `drycc.<domain>`. Not to be changed.",
    default: "in dev one of nip.io that leads to its address",
  },
  "paas.allowTo": {
    text: "What is outside of the cluster, that its workers may connect to: on AWS nothing but HTTPS goes out otherwise. Needed with `database` or `valkeyUrl`.",
    default: "none",
  },
  "paas.allowTo[].range": {
    text: "Address range it is in; it has to let the workers in, by the private network's range.",
  },
  "paas.allowTo[].port": { text: "Port that it listens on, 5432 for PostgreSQL." },
  "paas.dns": {
    text: "The zone that the domain is in; in prod also what the public certificate of the domain is asked for with.",
    default:
      "none; all names of the domain have to be made to lead to `paasAddress`, and its certificate is of an authority of its own",
  },
  "paas.dns.zoneId": { text: "Id of the zone: of Designate in staging, of Route 53 in prod's own account." },
  "kubernetes.pools[]": { text: "One pool." },
  "kubernetes.pools[].labels.<name>": { text: "Value of the label." },
  deployHook: {
    text: "The machine that runs apps, and what may be deployed to it, see [DeployHook](components/deploy-hook.md).",
    default: "none",
  },
  "deployHook.callers": {
    text: "Address ranges that may call the hook, beside the agents of the stack's Jenkins: over TLS from outside of the network, and none wider than a /8.",
    default: "none",
  },
  "deployHook.users": { text: "Address ranges that may reach the apps.", default: "the private network" },
  "deployHook.publicEndpoint.dns": {
    text: "The zone that the names are in.",
    default: "none; the names have to be made to lead to `appsPublicAddress`",
  },
  "deployHook.publicEndpoint.dns.zoneId": {
    text: "Id of the zone: of Designate in staging, of Route 53 in prod's own account.",
  },
  "deployHook.publicEndpoint.certificate": {
    text: "Certificate for the names, and its key.",
    default: "one of an authority of the hook's own, which no browser knows",
  },
  "deployHook.publicEndpoint.certificate.certificate": { text: "The certificate with its intermediates (PEM)." },
  "deployHook.publicEndpoint.certificate.privateKey": { text: "Its private key (PEM); a secret." },
  "deployHook.apps[]": { text: "One app." },
  "deployHook.apps[].repository": {
    text: "Where its images are: one of `registry.repositories`, or `registry.example.com/name` of another registry.",
    default: "none; it needs a `source`",
  },
  "deployHook.apps[].database": {
    text: "One of `galera.databases`, which the app finds in its environment: `DATABASE_HOST`, `DATABASE_PORT`, `DATABASE_READ_PORT`, `DATABASE_NAME`, `DATABASE_USER`, `DATABASE_PASSWORD`, `DATABASE_CA` and `DATABASE_URL`.",
    default: "none",
  },
  "deployHook.apps[].environment.<name>": { text: "A variable's value; may be a secret." },
  logs: {
    text: "Where the logs of all machines go, see [LogStore](components/log-store.md); in dev and prod into a bucket of the cloud.",
    default: "none, they stay where they are",
  },
  monitoring: {
    text: "Metrics of all machines, dashboards and alerts, see [MonitoringHost](components/monitoring-host.md); in prod of those in `network`.",
    default: "none",
  },
  "monitoring.cluster": {
    text: "Metrics of what runs on the stack's Kubernetes, see [ClusterMetrics](components/cluster-metrics.md).",
    default: "none",
  },
  "logs.openSearch": {
    text: "An OpenSearch that is there already, instead of a log store of the stack's own.",
    default: "none",
  },
  "logs.bucket": { text: "Bucket that logs are kept in, instead of the data volume.", default: "none" },
  "logs.bucket.accessKey": { text: "Access key of a user who may read, write, list and delete in the bucket." },
  "logs.bucket.secretKey": { text: "The user's secret key; a secret." },
  tags: {
    text: "Tags of everything on AWS beside Project, Environment, Role, ManagedBy and Name; up to five.",
    default: "none",
  },
  "tags.<name>": { text: "The tag's value." },
};

const snippetText =
  "Ignition configs (spec 3.4.0) merged over each machine's own, as settings and not as text; `ignition.version` may be left out.";

/**
 * What a setting means.
 * @returns undefined when nobody says.
 */
export function meaning(path: string, root: string): { text: string; default?: string } | undefined {
  if (own[path] !== undefined) return own[path];
  if (path.endsWith(".snippets")) return { text: snippetText, default: "none" };
  if (path.startsWith("docker.limits.<size>."))
    return member(root, "components/cloud/docker/index.ts", "DockerLimits", path);
  const interfaces = behind[path.slice(0, path.lastIndexOf("."))] ?? [];
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
      const said = meaning(path, root);
      const fallback = requiredIn.length === environments.length ? "required" : (said?.default ?? "");
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
        said?.text ?? "",
      ];
    });
  return table(["Setting", "In", "Type", "Allowed", "Default", "Meaning"], rows);
}

/** An item of a list that its list says everything about. */
function isPlainItem({ path, type }: Setting, root: string): boolean {
  return path.endsWith("[]") && (type !== "group" || path.endsWith(".snippets[]")) && meaning(path, root) === undefined;
}
