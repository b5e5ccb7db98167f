/** Where users log in, and which of them administer Jenkins. */
export type JenkinsRealm =
  /** Jenkins' own user database, with one user: the administrator. */
  | { kind: "local"; admin: string }
  /** Users log in with GitHub. Members of the organization may read and build; `admins` administer. */
  | { kind: "github"; clientId: string; admins: readonly string[] };

/** Whether a pull request from a fork may bring its own `Jenkinsfile`. */
export type ForkTrust = "nobody" | "write";

export interface JenkinsGithub {
  /** Organization. Jenkins builds all of its repositories that have a `Jenkinsfile`. */
  organization: string;
  /** Id of the GitHub App that Jenkins uses. */
  appId: string;
  /**
   * `nobody`: a pull request from a fork is built with the target branch's `Jenkinsfile`. `write`: with its own one, if
   * its author has write access to the repository. Other authors' files are never used: they would get Jenkins'
   * credentials.
   */
  forkTrust: ForkTrust;
}

/** A place in a repository of the organization. */
export interface RepositoryPlace {
  /** Repository, without the organization. */
  repository: string;
  /** Branch, tag or commit. */
  ref: string;
  /** Folder or pattern below the repository's root. */
  path: string;
}

/** A pipeline without a `Jenkinsfile`: a maintenance job for several repositories. */
export interface JenkinsPipeline {
  /** Name of the job. */
  name: string;
  /** Its script, which sets its agent and its triggers. */
  script: RepositoryPlace;
  /** Schedule until the script sets one, in Jenkins' cron syntax: `H * * * *`. */
  cron?: string;
  /** Repositories of the organization that it may write to, with the credential `github-app-<name>`. */
  repositories: readonly string[];
}

/** A build agent, as Jenkins knows it. */
export interface JenkinsAgent {
  name: string;
  address: string;
  /** Its SSH host key, `ecdsa-sha2-nistp256 AAAA...`. */
  hostKey: string;
  /** Maximum number of builds at the same time. */
  executors: number;
}

/** A Kubernetes cluster that runs builds as pods. The token of its account is in a secret file. */
export interface JenkinsKubernetes {
  /** URL of its API. */
  server: string;
  /** Certificate authority of the API (PEM). */
  ca: string;
  namespace: string;
  /** Whether the pods verify Jenkins with the authority in the ConfigMap `jenkins-ca` of their namespace. */
  trustsConfigMap: boolean;
  /** Maximum number of pods at the same time. */
  pods: number;
  /** Container image of the inbound agent. */
  image: string;
}

/** An SMTP server. The password of its user is in a secret file. */
export interface JenkinsMail {
  host: string;
  /** Port. 465 uses TLS from the start; all others use STARTTLS. */
  port: number;
  user?: string;
}

/** The configuration of Jenkins, without secrets: those are files. */
export interface JenkinsSettings {
  /** URL for users, `https://jenkins.ci.example.com/`. */
  url: string;
  /** Sender and contact of mails. */
  adminAddress: string;
  realm: JenkinsRealm;
  github: JenkinsGithub;
  /** The shared pipeline library, `@Library('paasmas')`. */
  library?: RepositoryPlace;
  /** Job DSL scripts of a repository. The seed job runs them after each change. */
  seed?: RepositoryPlace;
  /** Further pipelines. */
  pipelines: readonly JenkinsPipeline[];
  agents: readonly JenkinsAgent[];
  /** A cluster for further builds. Absent: builds run on the build agents only. */
  kubernetes?: JenkinsKubernetes;
  /** Mail server. Absent: Jenkins sends no mail. */
  mail?: JenkinsMail;
  /** Ids of further credentials; each is a secret text. */
  credentials: readonly string[];
  /** Job DSL scripts that are run at every start. */
  jobs: readonly string[];
}

/** Names of the secrets of the configuration, and of their files. */
export const jenkinsSecrets = {
  adminPassword: "admin-password",
  seedPassword: "seed-password",
  oauthSecret: "github-oauth-secret",
  appKey: "github-app-key",
  webhookSecret: "github-webhook-secret",
  agentKey: "agent-ssh-key",
  kubernetesToken: "kubernetes-token",
  metricsKey: "metrics-key",
  mailPassword: "mail-password",
} as const;

/** The file of one of the {@link JenkinsSettings.credentials}. */
export function credentialSecret(id: string): string {
  return `credential-${id}`;
}
