import * as pulumi from "@pulumi/pulumi";
import type { DeployHook } from "../components/deploy-hook.ts";
import type { JenkinsBucketArgs } from "../components/jenkins/arguments.ts";
import type { JenkinsHostArgs } from "../components/jenkins-host.ts";
import type { JenkinsSettings } from "./config/delivery.ts";

/** Stands for the key in a plan; `up` asks for the real one (config/left.ts). */
const noKeyYet = "-----BEGIN PRIVATE KEY-----\nnot configured yet\n-----END PRIVATE KEY-----\n";

/**
 * A stack's settings of Jenkins as its component takes them.
 * @param hooks Deploy hooks that pipelines call, by the environment they deploy to: Jenkins holds their tokens as
 *   `deploy-tokens-<environment>`.
 * @param bucket Where its home is saved to; absent: nowhere.
 */
export function jenkinsArguments(
  { backup, ...settings }: JenkinsSettings,
  hooks: Record<string, DeployHook | undefined>,
  bucket?: JenkinsBucketArgs,
): Omit<JenkinsHostArgs, "cloud"> {
  const tokens = Object.entries(hooks).flatMap(([environment, hook]) =>
    hook === undefined ? [] : [[`deploy-tokens-${environment}`, pulumi.jsonStringify(hook.tokens)] as const],
  );
  return {
    ...settings,
    github: { ...settings.github, privateKey: settings.github.privateKey ?? noKeyYet },
    ...(bucket && { backup: { password: backup?.password, schedule: backup?.schedule, bucket } }),
    // What the config says wins.
    credentials: { ...Object.fromEntries(tokens), ...settings.credentials },
  };
}
