import * as pulumi from "@pulumi/pulumi";
import type { BucketArgs } from "../components/bucket.ts";
import type { DeployHook } from "../components/deploy-hook.ts";
import type { JenkinsHostArgs } from "../components/jenkins/args.ts";
import type { JenkinsHost } from "../components/jenkins-host.ts";
import type { PaasCluster } from "../components/paas-cluster.ts";
import type { JenkinsSettings } from "./config/delivery.ts";
import { entranceArguments, type ZoneById } from "./entrance.ts";

/** Stands for the key in a plan; `up` asks for the real one (config/left.ts). */
const noKeyYet = "-----BEGIN PRIVATE KEY-----\nnot configured yet\n-----END PRIVATE KEY-----\n";

/** Where pipelines of one environment deploy to. */
export interface DeployPlace {
  hook?: DeployHook | undefined;
  paas?: PaasCluster | undefined;
}

/**
 * A stack's settings of Jenkins as its component takes them.
 * @param places Where pipelines deploy to, by environment: Jenkins holds the hook's tokens and the platform's login as
 *   `deploy-tokens-<environment>`.
 * @param bucket Where its home is saved to; absent: nowhere.
 * @param zone Zones of the name that webhooks come in by, where the stack's cloud has any.
 */
export function jenkinsArguments(
  { backup, entrance, ...settings }: JenkinsSettings,
  places: Record<string, DeployPlace>,
  bucket?: BucketArgs,
  zone?: ZoneById,
): Omit<JenkinsHostArgs, "cloud"> {
  const tokens = Object.entries(places).flatMap(([environment, { hook, paas }]) =>
    hook || paas ? [[`deploy-tokens-${environment}`, pulumi.jsonStringify({ ...hook?.tokens, ...paas?.delivery })] as const] : [],
  );
  return {
    ...settings,
    github: { ...settings.github, privateKey: settings.github.privateKey ?? noKeyYet },
    ...(entrance && zone && { entrance: entranceArguments(entrance, zone) }),
    ...(bucket && { backup: { password: backup?.password, schedule: backup?.schedule, bucket } }),
    // What the config says wins.
    credentials: { ...Object.fromEntries(tokens), ...settings.credentials },
  };
}

/** Opens the places of a Jenkins' own network to its agents, which call them. */
export function letIn(jenkins: JenkinsHost | undefined, { hook, paas }: DeployPlace): void {
  if (jenkins === undefined) return;
  hook?.allowCallers("apps-jenkins", jenkins.agentFirewall);
  paas?.allowCallers(jenkins.agentFirewall);
}
