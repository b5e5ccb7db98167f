import * as pulumi from "@pulumi/pulumi";
import type { BucketArgs } from "../components/internal/bucket.ts";
import { CertificateAuthority } from "../components/certificate-authority/index.ts";
import type { Cloud } from "../components/cloud/cloud.ts";
import type { DeployHook } from "../components/deploy-hook/index.ts";
import type { JenkinsHostArgs } from "../components/jenkins-host/args.ts";
import type { JenkinsKubernetesArgs } from "../components/jenkins-host/kubernetes-agents.ts";
import { JenkinsHost } from "../components/jenkins-host/index.ts";
import { JenkinsPods } from "../components/jenkins-pods/index.ts";
import type { KubernetesCluster } from "../components/kubernetes-cluster/index.ts";
import type { PaasCluster } from "../components/paas-cluster/index.ts";
import type { Registry } from "../components/internal/registry.ts";
import type { JenkinsSettings, PodsSettings } from "./config/delivery.ts";
import { publicEndpointArguments, type ZoneById } from "./public-endpoint.ts";

/** Placeholder for the key in a plan; `up` requires the real key (config/missing-settings.ts). */
const placeholderKey = "-----BEGIN PRIVATE KEY-----\nnot configured yet\n-----END PRIVATE KEY-----\n";

/** Deployment targets of the pipelines of one environment. */
export interface DeployTarget {
  hook?: DeployHook | undefined;
  paas?: PaasCluster | undefined;
}

/** Resources of a stack with one network that Jenkins uses. */
export interface JenkinsContext extends DeployTarget {
  cloud: Cloud;
  /** Agents push images to it. */
  registry?: Registry;
  /** Cluster for builds in pods, with the setting `pods`. */
  kubernetes?: KubernetesCluster;
  /** Bucket for backups of the Jenkins home. Default: none. */
  bucket?: BucketArgs;
  /** DNS zones for the host name of webhooks, if the cloud has zones. */
  zone?: ZoneById;
}

/**
 * Converts a stack's settings of Jenkins to the arguments of the component.
 * @param targets Deployment targets by environment. Jenkins has the hook's tokens and the platform's login as the
 *   credential `deploy-tokens-<environment>`.
 * @param bucket Bucket for backups of the Jenkins home. Default: none.
 * @param zone DNS zones for the host name of webhooks, if the cloud has zones.
 */
export function jenkinsArguments(
  { backup, publicEndpoint, pods: _, ...settings }: JenkinsSettings,
  targets: Record<string, DeployTarget>,
  bucket?: BucketArgs,
  zone?: ZoneById,
): Omit<JenkinsHostArgs, "cloud"> {
  const tokens = Object.entries(targets).flatMap(([environment, { hook, paas }]) =>
    hook || paas
      ? [[`deploy-tokens-${environment}`, pulumi.jsonStringify({ ...hook?.tokens, ...paas?.delivery })] as const]
      : [],
  );
  return {
    ...settings,
    github: { ...settings.github, privateKey: settings.github.privateKey ?? placeholderKey },
    ...(publicEndpoint && zone && { publicEndpoint: publicEndpointArguments(publicEndpoint, zone) }),
    ...(bucket && { backup: { password: backup?.password, schedule: backup?.schedule, bucket } }),
    // The config takes precedence.
    credentials: { ...Object.fromEntries(tokens), ...settings.credentials },
  };
}

/**
 * Creates Jenkins in the network of the stack, if the config has it. Its agents may connect to the deployment targets.
 * @param environment Name of the deployment target in pipelines.
 */
export function stackJenkins(
  { jenkins }: { jenkins?: JenkinsSettings },
  environment: string,
  around: JenkinsContext,
): JenkinsHost | undefined {
  if (jenkins === undefined) return undefined;
  const { cloud, registry, hook, paas, kubernetes, bucket, zone } = around;
  // A child of JenkinsHost in earlier versions. Now JenkinsPods needs it before JenkinsHost exists.
  const earlier = { parent: pulumi.createUrn("jenkins", "paasmas:index:JenkinsHost") };
  const ca = new CertificateAuthority("jenkins-ca", {}, { aliases: [earlier] });
  const pods = jenkins.pods && kubernetes && new JenkinsPods("jenkins-pods", { cluster: kubernetes, ca });
  const host = new JenkinsHost("jenkins", {
    cloud,
    registry,
    ca,
    ...jenkinsArguments(jenkins, { [environment]: { hook, paas } }, bucket, zone),
    ...(pods && { kubernetes: asConfigured(pods.connection, jenkins.pods) }),
  });
  hook?.allowCallers("apps-jenkins", host.agentFirewall);
  paas?.allowCallers(host.agentFirewall);
  pods?.allowJenkins(host.firewall);
  return host;
}

function asConfigured(connection: JenkinsKubernetesArgs, { max, image }: PodsSettings = {}): JenkinsKubernetesArgs {
  return { ...connection, ...(max !== undefined && { pods: max }), ...(image !== undefined && { image }) };
}
