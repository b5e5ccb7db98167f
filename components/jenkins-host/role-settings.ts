import type { JenkinsAgent, JenkinsKubernetes, JenkinsSettings } from "../../ignition/roles/jenkins/settings.ts";
import type { JenkinsHostArgs } from "./args.ts";
import { mailPort } from "./mail.ts";
import { resolvedScriptSource } from "./pipelines.ts";

/** Settings of the role with the defaults filled in. */
export function jenkinsSettings(
  url: string,
  args: JenkinsHostArgs,
  agents: readonly JenkinsAgent[],
  kubernetes?: JenkinsKubernetes,
): JenkinsSettings {
  const { domain, github, login, library, pipelines = [], seed, mail, credentials = {}, jobs = [] } = args;
  return {
    url,
    adminAddress: args.adminAddress ?? `jenkins@${domain}`,
    realm: login
      ? { kind: "github", clientId: login.clientId, admins: login.admins }
      : { kind: "local", admin: "admin" },
    github: { organization: github.organization, appId: github.appId, forkTrust: github.forkTrust ?? "nobody" },
    ...(library && { library: resolvedScriptSource(library) }),
    ...(seed && { seed: resolvedScriptSource(seed) }),
    pipelines: pipelines.map(({ name, script, cron, repositories = [] }) => ({
      name,
      script: resolvedScriptSource(script),
      repositories,
      ...(cron !== undefined && { cron }),
    })),
    agents,
    ...(kubernetes && { kubernetes }),
    ...(mail && {
      mail: { host: mail.host, port: mail.port ?? mailPort, ...(mail.user !== undefined && { user: mail.user }) },
    }),
    credentials: Object.keys(credentials),
    jobs,
  };
}
