import { z } from "zod";
import { awsSettings, dockerSettings, openstackSettings } from "./clouds.ts";
import { etcdSettings, galeraSettings, loadBalancerSettings } from "./database.ts";
import {
  awsDeployHookSettings,
  awsJenkinsSettings,
  dockerDeployHookSettings,
  dockerJenkinsSettings,
  dockerRegistrySettings,
  ecrRegistrySettings,
  openstackDeployHookSettings,
  openstackJenkinsSettings,
  openstackRegistrySettings,
} from "./delivery.ts";
import { githubFlowSettings } from "./github-flow.ts";
import { kubernetesSettings } from "./kubernetes.ts";
import { awsNetworkSettings, networkSettings, openstackNetworkSettings } from "./network.ts";
import { awsPaasSettings, devPaasSettings, openstackPaasSettings } from "./paas.ts";
import { byName, checkedText, flag, list, oneOf, text } from "../../components/internal/settings-schema.ts";
import { sshKeyPattern, sshKeyProblem } from "./ssh-key.ts";
import { logsSettings, monitoringSettings, openstackLogsSettings } from "./telemetry.ts";

const sshAuthorizedKeys = list(
  checkedText(sshKeyProblem, {
    kind: "a public key",
    allowed: "the one line of a .pub file",
    pattern: sshKeyPattern,
  })
    .transform((key) => key.trim())
    .meta({
      allowed: "the one line of a .pub file",
      description: "A key of the type Ed25519, ECDSA, RSA with at least 2048 bits, or of a security key.",
    }),
)
  .meta({
    description: "Public keys that can log in to every machine as `core`. An empty list allows no login.",
    default: "none; `up` of staging and prod requires the setting",
  })
  .optional();

/** Settings of every environment. */
const common = {
  sshAuthorizedKeys,
  etcd: etcdSettings.default({}),
  galera: galeraSettings.default({}),
  loadBalancer: loadBalancerSettings.default({}),
  monitoring: monitoringSettings.optional(),
  kubernetes: kubernetesSettings.optional(),
  protect: flag()
    .meta({
      description:
        "Protects data volumes and buckets from deletion, and keeps them when the stack is destroyed. " +
        "Prod refuses false.",
      default: "false in dev and staging, true in prod",
    })
    .optional(),
  // The policy pack checks this setting: it knows the policies.
  policies: z
    .unknown()
    .meta({
      description: "Levels and parameters of the policies, see [the policy pack](policies.md#configuration).",
      default: "each policy at its own level",
    })
    .optional(),
};

const dockerDelivery = {
  registry: dockerRegistrySettings.optional(),
  deployHook: dockerDeployHookSettings.optional(),
  jenkins: dockerJenkinsSettings.optional(),
};
const openstackDelivery = {
  registry: openstackRegistrySettings.optional(),
  deployHook: openstackDeployHookSettings.optional(),
  jenkins: openstackJenkinsSettings.optional(),
};
const awsDelivery = {
  registry: ecrRegistrySettings.optional(),
  deployHook: awsDeployHookSettings.optional(),
  jenkins: awsJenkinsSettings.optional(),
  githubFlow: githubFlowSettings.optional(),
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: AWS refuses control characters in tags
const tag = text(/^[^\x00-\x1f]{0,255}$/, "a text of up to 255 characters");
const tags = byName(tag.meta({ description: "Value of the tag." }))
  .meta({
    description:
      "Tags of all resources on AWS, in addition to Project, Environment, Role, ManagedBy and Name. At most five.",
    default: "none",
  })
  .optional();

/** The only setting that is known before the environment. `parseEnvironment` checks it. */
export const environmentSetting = oneOf("dev", "staging", "prod").meta({
  description: "Environment of the stack.",
  default: "the name of the stack",
});

/** The settings of each environment: the keys of its config, with the schema of each. */
export const settings = {
  dev: {
    network: networkSettings,
    ...common,
    ...dockerDelivery,
    logs: logsSettings.optional(),
    paas: devPaasSettings.optional(),
    docker: dockerSettings.default({}),
  },
  staging: {
    network: openstackNetworkSettings,
    ...common,
    ...openstackDelivery,
    logs: openstackLogsSettings.optional(),
    paas: openstackPaasSettings.optional(),
    openstack: openstackSettings,
  },
  prod: {
    network: awsNetworkSettings,
    ...common,
    ...awsDelivery,
    logs: logsSettings.optional(),
    paas: awsPaasSettings.optional(),
    tags,
    aws: awsSettings,
  },
} as const;

export type EnvironmentName = keyof typeof settings;

/** Checked settings of an environment. */
export type Settings<Name extends EnvironmentName> = {
  [Key in keyof (typeof settings)[Name]]: (typeof settings)[Name][Key] extends z.ZodType
    ? z.output<(typeof settings)[Name][Key]>
    : never;
};

/** Everything that a stack is made from, checked. */
interface EnvironmentOf<Name extends EnvironmentName> {
  /** Name of the Pulumi stack. */
  stack: string;
  /** Composition of the stack. */
  environment: Name;
}

export type DevEnvironment = EnvironmentOf<"dev"> & Settings<"dev">;
export type StagingEnvironment = EnvironmentOf<"staging"> & Settings<"staging">;
export type ProdEnvironment = EnvironmentOf<"prod"> & Settings<"prod">;
export type Environment = DevEnvironment | StagingEnvironment | ProdEnvironment;

/** Settings of any environment. */
export type AnySettings = Partial<Settings<"dev"> & Settings<"staging"> & Settings<"prod">>;
