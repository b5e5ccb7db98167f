/** Who may log in, and as what. */
export type JenkinsRealm =
  /** Jenkins' own list of users, with one of them: the administrator. */
  | { kind: "local"; admin: string }
  /** GitHub users log in with GitHub; members of the organization may see and build, the named ones administer. */
  | { kind: "github"; clientId: string; admins: readonly string[] };

/** A source of pull requests that is not the repository itself: whose `Jenkinsfile` is run. */
export type ForkTrust = "nobody" | "write";

export interface JenkinsGithub {
  /** Organization whose repositories are built, wherever they have a `Jenkinsfile`. */
  organization: string;
  /** Number of the GitHub App that Jenkins acts as. */
  appId: string;
  /**
   * `nobody`: a pull request from a fork is built with the target branch's `Jenkinsfile`. `write`: with its own, when its
   * author may write to the repository anyway. There is no third choice: the author's own would have Jenkins' credentials.
   */
  forkTrust: ForkTrust;
}

/** Where something is in a repository of the organization. */
export interface RepositoryPlace {
  /** Repository, without the organization. */
  repository: string;
  /** Branch, tag or commit. */
  ref: string;
  /** Folder or pattern below the repository's root. */
  path: string;
}

/** A pipeline that is not a repository's own `Jenkinsfile`: housekeeping, for all of them. */
export interface JenkinsPipeline {
  /** Name of the job. */
  name: string;
  /** Where its script is; what it runs on and when is said in there. */
  script: RepositoryPlace;
  /** When it is run until the script says so itself, in Jenkins' form of cron: `H * * * *`. */
  cron?: string;
  /** Repositories of the organization that it may write to, with the credential `github-app-<name>`. */
  repositories: readonly string[];
}

/** A machine that builds run on, as Jenkins knows it. */
export interface JenkinsAgent {
  name: string;
  address: string;
  /** Its SSH host key, `ecdsa-sha2-nistp256 AAAA...`. */
  hostKey: string;
  /** Builds at a time. */
  executors: number;
}

/** A Kubernetes cluster that builds run on as pods; the token of its account is a secret's file. */
export interface JenkinsKubernetes {
  /** URL of its API. */
  server: string;
  /** Authority of the API's certificate (PEM). */
  ca: string;
  namespace: string;
  /** Whether the pods verify Jenkins with the ConfigMap `jenkins-ca` of their namespace. */
  trustsConfigMap: boolean;
  /** Pods at a time. */
  pods: number;
  /** Container image of the inbound agent. */
  image: string;
}

/** A server that takes mails; the password of its user is a secret's file. */
export interface JenkinsMail {
  host: string;
  /** 465 speaks TLS from the first byte, any other one changes to it. */
  port: number;
  user?: string;
}

/** Everything that is configured in Jenkins; no secret is in here, those are files. */
export interface JenkinsSettings {
  /** Address that users see, `https://jenkins.ci.example.com/`. */
  url: string;
  /** Sender and contact of mails. */
  adminAddress: string;
  realm: JenkinsRealm;
  github: JenkinsGithub;
  /** The shared pipeline library, `@Library('paasmas')`. */
  library?: RepositoryPlace;
  /** Job DSL scripts of a repository that a job of Jenkins' runs whenever they change. */
  seed?: RepositoryPlace;
  /** Further pipelines. */
  pipelines: readonly JenkinsPipeline[];
  agents: readonly JenkinsAgent[];
  /** Where further builds run; absent: nowhere. */
  kubernetes?: JenkinsKubernetes;
  /** What mails are sent by; absent: nothing. */
  mail?: JenkinsMail;
  /** Names of further credentials, each a secret text of this id. */
  credentials: readonly string[];
  /** Job DSL scripts that are run at every start. */
  jobs: readonly string[];
}

/** Name of each secret that Jenkins' configuration refers to, and of its file. */
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
