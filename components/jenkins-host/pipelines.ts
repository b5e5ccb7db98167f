import type { RepositoryPlace } from "../../ignition/roles/jenkins/settings.ts";
import type { ArgumentCheck } from "../internal/argument-check.ts";

export interface JenkinsScriptSourceArgs {
  /** Name of a repository of the organization. */
  repository: string;
  /**
   * Branch, tag or commit.
   * Default: `main`.
   */
  ref?: string;
  /** Folder, file or pattern, relative to the root of the repository: `delivery/jenkins`. */
  path: string;
}

export interface JenkinsPipelineArgs {
  /** Name of the job. */
  name: string;
  /** Script of the pipeline. It also contains the triggers of the pipeline. */
  script: JenkinsScriptSourceArgs;
  /**
   * Schedule of the job until its script sets triggers, in Jenkins' cron format: `H * * * *`.
   * Default: none; a user starts the first run.
   */
  cron?: string;
  /**
   * Repositories that the pipeline can write to with the credential `github-app-<name>`. Every build can use it.
   * Default: none.
   */
  repositories?: string[];
}

const repositoryName = /^[A-Za-z0-9._-]{1,100}$/;
/** Refs and paths that need no quotes in a script. */
const plainPath = /^[A-Za-z0-9*][A-Za-z0-9._/*-]{0,199}$/;

/** Checks a location in a repository. */
export function checkScriptSource(
  at: string,
  { repository, ref = "main", path }: JenkinsScriptSourceArgs,
  check: ArgumentCheck,
): void {
  const plain = "letters, digits and . _ - / *";
  check
    .require(
      repositoryName.test(repository ?? ""),
      `${at}.repository`,
      `${JSON.stringify(repository)} is not the name of a repository; leave out the organization`,
    )
    .require(plainPath.test(ref), `${at}.ref`, `${JSON.stringify(ref)} is not a branch, tag or commit; use ${plain}`)
    .require(
      plainPath.test(path ?? ""),
      `${at}.path`,
      `${JSON.stringify(path)} is not a path below the repository's root; use ${plain}`,
    );
}

/** Checks the additional pipelines. */
export function checkPipelines(
  pipelines: readonly JenkinsPipelineArgs[],
  organization: string | undefined,
  check: ArgumentCheck,
): void {
  const taken = new Set([organization, "seed", "read"]);
  for (const [index, { name, script, cron, repositories = [] }] of pipelines.entries()) {
    const at = `pipelines[${index}]`;
    check
      .require(
        /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(name ?? ""),
        `${at}.name`,
        `${JSON.stringify(name)} cannot name a job; use letters, digits, _ and -`,
      )
      .require(!taken.has(name), `${at}.name`, `${JSON.stringify(name)} is the name of another job`)
      .require(
        cron === undefined || /^(@(hourly|daily|midnight|weekly)|[H0-9*/,()-]+( [H0-9*/,()-]+){4})$/.test(cron),
        `${at}.cron`,
        `${JSON.stringify(cron)} is not in Jenkins' cron format; use a value like "H * * * *"`,
      );
    for (const [position, repository] of repositories.entries()) {
      check.require(
        repositoryName.test(repository),
        `${at}.repositories[${position}]`,
        `${JSON.stringify(repository)} is not the name of a repository; leave out the organization`,
      );
    }
    taken.add(name);
    checkScriptSource(`${at}.script`, script, check);
  }
}

/** A location in a repository with the defaults filled in. */
export function resolvedScriptSource({ repository, ref = "main", path }: JenkinsScriptSourceArgs): RepositoryPlace {
  return { repository, ref, path };
}
