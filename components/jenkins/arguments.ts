import type * as pulumi from "@pulumi/pulumi";
import type { ForkTrust } from "../../ignition/roles/jenkins/settings.ts";
import type { ArgumentCheck } from "../arguments.ts";
import { bounds } from "../bounds.ts";

export interface JenkinsGithubArgs {
  /** Organization whose repositories are built, wherever they have a `Jenkinsfile`. */
  organization: string;
  /** Number of the GitHub App that Jenkins acts as. */
  appId: string;
  /** A private key of the app (PEM, as GitHub hands it out); a secret. */
  privateKey: pulumi.Input<string>;
  /**
   * Pull requests from forks: `nobody` builds them with the target branch's `Jenkinsfile`, `write` with their own if their
   * author may write to the repository.
   * Default: `nobody`.
   */
  forkTrust?: ForkTrust;
}

export interface JenkinsGithubLoginArgs {
  /** Client id of the GitHub OAuth app (callback: `https://jenkins.<domain>/securityRealm/finishLogin`). */
  clientId: string;
  /** Its client secret; a secret. */
  clientSecret: pulumi.Input<string>;
  /** GitHub users who administer Jenkins; all other members of the organization may see and build. */
  admins: string[];
}

export interface JenkinsPlaceArgs {
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
  script: JenkinsPlaceArgs;
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

export interface JenkinsBackupArgs {
  /** Where the home is saved to. */
  bucket: JenkinsBucketArgs;
  /**
   * What backups are encrypted with; a secret. Without it they are worth nothing.
   * Default: generated; it is in the stack's state, and in the output `backupPassword`.
   */
  password?: pulumi.Input<string>;
  /**
   * When, in the form of systemd's `OnCalendar`.
   * Default: `*-*-* 03:17:00`, every night.
   */
  schedule?: string;
}

/** A bucket with an S3 API, and who uses it: a user with keys, or the machine's own role. */
export interface JenkinsBucketArgs {
  /** URL of the API, `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: pulumi.Input<string>;
  /** Name of the bucket; it has to be there. */
  name: pulumi.Input<string>;
  /**
   * Region that requests are signed for.
   * Default: `us-east-1`.
   */
  region?: pulumi.Input<string>;
  /**
   * Access key of a user who may read, write, list and delete in the bucket.
   * Default: none, the machine's role is used; give it that permission with `access`.
   */
  accessKey?: pulumi.Input<string>;
  /**
   * The user's secret key; a secret.
   * Default: none.
   */
  secretKey?: pulumi.Input<string>;
}

/** A Kubernetes cluster that builds run on as pods, as JenkinsPods makes it. */
export interface JenkinsKubernetesArgs {
  /** URL of its API, `https://10.30.64.79:6443`. */
  server: pulumi.Input<string>;
  /** Authority of the API's certificate (PEM). */
  ca: pulumi.Input<string>;
  /** Token of an account that may run pods in the namespace; a secret. */
  token: pulumi.Input<string>;
  /** Namespace of the pods. */
  namespace: string;
  /**
   * Whether the pods verify Jenkins' certificate with the ConfigMap `jenkins-ca` of their namespace.
   * Default: false; it is one that everybody knows.
   */
  trustsConfigMap?: boolean;
  /**
   * Pods at a time.
   * Default: 10.
   */
  pods?: number;
  /**
   * Container image of Jenkins' inbound agent, by tag or digest.
   * Default: `jenkins-inbound-agent` in `ignition/roles/images.json`.
   */
  image?: string;
}

/** Names as GitHub has them. */
const organizationName = /^[A-Za-z0-9]([A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/;
const repositoryName = /^[A-Za-z0-9._-]{1,100}$/;
/** Refs and paths that go into a script as they are. */
const plainPath = /^[A-Za-z0-9*][A-Za-z0-9._\/*-]{0,199}$/;

/** Notes what is wrong with a GitHub app. */
export function checkGithub(given: JenkinsGithubArgs | undefined, check: ArgumentCheck): void {
  if (given === undefined) {
    check.require(false, "github", "is missing; give an organization, the id of a GitHub App and its private key");
    return;
  }
  const { organization, appId, privateKey, forkTrust = "nobody" } = given;
  check
    .require(
      organizationName.test(organization ?? ""),
      "github.organization",
      `${JSON.stringify(organization)} is not the name of an organization; use the one from its URL, "example" in github.com/example`,
    )
    .require(/^[0-9]+$/.test(appId ?? ""), "github.appId", `${JSON.stringify(appId)} is not the id of a GitHub App; use its number, in quotes`)
    .require(privateKey !== undefined, "github.privateKey", "is missing; give a private key of the app, as a secret")
    .require(
      ["nobody", "write"].includes(forkTrust),
      "github.forkTrust",
      `${JSON.stringify(forkTrust)} is not allowed; use "nobody" or "write"`,
    );
}

/** Notes what is wrong with a login through GitHub. */
export function checkLogin({ clientId, clientSecret, admins }: JenkinsGithubLoginArgs, check: ArgumentCheck): void {
  check
    .require(/^[A-Za-z0-9.]+$/.test(clientId ?? ""), "login.clientId", `${JSON.stringify(clientId)} is not the client id of an OAuth app`)
    .require(clientSecret !== undefined, "login.clientSecret", "is missing; give the client secret of the OAuth app")
    .require(
      Array.isArray(admins) && admins.length > 0,
      "login.admins",
      "is empty; name at least one GitHub user, or nobody can administer Jenkins",
    );
  admins?.forEach((admin, index) =>
    check.require(organizationName.test(admin), `login.admins[${index}]`, `${JSON.stringify(admin)} is not the name of a GitHub user`),
  );
}

/** Notes what is wrong with a place in a repository. */
export function checkPlace(at: string, { repository, ref = "main", path }: JenkinsPlaceArgs, check: ArgumentCheck): void {
  const plain = "letters, digits and . _ - / *";
  check
    .require(
      repositoryName.test(repository ?? ""),
      `${at}.repository`,
      `${JSON.stringify(repository)} is not the name of a repository; leave out the organization`,
    )
    .require(plainPath.test(ref), `${at}.ref`, `${JSON.stringify(ref)} is not a branch, tag or commit; use ${plain}`)
    .require(plainPath.test(path ?? ""), `${at}.path`, `${JSON.stringify(path)} is not a path below the repository's root; use ${plain}`);
}

/** Notes what is wrong with further pipelines. */
export function checkPipelines(pipelines: readonly JenkinsPipelineArgs[], organization: string | undefined, check: ArgumentCheck): void {
  const taken = new Set([organization, "seed", "read"]);
  pipelines.forEach(({ name, script, cron, repositories = [] }, index) => {
    const at = `pipelines[${index}]`;
    check
      .require(/^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$/.test(name ?? ""), `${at}.name`, `${JSON.stringify(name)} cannot name a job; use letters, digits, _ and -`)
      .require(!taken.has(name), `${at}.name`, `${JSON.stringify(name)} is the name of another job`)
      .require(
        cron === undefined || /^(@(hourly|daily|midnight|weekly)|[H0-9*\/,()-]+( [H0-9*\/,()-]+){4})$/.test(cron),
        `${at}.cron`,
        `${JSON.stringify(cron)} is not a time in Jenkins' form of cron; use one like "H * * * *"`,
      );
    repositories.forEach((repository, position) =>
      check.require(repositoryName.test(repository), `${at}.repositories[${position}]`, `${JSON.stringify(repository)} is not the name of a repository; leave out the organization`),
    );
    taken.add(name);
    checkPlace(`${at}.script`, script, check);
  });
}

/** Notes what is wrong with where backups go. */
export function checkBackup({ bucket, schedule }: JenkinsBackupArgs, check: ArgumentCheck): void {
  const { endpoint, name, accessKey, secretKey } = bucket;
  check
    .require(
      typeof endpoint !== "string" || /^https?:\/\/[^/\s]+$/.test(endpoint),
      "backup.bucket.endpoint",
      `${JSON.stringify(endpoint)} is not the URL of an S3 API; use one like https://s3.eu-central-1.amazonaws.com, without a path`,
    )
    .require(endpoint !== undefined, "backup.bucket.endpoint", "is missing; give the URL of an S3 API")
    .require(name !== undefined, "backup.bucket.name", "is missing; give the name of a bucket")
    .require(
      (accessKey === undefined) === (secretKey === undefined),
      "backup.bucket",
      "has one key without the other; give accessKey and secretKey, or neither to use the machine's role",
    )
    .require(
      schedule === undefined || /^[A-Za-z0-9*:\/., ~-]{1,80}$/.test(schedule),
      "backup.schedule",
      `${JSON.stringify(schedule)} is not a time in the form of systemd's OnCalendar; use one like "*-*-* 03:17:00"`,
    );
}

/** Notes what is wrong with the ids of further credentials. */
export function checkCredentials(ids: readonly string[], check: ArgumentCheck): void {
  const own = ["github-app", "github-app-read", "github-webhook", "agent-ssh"];
  for (const id of ids) {
    check
      .require(/^[a-z0-9][a-z0-9-]{0,62}$/.test(id), `credentials.${id}`, `${JSON.stringify(id)} cannot be an id; use lower-case letters, digits and hyphens`)
      .require(!own.includes(id), `credentials.${id}`, `${JSON.stringify(id)} is one of Jenkins' own; use another id`);
  }
}

/** Notes what is wrong with a cluster for pods. */
export function checkKubernetes({ namespace, pods = 10, image = "unused" }: JenkinsKubernetesArgs, check: ArgumentCheck): void {
  check
    .require(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace ?? ""), "kubernetes.namespace", `${JSON.stringify(namespace)} is not a namespace; use lower-case letters, digits and inner hyphens`)
    .integer("kubernetes.pods", pods, bounds.jenkins.pods)
    .require(/^\S+$/.test(image), "kubernetes.image", `${JSON.stringify(image)} is not a container image`);
}
