import type { z } from "zod";
import { registryArguments } from "../../components/machine-registry/settings-schema.ts";
import { jenkinsArguments } from "../../components/jenkins-host/settings-schema.ts";
import { lifecycleArguments } from "../../components/ecr-registry/settings-schema.ts";
import { appArguments, deployHookArguments } from "../../components/deploy-hook/settings-schema.ts";
import { bounds, portBounds } from "../../components/internal/bounds.ts";
import { domainPattern } from "../../components/internal/name-patterns.ts";
import {
  ecrHostPattern,
  ecrHostRule,
  keyForms,
  pullerPattern,
  pullerRule,
} from "../../components/ecr-registry/keys.ts";
import { maxPreviewIndexes } from "../../ignition/roles/deploy-hook/networks.ts";
import { registryBucket } from "./bucket.ts";
import { appsEndpoint, ciRoute53Zone, designateZone, route53Zone, webhooksEndpoint } from "./public-endpoint.ts";
import { image } from "./image.ts";
import { cidr, ciNetworkSettings } from "./network.ts";
import {
  byName,
  digits,
  group,
  list,
  oneOf,
  refused,
  secret,
  text,
  whole,
} from "../../components/internal/settings-schema.ts";
import { snippetList } from "./snippet.ts";
import { ciMonitoringSettings } from "./telemetry.ts";

const snippets = snippetList().optional();

const repositories = list(text(/./, "the name of a repository, such as shop/api"));

const machineRegistry = {
  repositories,
  ...registryArguments,
  dnsName: text(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "a DNS name in lower case").optional(),
  snippets,
};

const registryText = {
  description:
    "The image registry: a [MachineRegistry](components/machine-registry.md) in dev and staging, " +
    "an [EcrRegistry](components/ecr-registry.md) in prod.",
  default: "none",
};

/** `registry` of dev: a machine. */
export const dockerRegistrySettings = group(machineRegistry).meta(registryText);

/** `registry` of staging: a machine with a bucket that the operator creates, or the ECR of prod. */
export const openstackRegistrySettings = group({
  ...machineRegistry,
  bucket: registryBucket.optional(),
  ecr: group({
    host: text(ecrHostPattern, ecrHostRule).meta({ description: "Its host: the output `registryAddress` of prod." }),
    accessKey: text(keyForms.accessKey.form, keyForms.accessKey.rule)
      .meta({
        description:
          "Access key of the user that prod creates for `registry.pullers`: the output `registryPullKeys` of prod. " +
          "A plan does not need it; `up` requires it.",
        default: "none",
      })
      .optional(),
    secretKey: secret(keyForms.secretKey.form, keyForms.secretKey.rule)
      .meta({
        description: "Secret key of the user; a secret. A plan does not need it; `up` requires it.",
        default: "none",
      })
      .optional(),
  })
    .meta({
      description:
        "Registry of prod instead of a machine, see [RemoteEcrRegistry](components/ecr-registry.md#outside-of-aws). " +
        "Prod can then release the digests that were tested here. This stack only pulls from it.",
      default: "none, a machine",
    })
    .optional(),
}).meta(registryText);

/** `registry` of prod: ECR in the account of prod. */
export const ecrRegistrySettings = group({
  repositories,
  pullers: list(text(pullerPattern, pullerRule)).optional(),
  organizationId: text(/^o-[a-z0-9]{10,32}$/, "the id of an organisation, such as o-abcdefghij").optional(),
  scanning: oneOf("basic", "enhanced", "account").optional(),
  kmsKey: text(/^arn:aws[a-z-]*:kms:/, "the ARN of a KMS key").optional(),
  lifecycle: group(lifecycleArguments).optional(),
}).meta(registryText);

const variable = secret(/^[^\0]*$/, "a text");

const app = group({
  name: text(/./, "the name of an app"),
  hosts: list(text(/./, "a host name in lower case")),
  repository: text(/./, "a repository of the registry, or registry.example.com/name of another one")
    .meta({
      description:
        "Repository of its images: one of `registry.repositories`, or `registry.example.com/name` of another registry.",
      default: "none; required without `source`",
    })
    .optional(),
  source: group({
    url: text(/./, "the https:// URL of a git repository"),
    dockerfile: text(/./, "a path in the repository").optional(),
  }).optional(),
  database: text(/./, "the name of one of galera.databases")
    .meta({
      description:
        "One of `galera.databases`. The app gets these variables: `DATABASE_HOST`, `DATABASE_PORT`, " +
        "`DATABASE_READ_PORT`, `DATABASE_NAME`, `DATABASE_USER`, `DATABASE_PASSWORD`, `DATABASE_CA` " +
        "and `DATABASE_URL`.",
      default: "none",
    })
    .optional(),
  environment: byName(variable.meta({ description: "Value of the variable; can be a secret." })).optional(),
  uses: list(text(/./, "the name of another app")).optional(),
  healthPath: text(/^\//, "a path that begins with /").optional(),
  ...appArguments,
  writable: list(text(/^\//, "an absolute path")).optional(),
  capabilities: list(oneOf("CHOWN", "DAC_OVERRIDE", "FOWNER", "SETGID", "SETUID", "NET_BIND_SERVICE")).optional(),
  user: text(/./, "a user, or a user and a group: 1000:1000").optional(),
  previews: group({
    domain: text(/./, "a domain in lower case"),
    max: whole({ min: 1, max: maxPreviewIndexes - 1 }).optional(),
  }).optional(),
  token: secret(/^[\x21-\x7e]{32,128}$/, "32 to 128 printable ASCII characters without spaces").optional(),
}).meta({ description: "One app." });

const deployHook = {
  apps: list(app),
  callers: list(cidr())
    .meta({
      description:
        "Address ranges that can call the hook, in addition to the agents of the stack's Jenkins. " +
        "Calls from outside of the network use TLS. A /8 or smaller.",
      default: "none",
    })
    .optional(),
  users: list(cidr())
    .meta({ description: "Address ranges that can reach the apps.", default: "the private network" })
    .optional(),
  urlTemplate: text(/^https?:\/\/%s[^%\s]*$/, "https://%s or the like").optional(),
  ...deployHookArguments,
  snippets,
};

const deployHookText = {
  description:
    "The machine that runs apps, and the apps that can be deployed to it, see [DeployHook](components/deploy-hook.md).",
  default: "none",
};

/** `deployHook` of dev. */
export const dockerDeployHookSettings = group(deployHook).meta(deployHookText);

/** `deployHook` of staging, with a public endpoint. */
export const openstackDeployHookSettings = group({
  ...deployHook,
  publicEndpoint: appsEndpoint(designateZone),
}).meta(deployHookText);

/** `deployHook` of prod, with a public endpoint. */
export const awsDeployHookSettings = group({
  ...deployHook,
  publicEndpoint: appsEndpoint(route53Zone),
}).meta(deployHookText);

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
    appId: digits(/^\d+$/, "the number of a GitHub App, in quotes", { min: 0, max: Number.MAX_SAFE_INTEGER }),
    privateKey: secret(
      /^\s*-----BEGIN (RSA )?PRIVATE KEY-----/,
      "a private key of the app, as GitHub hands it out",
      "-----BEGIN PRIVATE KEY-----\nencrypted\n-----END PRIVATE KEY-----\n",
    )
      .meta({
        description:
          "A private key of the app (PEM, as GitHub provides it); a secret. A plan does not need it; `up` requires it.",
        default: "none",
      })
      .optional(),
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
    user: text(/./, "the user for the login there").optional(),
    password: secret(/./, "the user's password").optional(),
  }).optional(),
  library: place.optional(),
  pipelines: list(
    group({
      name: text(/./, "the name of a job"),
      script: place,
      cron: text(/./, 'a time in Jenkins\' form of cron, such as "H * * * *"').optional(),
      repositories: list(text(/./, "the name of a repository of the organization")).optional(),
    }).meta({ description: "One pipeline." }),
  ).optional(),
  seed: place.optional(),
  credentials: byName(variable.meta({ description: "The secret text." }))
    .meta({
      description:
        "More credentials: secret texts by id. The tokens of the stack's deploy hook and the login of the platform " +
        "are the credential `deploy-tokens-<environment>`.",
      default: "none",
    })
    .optional(),
  plugins: byName(
    text(/^[\w.-]+$/, "the version of a plugin").meta({ description: "Version of the plugin." }),
  ).optional(),
  agentTools: byName(
    group({ image, path: text(/^\/\S+$/, "an absolute path without spaces") }).meta({
      description: "One program. In prod its image has a digest.",
    }),
  ).optional(),
  services: byName(
    text(/^[^\s:]+:\d+$/, "an address and a port, such as 10.30.64.70:8080").meta({
      description: "Address and port of the service.",
    }),
  ).optional(),
  allowFrom: list(cidr())
    .meta({
      description: "Address ranges that can connect to the proxy. A /8 or smaller.",
      default: "the private network",
    })
    .optional(),
  image: image
    .meta({
      description: "Container image of Jenkins, by tag or digest. Prod requires a digest.",
      default: "`jenkins` in `ignition/roles/images.json`",
    })
    .optional(),
  proxyImage: image.optional(),
  backupImage: image.optional(),
  ...jenkinsArguments,
  snippets,
};

const pods = group({
  max: whole(bounds.jenkins.pods)
    .meta({ description: "Largest number of pods at the same time.", default: 10 })
    .optional(),
  image: image.optional(),
}).meta({
  description:
    "Builds with the label `pods` run as pods on the stack's cluster, see " +
    "[JenkinsPods](components/jenkins-host.md#builds-in-pods). Prod refuses it: " +
    "its cluster runs apps of users, and a build runs code that is not released.",
  default: "none, builds run on the machines of the agents",
});

const backup = {
  password: secret(/^[\x21-\x7e]{12,}$/, "at least 12 printable ASCII characters without spaces").optional(),
  schedule: text(/./, "a time in the form of systemd's OnCalendar").optional(),
};

const backupText = {
  description:
    "Backup of Jenkins' home to a separate bucket of the stack. Prod always has one; this group configures it.",
  default: "none in dev and staging",
};

const jenkinsText = {
  description:
    "Jenkins, its proxy and its agents, see [JenkinsHost](components/jenkins-host.md). " +
    "In prod they are in the account `aws.ciAccountId`.",
  default: "none",
};

/** `jenkins` of dev. */
export const dockerJenkinsSettings = group({
  ...jenkins,
  pods: pods.optional(),
  backup: group(backup).meta(backupText).optional(),
}).meta(jenkinsText);

/** `jenkins` of staging. Backups use separate keys of Swift's S3 API. */
export const openstackJenkinsSettings = group({
  ...jenkins,
  publicEndpoint: webhooksEndpoint(designateZone),
  pods: pods.optional(),
  backup: group({
    ...backup,
    accessKey: text(/./, "an access key: openstack ec2 credentials create").meta({
      description: "Access key of a user of the project: `openstack ec2 credentials create`. Swift needs its `s3api`.",
    }),
    secretKey: secret(/./, "its secret key").meta({ description: "Secret key of the user; a secret." }),
  })
    .meta(backupText)
    .optional(),
}).meta(jenkinsText);

/** `jenkins` of prod, in a separate account and network. It always has backups. */
export const awsJenkinsSettings = group({
  ...jenkins,
  publicEndpoint: webhooksEndpoint(ciRoute53Zone),
  pods: refused(
    "is refused in prod, whose cluster runs what users use and nothing that is not released yet; " +
      "leave it out, builds run on the machines of jenkins.agents",
  ),
  backup: group(backup).meta(backupText).optional(),
  network: ciNetworkSettings,
  monitoring: ciMonitoringSettings.optional(),
}).meta(jenkinsText);

export type JenkinsSettings = z.output<typeof dockerJenkinsSettings> &
  Pick<z.output<typeof awsJenkinsSettings>, "publicEndpoint">;
export type PodsSettings = z.output<typeof pods>;
export type AwsJenkinsSettings = z.output<typeof awsJenkinsSettings>;
