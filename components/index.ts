/** What other projects import. The clouds are apart, so that nobody loads the provider of a cloud they do not use. */
export { ArgumentError } from "./arguments.ts";
export type { BucketArgs } from "./bucket.ts";
export {
  CertificateAuthority,
  type CertificateAuthorityArgs,
  type IdentityArgs,
  type IdentityUsage,
} from "./certificate-authority.ts";
export type {
  AgentContext,
  BucketKeys,
  Cloud,
  ConfigContext,
  Exposure,
  Firewall,
  LoadBalancer,
  Machine,
  MachineAccess,
  MachineAgent,
  MachineArgs,
  MachineGroup,
  MachineSize,
  MadeMachine,
  ObjectStore,
} from "./cloud/cloud.ts";
export type { DnsRecordArgs, DnsZone } from "./cloud/dns.ts";
export {
  type DatabaseConnection,
  DatabaseLoadBalancer,
  type DatabaseLoadBalancerArgs,
} from "./database-load-balancer.ts";
export { DeployHook } from "./deploy-hook.ts";
export type {
  AppCapability,
  DeployHookAppArgs,
  DeployHookPreviewsArgs,
  DeployHookSourceArgs,
} from "./deploy-hook/apps.ts";
export type { DeployHookArgs, DeployHookEntranceArgs } from "./deploy-hook/args.ts";
export { EtcdCluster, type EtcdClusterArgs } from "./etcd-cluster.ts";
export type { GaleraClusterArgs, GaleraTuningArgs } from "./galera/args.ts";
export type { GaleraDatabaseArgs, GaleraPasswordsArgs, ResolvedDatabase } from "./galera/passwords.ts";
export { GaleraCluster } from "./galera-cluster.ts";
export { hostSettings } from "./host.ts";
export type { JenkinsHostArgs } from "./jenkins/args.ts";
export type { JenkinsBackupArgs } from "./jenkins/backup.ts";
export type { JenkinsEntranceArgs } from "./jenkins/entrance.ts";
export type { JenkinsGithubArgs, JenkinsGithubLoginArgs } from "./jenkins/github.ts";
export type { JenkinsMailArgs } from "./jenkins/mail.ts";
export type { JenkinsPipelineArgs, JenkinsPlaceArgs } from "./jenkins/pipelines.ts";
export type { JenkinsKubernetesArgs } from "./jenkins/pods.ts";
export { JenkinsHost } from "./jenkins-host.ts";
export type { KubernetesClusterArgs, KubernetesPoolArgs } from "./kubernetes/args.ts";
export type { KubernetesBackupArgs, KubernetesUploadArgs } from "./kubernetes/backup.ts";
export type { KubernetesPool } from "./kubernetes/machines.ts";
export { KubernetesCluster } from "./kubernetes-cluster.ts";
export { LogStore, type LogStoreArgs } from "./log-store.ts";
export { MetricsAgent, type MetricsAgentArgs } from "./metrics-agent.ts";
export { MonitoringHost, type MonitoringHostArgs } from "./monitoring-host.ts";
export { openSearchLogs, type OpenSearchLogsArgs } from "./open-search-logs.ts";
export {
  MachineRegistry,
  type MachineRegistryArgs,
  type RegistryBucketArgs,
} from "./registry/machine-registry.ts";
export type { NamedEntranceArgs, PublicEntranceArgs } from "./public-entrance.ts";
export type { Registry } from "./registry/registry.ts";
