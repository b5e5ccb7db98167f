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
  /** Where the machines run. */
  cloud: Cloud;
  /** Domain of Jenkins and of the services behind its proxy: `ci.example.com`. Jenkins is `jenkins.ci.example.com`. */
  domain: string;
  /** The organization whose repositories are built, and the GitHub App that Jenkins acts as. */
  github: JenkinsGithubArgs;
  /**
   * Users log in with GitHub.
   * Default: Jenkins has one user of its own, `admin`.
   */
  login?: JenkinsGithubLoginArgs;
  /**
   * Password of `admin`, where Jenkins has users of its own.
   * Default: generated; the output `adminPassword`.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Sender and contact of mails.
   * Default: `jenkins@<domain>`.
   */
  adminAddress?: string;
  /**
   * The server that pipelines' mails are sent by.
   * Default: none; nobody gets mails.
   */
  mail?: JenkinsMailArgs;
  /**
   * The shared pipeline library, which pipelines load with `@Library('paasmas')`.
   * Default: none.
   */
  library?: JenkinsScriptSourceArgs;
  /**
   * Pipelines beside those of the repositories' own `Jenkinsfile`s.
   * Default: none.
   */
  pipelines?: JenkinsPipelineArgs[];
  /**
   * Job DSL scripts of a repository, `{ repository: "ci-jobs", path: "jobs/*.groovy" }`, which a job runs whenever they change.
   * Default: none.
   * Whoever may change them can make any job.
   */
  seed?: JenkinsScriptSourceArgs;
  /**
   * Job DSL scripts that are run at every start.
   * Default: none.
   */
  jobs?: string[];
  /**
   * Further credentials, secret texts by their ids: `{ "deploy-hook-staging": token }`; secrets.
   * Default: none.
   */
  credentials?: Record<string, pulumi.Input<string>>;
  /**
   * Further plugins, or other versions of the pinned ones: `{ slack: "795.v4b_9705b_e6d47" }`.
   * Default: none.
   */
  plugins?: Record<string, string>;
  /**
   * Further configuration: YAML documents for the plugin Configuration as Code, without secrets.
   * Default: none.
   */
  configuration?: string[];
  /**
   * Number of machines that builds run on: 1 to 8.
   * Default: 1.
   */
  agents?: number;
  /**
   * Builds at a time on each of them.
   * Default: 2.
   */
  agentExecutors?: number;
  /**
   * Size class of the machines that builds run on.
   * Default: `medium`.
   */
  agentSize?: MachineSize;
  /**
   * Size of the data volume of each of them, for workspaces and images, in GiB.
   * Default: 50.
   */
  agentVolumeGiB?: number;
  /**
   * A Kubernetes cluster that other builds run on, each in a pod of its own: those for the label `pods`.
   * Default: none.
   */
  kubernetes?: JenkinsKubernetesArgs;
  /**
   * Programs that builds use, by name, each copied out of a container image.
   * Default: `node` (with npm), of the image `build-node` in `ignition/roles/images.json`; those that are given come in addition, or in its place.
   */
  agentTools?: Record<string, AgentTool>;
  /**
   * Where builds push their images to.
   * Default: nowhere.
   */
  registry?: Registry;
  /**
   * Services behind the proxy by name: `{ wiki: "10.30.64.70:8080" }` is `https://wiki.<domain>`; `pr-*` stands for all names
   * that begin so.
   * Default: none; more can be added on the machine, with `proxy-services`.
   */
  services?: Record<string, string>;
  /**
   * Certificate for the domain and `*.<domain>` with its intermediates, and its key (PEM); the key is a secret.
   * Default: one of the component's own authority, which browsers do not know.
   */
  certificate?: { certificate: pulumi.Input<string>; privateKey: pulumi.Input<string> };
  /**
   * Authority for the certificate, where none is given.
   * Default: one of the component's own.
   */
  ca?: CertificateAuthority;
  /**
   * Address ranges that may connect to the proxy, none wider than a /8.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * Lets webhooks in from the internet, by a name of their own: `POST` of GitHub's and of the plugin generic-webhook-trigger, and
   * nothing else of Jenkins or its services.
   * Default: none; whatever calls Jenkins has to reach the private network.
   */
  publicEndpoint?: JenkinsEndpointArgs;
  /**
   * Where the home is saved to, every night, and restored from when its volume is empty.
   * Default: nowhere.
   */
  backup?: JenkinsBackupArgs;
  /**
   * What Jenkins' own machine may use of what others provide.
   * Default: nothing.
   */
  access?: MachineAccess[];
  /**
   * Container image of Jenkins, by tag or digest.
   * Default: `jenkins` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image of nginx >= 1.18, by tag or digest.
   * Default: `nginx` in `ignition/roles/images.json`.
   */
  proxyImage?: string;
  /**
   * Container image of restic >= 0.17, by tag or digest.
   * Default: `restic` in `ignition/roles/images.json`.
   */
  backupImage?: string;
  /**
   * Memory for Jenkins' heap, in MiB.
   * Default: 1024.
   */
  heapMiB?: number;
  /**
   * Host number of Jenkins' machine; those of the agents follow.
   * Default: 51.
   */
  firstHostNumber?: number;
  /**
   * Host number of the address that users connect to, on clouds that let one choose.
   * Default: 41.
   */
  loadBalancerHostNumber?: number;
  /**
   * Size class of Jenkins' machine.
   * Default: `medium`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the volume with Jenkins' home, in GiB.
   * Default: 50.
   * It outlives its machine.
   */
  volumeGiB?: number;
  /**
   * How long a machine may take to become healthy, in seconds.
   * Default: 1800: the first start fetches the plugins, and may restore a backup.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text) merged over each machine's own.
   * Default: none.
   */
  snippets?: string[];
}
