/** Main entry point. Each cloud has a separate entry point, so that a program loads only the providers that it uses. */
export { ArgumentError } from "./internal/argument-check.ts";
export type { BucketArgs } from "./internal/bucket.ts";
export type { CertificateAuthorityArgs, IdentityArgs, IdentityUsage } from "./certificate-authority/args.ts";
export { CertificateAuthority } from "./certificate-authority/index.ts";
export type {
  NodeAgentContext,
  BucketKeys,
  Cloud,
  ConfigContext,
  Exposure,
  Firewall,
  LoadBalancer,
  Machine,
  MachineAccess,
  NodeAgent,
  MachineArgs,
  MachineGroup,
  MachineSize,
  RegisteredMachine,
  ObjectStore,
} from "./cloud/cloud.ts";
export type { DnsRecordArgs, DnsZone } from "./cloud/dns.ts";
export type { DatabaseLoadBalancerArgs } from "./database-load-balancer/args.ts";
export { type DatabaseConnection, DatabaseLoadBalancer } from "./database-load-balancer/index.ts";
export { DeployHook } from "./deploy-hook/index.ts";
export type {
  AppCapability,
  DeployHookAppArgs,
  DeployHookPreviewsArgs,
  DeployHookSourceArgs,
} from "./deploy-hook/apps.ts";
export type { DeployHookArgs, DeployHookEndpointArgs } from "./deploy-hook/args.ts";
export type { EtcdClusterArgs } from "./etcd-cluster/args.ts";
export { EtcdCluster } from "./etcd-cluster/index.ts";
export type { GaleraClusterArgs, GaleraTuningArgs } from "./galera-cluster/args.ts";
export type { GaleraDatabaseArgs, GaleraPasswordsArgs, ResolvedDatabase } from "./galera-cluster/passwords.ts";
export { GaleraCluster } from "./galera-cluster/index.ts";
export { hostSettings } from "./internal/planned-machines.ts";
export type { JenkinsHostArgs } from "./jenkins-host/args.ts";
export type { JenkinsBackupArgs } from "./jenkins-host/backup.ts";
export type { JenkinsEndpointArgs } from "./jenkins-host/webhook-endpoint.ts";
export type { JenkinsGithubArgs, JenkinsGithubLoginArgs } from "./jenkins-host/github.ts";
export type { JenkinsMailArgs } from "./jenkins-host/mail.ts";
export type { JenkinsPipelineArgs, JenkinsScriptSourceArgs } from "./jenkins-host/pipelines.ts";
export type { JenkinsKubernetesArgs } from "./jenkins-host/kubernetes-agents.ts";
export { JenkinsHost } from "./jenkins-host/index.ts";
export type { KubernetesClusterArgs, KubernetesPoolArgs } from "./kubernetes-cluster/args.ts";
export type { KubernetesBackupArgs, KubernetesUploadArgs } from "./kubernetes-cluster/backup.ts";
export type { KubernetesPool } from "./kubernetes-cluster/machines.ts";
export { KubernetesCluster } from "./kubernetes-cluster/index.ts";
export type { LogStoreArgs } from "./log-store/args.ts";
export { LogStore } from "./log-store/index.ts";
export type { MetricsAgentArgs } from "./metrics-agent/args.ts";
export { MetricsAgent } from "./metrics-agent/index.ts";
export type { MonitoringHostArgs } from "./monitoring-host/args.ts";
export { MonitoringHost } from "./monitoring-host/index.ts";
export type { OpenSearchLogsArgs } from "./open-search-logs/args.ts";
export { openSearchLogs } from "./open-search-logs/index.ts";
export type { MachineRegistryArgs, RegistryBucketArgs } from "./machine-registry/args.ts";
export { MachineRegistry } from "./machine-registry/index.ts";
export type { NamedEndpointArgs, PublicEndpointArgs } from "./internal/public-endpoint.ts";
export type { Registry } from "./internal/registry.ts";
