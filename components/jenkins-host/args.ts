import type * as pulumi from "@pulumi/pulumi";
import type { AgentTool } from "../../ignition/roles/jenkins-agent/role.ts";
import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, MachineAccess, MachineSize } from "../cloud/cloud.ts";
import type { Registry } from "../internal/registry.ts";
import type { JenkinsBackupArgs } from "./backup.ts";
import type { JenkinsEndpointArgs } from "./webhook-endpoint.ts";
import type { JenkinsGithubArgs, JenkinsGithubLoginArgs } from "./github.ts";
import type { JenkinsMailArgs } from "./mail.ts";
import type { JenkinsPipelineArgs, JenkinsScriptSourceArgs } from "./pipelines.ts";
import type { JenkinsKubernetesArgs } from "./kubernetes-agents.ts";

export interface JenkinsHostArgs {
  /** Cloud of the machines. */
  cloud: Cloud;
  /**
   * Domain of Jenkins and of the other services of its proxy: `ci.example.com`. Jenkins is `jenkins.ci.example.com`.
   */
  domain: string;
  /** GitHub organization whose repositories Jenkins builds, and the GitHub App that Jenkins uses. */
  github: JenkinsGithubArgs;
  /**
   * Login of users with GitHub.
   * Default: none; Jenkins has one local user, `admin`.
   */
  login?: JenkinsGithubLoginArgs;
  /**
   * Password of the local user `admin`, at least 12 printable ASCII characters without spaces. Not allowed with
   * `login`.
   * Default: generated; in the output `adminPassword`.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Sender and contact address of mails.
   * Default: `jenkins@<domain>`.
   */
  adminAddress?: string;
  /**
   * Mail server for the mails of pipelines.
   * Default: none; Jenkins sends no mails.
   */
  mail?: JenkinsMailArgs;
  /**
   * Shared pipeline library. Pipelines load it with `@Library('paasmas')`.
   * Default: none.
   */
  library?: JenkinsScriptSourceArgs;
  /**
   * Pipelines beside those of the `Jenkinsfile`s in the repositories.
   * Default: none.
   */
  pipelines?: JenkinsPipelineArgs[];
  /**
   * Job DSL scripts in a repository: `{ repository: "ci-jobs", path: "jobs/*.groovy" }`. A job runs them after each
   * change.
   * Default: none.
   * Users with write access to the scripts can create any job.
   */
  seed?: JenkinsScriptSourceArgs;
  /**
   * Job DSL scripts that Jenkins runs at every start.
   * Default: none.
   */
  jobs?: string[];
  /**
   * Additional credentials of the kind secret text, by their ids: `{ "deploy-hook-staging": token }`; secrets.
   * Default: none.
   */
  credentials?: Record<string, pulumi.Input<string>>;
  /**
   * Additional plugins, or other versions of the pinned plugins: `{ slack: "795.v4b_9705b_e6d47" }`.
   * Default: none.
   */
  plugins?: Record<string, string>;
  /**
   * Additional configuration: YAML documents for the plugin Configuration as Code, without secrets.
   * Default: none.
   */
  configuration?: string[];
  /**
   * Number of agent machines for builds.
   * Allowed: a whole number from 1 to 8.
   * Default: 1.
   */
  agents?: number;
  /**
   * Number of parallel builds on each agent machine.
   * Allowed: a whole number from 1 to 32.
   * Default: 2.
   */
  agentExecutors?: number;
  /**
   * Size class of the agent machines.
   * Default: `medium`.
   */
  agentSize?: MachineSize;
  /**
   * Size of the data volume of each agent machine, in GiB. It holds workspaces and images.
   * Allowed: a whole number from 10 to 16384 GiB.
   * Default: 50.
   */
  agentVolumeGiB?: number;
  /**
   * Kubernetes cluster for builds with the label `pods`. Each build runs in a separate pod.
   * Default: none.
   */
  kubernetes?: JenkinsKubernetesArgs;
  /**
   * Programs for builds, by name. The agent machines copy each program from a container image.
   * Default: `node` (with npm), from the image `build-node` in `ignition/roles/images.json`.
   * Given programs are added to the default, or replace it.
   */
  agentTools?: Record<string, AgentTool>;
  /**
   * Registry that builds push their images to.
   * Default: none.
   */
  registry?: Registry;
  /**
   * Other services of the proxy, by name: `{ wiki: "10.30.64.70:8080" }` is `https://wiki.<domain>`. A name such as
   * `pr-*` matches all names that start with `pr-`.
   * Default: none.
   * To add services later, run `proxy-services` on the machine.
   */
  services?: Record<string, string>;
  /**
   * Certificate for the domain and `*.<domain>` with its intermediates, and its key (PEM); the key is a secret.
   * Default: a certificate of `ca`, which browsers do not trust.
   */
  certificate?: { certificate: pulumi.Input<string>; privateKey: pulumi.Input<string> };
  /**
   * Authority for the certificate, if there is no `certificate`.
   * Default: the component creates one.
   */
  ca?: CertificateAuthority;
  /**
   * Address ranges that may connect to the proxy. No range may be wider than a /8.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * Access from the internet for webhooks, with a separate host name. It accepts `POST` requests of GitHub's webhooks
   * and of the plugin generic-webhook-trigger, and nothing else of Jenkins or its services.
   * Default: none; senders of webhooks need access to the private network.
   */
  publicEndpoint?: JenkinsEndpointArgs;
  /**
   * Nightly backup of the Jenkins home. A machine with an empty volume restores it.
   * Default: none.
   */
  backup?: JenkinsBackupArgs;
  /**
   * Access of the Jenkins machine to other resources.
   * Default: none.
   */
  access?: MachineAccess[];
  /**
   * Container image of Jenkins, by tag or digest.
   * Default: `jenkins` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image of nginx 1.18 or later, by tag or digest.
   * Default: `nginx` in `ignition/roles/images.json`.
   */
  proxyImage?: string;
  /**
   * Container image of restic 0.17 or later, by tag or digest.
   * Default: `restic` in `ignition/roles/images.json`.
   */
  backupImage?: string;
  /**
   * Size of the Java heap of Jenkins, in MiB.
   * Allowed: a whole number from 512 to 65536 MiB.
   * Default: 1024.
   */
  heapMiB?: number;
  /**
   * Host number of the Jenkins machine. The agent machines use the numbers after it.
   * Default: 51.
   */
  firstHostNumber?: number;
  /**
   * Host number of the load balancer for users, on clouds that support a fixed address.
   * Default: 41.
   */
  loadBalancerHostNumber?: number;
  /**
   * Size class of the Jenkins machine.
   * Default: `medium`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the volume of the Jenkins home, in GiB. A replaced machine keeps the volume.
   * Allowed: a whole number from 10 to 16384 GiB.
   * Default: 50.
   */
  volumeGiB?: number;
  /**
   * Time limit for each machine to become healthy, in seconds.
   * Default: 1800.
   * The first start downloads the plugins, and can restore a backup.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text), merged over the config of each machine.
   * Default: none.
   */
  snippets?: string[];
}
