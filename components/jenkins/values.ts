import * as pulumi from "@pulumi/pulumi";
import images from "../../ignition/roles/images.json" with { type: "json" };
import type { JenkinsBackup } from "../../ignition/roles/jenkins/role.ts";
import type { JenkinsAgent, JenkinsKubernetes, JenkinsSettings, RepositoryPlace } from "../../ignition/roles/jenkins/settings.ts";
import type { JenkinsHostArgs } from "../jenkins-host.ts";
import type { JenkinsBackupArgs, JenkinsKubernetesArgs, JenkinsPlaceArgs } from "./arguments.ts";

/** What the machines of a Jenkins' agents are called, for a registry that has to know them before they are made. */
export function agentNames(jenkins: string, agents = 1): string[] {
  return Array.from({ length: agents }, (_, ordinal) => `${jenkins}-agent-${ordinal}`);
}

/** What is configured in Jenkins, with the defaults filled in. */
export function jenkinsSettings(url: string, args: JenkinsHostArgs, agents: readonly JenkinsAgent[], kubernetes?: JenkinsKubernetes): JenkinsSettings {
  const { domain, github, login, library, pipelines = [], seed, credentials = {}, jobs = [] } = args;
  return {
    url,
    adminAddress: args.adminAddress ?? `jenkins@${domain}`,
    realm: login ? { kind: "github", clientId: login.clientId, admins: login.admins } : { kind: "local", admin: "admin" },
    github: { organization: github.organization, appId: github.appId, forkTrust: github.forkTrust ?? "nobody" },
    ...(library && { library: place(library) }),
    ...(seed && { seed: place(seed) }),
    pipelines: pipelines.map(({ name, script, cron, repositories = [] }) => ({
      name,
      script: place(script),
      repositories,
      ...(cron !== undefined && { cron }),
    })),
    agents,
    ...(kubernetes && { kubernetes }),
    credentials: Object.keys(credentials),
    jobs,
  };
}

/** The cluster for pods, with the defaults filled in; its token is not in it. */
export function jenkinsKubernetes({ server, ca, namespace, trustsConfigMap = false, pods = 10, image = images["jenkins-inbound-agent"] }: JenkinsKubernetesArgs): pulumi.Output<JenkinsKubernetes> {
  return pulumi.all([server, ca]).apply(([url, authority]) => ({ server: url, ca: authority, namespace, trustsConfigMap, pods, image }));
}

/** Where the home is saved to, with the defaults filled in; a secret. */
export function jenkinsBackup(
  args: JenkinsBackupArgs,
  image: string,
  password: pulumi.Output<string>,
): pulumi.Output<JenkinsBackup> {
  const { bucket, schedule = "*-*-* 03:17:00" } = args;
  return pulumi.all([pulumi.output(bucket), password]).apply(([{ endpoint, name, region, accessKey, secretKey }, secret]) => ({
    image,
    bucket: {
      endpoint,
      name,
      region: region ?? "us-east-1",
      ...(accessKey && secretKey && { keys: { accessKey, secretKey } }),
    },
    password: secret,
    schedule,
  }));
}

function place({ repository, ref = "main", path }: JenkinsPlaceArgs): RepositoryPlace {
  return { repository, ref, path };
}
