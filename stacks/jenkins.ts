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

/** Stands for the key in a plan; `up` asks for the real one (config/left.ts). */
const noKeyYet = "-----BEGIN PRIVATE KEY-----\nnot configured yet\n-----END PRIVATE KEY-----\n";

/** Where pipelines of one environment deploy to. */
export interface DeployPlace {
  hook?: DeployHook | undefined;
  paas?: PaasCluster | undefined;
}

/** What is around Jenkins in a stack that has one network. */
export interface AroundJenkins extends DeployPlace {
  cloud: Cloud;
  /** Agents push to it. */
  registry?: Registry;
  /** Builds run on it as pods, where the config says so. */
  kubernetes?: KubernetesCluster;
  /** Where its home is saved to. Default: nowhere. */
  bucket?: BucketArgs;
  /** Zones of the name that webhooks come in by, where the stack's cloud has any. */
  zone?: ZoneById;
}

/**
 * A stack's settings of Jenkins as its component takes them.
 * @param places Where pipelines deploy to, by environment: Jenkins holds the hook's tokens and the platform's login as
 *   `deploy-tokens-<environment>`.
 * @param bucket Where its home is saved to; absent: nowhere.
 * @param zone Zones of the name that webhooks come in by, where the stack's cloud has any.
 */
export function jenkinsArguments(
  { backup, publicEndpoint, pods: _, ...settings }: JenkinsSettings,
  places: Record<string, DeployPlace>,
  bucket?: BucketArgs,
  zone?: ZoneById,
): Omit<JenkinsHostArgs, "cloud"> {
  const tokens = Object.entries(places).flatMap(([environment, { hook, paas }]) =>
    hook || paas
      ? [[`deploy-tokens-${environment}`, pulumi.jsonStringify({ ...hook?.tokens, ...paas?.delivery })] as const]
      : [],
  );
  return {
    ...settings,
    github: { ...settings.github, privateKey: settings.github.privateKey ?? noKeyYet },
    ...(publicEndpoint && zone && { publicEndpoint: publicEndpointArguments(publicEndpoint, zone) }),
    ...(bucket && { backup: { password: backup?.password, schedule: backup?.schedule, bucket } }),
    // What the config says wins.
    credentials: { ...Object.fromEntries(tokens), ...settings.credentials },
  };
}

/**
 * Jenkins in the one network of its stack, where the config has one; its agents are let in to what they deploy to.
 * @param environment What the place that it deploys to is called in pipelines.
 */
export function stackJenkins(
  { jenkins }: { jenkins?: JenkinsSettings },
  environment: string,
  around: AroundJenkins,
): JenkinsHost | undefined {
  if (jenkins === undefined) return undefined;
  const { cloud, registry, hook, paas, kubernetes, bucket, zone } = around;
  // Once it was JenkinsHost's own; pods have to know it before there is a Jenkins.
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
