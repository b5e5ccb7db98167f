import type { z } from "zod";
import { bounds, portBounds } from "../../components/internal/bounds.ts";
import { appBounds } from "../../components/deploy-hook/apps.ts";
import { domainPattern } from "../../components/internal/name-patterns.ts";
import {
  ecrHostPattern,
  ecrHostRule,
  keyForms,
  pullerPattern,
  pullerRule,
} from "../../components/ecr-registry/keys.ts";
import { maxPreviewIndexes } from "../../ignition/roles/deploy-hook/networks.ts";
import { givenBucket } from "./bucket.ts";
import { appsEndpoint, designateZone, route53Zone, webhooksEndpoint } from "./public-endpoint.ts";
import { image } from "./image.ts";
import { awsNetworkSettings, cidr } from "./network.ts";
import { byName, digits, group, list, oneOf, refused, secret, text, whole } from "./schema.ts";
import { snippetList } from "./snippet.ts";
import { ciMonitoringSettings } from "./telemetry.ts";

const machineSize = oneOf("small", "medium", "large").optional();
const snippets = snippetList().optional();

const repositories = list(text(/./, "the name of a repository, such as shop/api"));

const machineRegistry = {
  repositories,
  machineSize,
  volumeGiB: whole(bounds.registry.volumeGiB).optional(),
  dnsName: text(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "a DNS name in lower case").optional(),
  snippets,
};

/** `registry` of dev: a machine. */
export const dockerRegistrySettings = group(machineRegistry);

/** `registry` of staging: a machine, whose bucket and its user are the operator's to make, or prod's ECR. */
export const openstackRegistrySettings = group({
  ...machineRegistry,
  bucket: givenBucket.optional(),
  ecr: group({
    host: text(ecrHostPattern, ecrHostRule),
    accessKey: text(keyForms.accessKey.form, keyForms.accessKey.rule).optional(),
    secretKey: secret(keyForms.secretKey.form, keyForms.secretKey.rule).optional(),
  }).optional(),
});

/** `registry` of prod: ECR in prod's own account. */
export const ecrRegistrySettings = group({
  repositories,
  pullers: list(text(pullerPattern, pullerRule)).optional(),
  organizationId: text(/^o-[a-z0-9]{10,32}$/, "the id of an organisation, such as o-abcdefghij").optional(),
  scanning: oneOf("basic", "enhanced", "account").optional(),
  kmsKey: text(/^arn:aws[a-z-]*:kms:/, "the ARN of a KMS key").optional(),
  lifecycle: group({
    untaggedDays: whole(bounds.registry.untaggedDays).optional(),
    releaseTags: list(text(/^[\w.*-]{1,128}$/, "a tag, such as released-*")).optional(),
    keepReleases: whole(bounds.registry.images).optional(),
    keepImages: whole(bounds.registry.images).optional(),
  }).optional(),
});

const variable = secret(/^[^\0]*$/, "a text");
const number = (name: keyof typeof appBounds) => whole(appBounds[name]).optional();

const app = group({
  name: text(/./, "the name of an app"),
  hosts: list(text(/./, "a host name in lower case")),
  repository: text(/./, "a repository of the registry, or registry.example.com/name of another one").optional(),
  source: group({
    url: text(/./, "the https:// URL of a git repository"),
    dockerfile: text(/./, "a path in the repository").optional(),
  }).optional(),
  database: text(/./, "the name of one of galera.databases").optional(),
  port: number("port"),
  environment: byName(variable).optional(),
  uses: list(text(/./, "the name of another app")).optional(),
  healthPath: text(/^\//, "a path that begins with /").optional(),
  healthTimeoutSeconds: number("healthTimeoutSeconds"),
  watchSeconds: number("watchSeconds"),
  drainSeconds: number("drainSeconds"),
  stopSeconds: number("stopSeconds"),
  memoryMiB: number("memoryMiB"),
  pids: number("pids"),
  writable: list(text(/^\//, "an absolute path")).optional(),
  capabilities: list(oneOf("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "NET_BIND_SERVICE")).optional(),
  user: text(/./, "a user, or a user and a group: 1000:1000").optional(),
  previews: group({
    domain: text(/./, "a domain in lower case"),
    max: whole({ min: 1, max: maxPreviewIndexes - 1 }).optional(),
  }).optional(),
  token: secret(/^[\x21-\x7e]{32,128}$/, "32 to 128 printable ASCII characters without spaces").optional(),
});

const deployHook = {
  apps: list(app),
  callers: list(cidr()).optional(),
  users: list(cidr()).optional(),
  urlTemplate: text(/^https?:\/\/%s[^%\s]*$/, "https://%s or the like").optional(),
  builds: whole(bounds.deployHook.builds).optional(),
  buildMemoryMiB: whole(bounds.deployHook.buildMemoryMiB).optional(),
  machineSize,
  volumeGiB: whole(bounds.deployHook.volumeGiB).optional(),
  snippets,
};

/** `deployHook` of dev: the machine that runs apps, and what may be deployed to it. */
export const dockerDeployHookSettings = group(deployHook);

/** `deployHook` of staging, which the internet may reach. */
export const openstackDeployHookSettings = group({ ...deployHook, publicEndpoint: appsEndpoint(designateZone) });

/** `deployHook` of prod, which the internet may reach. */
export const awsDeployHookSettings = group({ ...deployHook, publicEndpoint: appsEndpoint(route53Zone) });

export type OpenstackRegistrySettings = z.output<typeof openstackRegistrySettings>;
export type AppSettings = z.output<typeof app>;
export type DeployHookSettings = z.output<typeof dockerDeployHookSettings> &
  Pick<z.output<typeof awsDeployHookSettings>, "publicEndpoint">;

const place = group({
  repository: text(/./, "the name of a repository of the organization"),
  ref: text(/./, "a branch, tag or commit").optional(),
  path: text(/./, "a path below the repository's root"),
});

const jenkins = {
  domain: text(domainPattern, "a domain, such as ci.example.com"),
  github: group({
    organization: text(/./, "the name of an organization on GitHub"),
    appId: digits(/^\d+$/, "the number of a GitHub App, in quotes"),
    privateKey: secret(
      /^\s*-----BEGIN (RSA )?PRIVATE KEY-----/,
      "a private key of the app, as GitHub hands it out",
      "-----BEGIN PRIVATE KEY-----\nencrypted\n-----END PRIVATE KEY-----\n",
    ).optional(),
    forkTrust: oneOf("nobody", "write").optional(),
  }),
  login: group({
    clientId: text(/^[A-Za-z0-9.]+$/, "the client id of a GitHub OAuth app"),
    clientSecret: secret(/./, "its client secret"),
    admins: list(text(/./, "the name of a GitHub user")),
  }).optional(),
  adminPassword: secret(/^[\x21-\x7e]{12,}$/, "at least 12 printable ASCII characters without spaces").optional(),
  mail: group({
    host: text(domainPattern, "a host name, such as smtp.example.com"),
    port: whole(portBounds).optional(),
    user: text(/./, "who logs in there").optional(),
    password: secret(/./, "the user's password").optional(),
  }).optional(),
  library: place.optional(),
  pipelines: list(
    group({
      name: text(/./, "the name of a job"),
      script: place,
      cron: text(/./, 'a time in Jenkins\' form of cron, such as "H * * * *"').optional(),
      repositories: list(text(/./, "the name of a repository of the organization")).optional(),
    }),
  ).optional(),
  seed: place.optional(),
  credentials: byName(variable).optional(),
  plugins: byName(text(/^[\w.-]+$/, "the version of a plugin")).optional(),
  agents: whole(bounds.jenkins.agents).optional(),
  agentExecutors: whole(bounds.jenkins.agentExecutors).optional(),
  agentSize: machineSize,
  agentTools: byName(group({ image, path: text(/^\/\S+$/, "an absolute path without spaces") })).optional(),
  agentVolumeGiB: whole(bounds.jenkins.volumeGiB).optional(),
  services: byName(text(/^[^\s:]+:\d+$/, "an address and a port, such as 10.30.64.70:8080")).optional(),
  allowFrom: list(cidr()).optional(),
  image: image.optional(),
  proxyImage: image.optional(),
  backupImage: image.optional(),
  heapMiB: whole(bounds.jenkins.heapMiB).optional(),
  machineSize,
  volumeGiB: whole(bounds.jenkins.volumeGiB).optional(),
  snippets,
};

/** Where builds run as pods, beside the machines of agents. */
const pods = group({ max: whole(bounds.jenkins.pods).optional(), image: image.optional() });

const backup = {
  password: secret(/^[\x21-\x7e]{12,}$/, "at least 12 printable ASCII characters without spaces").optional(),
  schedule: text(/./, "a time in the form of systemd's OnCalendar").optional(),
};

/** `jenkins` of dev, beside everything else. */
export const dockerJenkinsSettings = group({ ...jenkins, pods: pods.optional(), backup: group(backup).optional() });

/** `jenkins` of staging, which uses Swift's S3 API with keys of its own. */
export const openstackJenkinsSettings = group({
  ...jenkins,
  publicEndpoint: webhooksEndpoint(designateZone),
  pods: pods.optional(),
  backup: group({
    ...backup,
    accessKey: text(/./, "an access key: openstack ec2 credentials create"),
    secretKey: secret(/./, "its secret key"),
  }).optional(),
});

/** `jenkins` of prod, in an account and a network of its own; it is always saved. */
export const awsJenkinsSettings = group({
  ...jenkins,
  publicEndpoint: webhooksEndpoint(route53Zone),
  pods: refused(
    "is refused in prod, whose cluster runs what users use and nothing that is not released yet; leave it out, builds run on the machines of jenkins.agents",
  ),
  backup: group(backup).optional(),
  network: awsNetworkSettings,
  monitoring: ciMonitoringSettings.optional(),
});

export type JenkinsSettings = z.output<typeof dockerJenkinsSettings> &
  Pick<z.output<typeof awsJenkinsSettings>, "publicEndpoint">;
export type PodsSettings = z.output<typeof pods>;
export type AwsJenkinsSettings = z.output<typeof awsJenkinsSettings>;
