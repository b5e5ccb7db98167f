import type { RepositoryPlace } from "../../ignition/roles/jenkins/settings.ts";
import type { ArgumentCheck } from "../internal/argument-check.ts";

export interface JenkinsScriptSourceArgs {
  /** Repository of the organization. */
  repository: string;
  /**
   * Branch, tag or commit.
   * Default: `main`.
   */
  ref?: string;
  /** Folder, file or pattern below the repository's root: `delivery/jenkins`. */
  path: string;
}

export interface JenkinsPipelineArgs {
  /** Name of the job. */
  name: string;
  /** The pipeline's script, which also says when it runs. */
  script: JenkinsScriptSourceArgs;
  /**
   * When it runs until its script says so itself, in Jenkins' form of cron: `H * * * *`.
   * Default: not before somebody starts it.
   */
  cron?: string;
  /**
   * Repositories that it may write to, with the credential `github-app-<name>`. Every build can use that credential.
   * Default: none.
   */
  repositories?: string[];
}

const repositoryName = /^[A-Za-z0-9._-]{1,100}$/;
/** Refs and paths that go into a script as they are. */
const plainPath = /^[A-Za-z0-9*][A-Za-z0-9._\/*-]{0,199}$/;

/** Notes what is wrong with a place in a repository. */
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

/** Notes what is wrong with further pipelines. */
export function checkPipelines(
  pipelines: readonly JenkinsPipelineArgs[],
  organization: string | undefined,
  check: ArgumentCheck,
): void {
  const taken = new Set([organization, "seed", "read"]);
  pipelines.forEach(({ name, script, cron, repositories = [] }, index) => {
    const at = `pipelines[${index}]`;
    check
      .require(
        /^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(name ?? ""),
        `${at}.name`,
        `${JSON.stringify(name)} cannot name a job; use letters, digits, _ and -`,
      )
      .require(!taken.has(name), `${at}.name`, `${JSON.stringify(name)} is the name of another job`)
      .require(
        cron === undefined || /^(@(hourly|daily|midnight|weekly)|[H0-9*\/,()-]+( [H0-9*\/,()-]+){4})$/.test(cron),
        `${at}.cron`,
        `${JSON.stringify(cron)} is not a time in Jenkins' form of cron; use one like "H * * * *"`,
      );
    repositories.forEach((repository, position) =>
      check.require(
        repositoryName.test(repository),
        `${at}.repositories[${position}]`,
        `${JSON.stringify(repository)} is not the name of a repository; leave out the organization`,
      ),
    );
    taken.add(name);
    checkScriptSource(`${at}.script`, script, check);
  });
}

/** A place with the defaults filled in. */
export function resolvedScriptSource({ repository, ref = "main", path }: JenkinsScriptSourceArgs): RepositoryPlace {
  return { repository, ref, path };
}
