import { join } from "node:path";
import { type Described, interfaceMembers } from "./source.ts";

/**
 * Interfaces of components by their group of settings. Their doc comments describe the settings that the component
 * defines.
 */
const behind: Record<string, [file: string, name: string][]> = {
  etcd: [["components/etcd-cluster/args.ts", "EtcdClusterArgs"]],
  galera: [["components/galera-cluster/args.ts", "GaleraClusterArgs"]],
  "galera.tuning": [["components/galera-cluster/args.ts", "GaleraTuningArgs"]],
  "galera.passwords": [["components/galera-cluster/passwords.ts", "GaleraPasswordsArgs"]],
  "galera.databases[]": [["components/galera-cluster/passwords.ts", "GaleraDatabaseArgs"]],
  loadBalancer: [["components/database-load-balancer/args.ts", "DatabaseLoadBalancerArgs"]],
  docker: [["components/cloud/docker/args.ts", "DockerCloudArgs"]],
  "docker.limits.<size>": [["components/cloud/docker/args.ts", "DockerLimits"]],
  openstack: [["components/cloud/openstack/args.ts", "OpenstackCloudArgs"]],
  "openstack.bootVolume": [["components/cloud/openstack/args.ts", "OpenstackBootVolumeArgs"]],
  aws: [["components/cloud/aws/args.ts", "AwsCloudArgs"]],
  "aws.volumes.<name>": [["components/cloud/aws/args.ts", "AwsVolumeArgs"]],
  registry: [
    ["components/machine-registry/args.ts", "MachineRegistryArgs"],
    ["components/ecr-registry/args.ts", "EcrRegistryArgs"],
  ],
  "registry.bucket": [["components/machine-registry/args.ts", "RegistryBucketArgs"]],
  "registry.lifecycle": [["components/ecr-registry/policies.ts", "Lifecycle"]],
  logs: [["components/log-store/args.ts", "LogStoreArgs"]],
  monitoring: [["components/monitoring-host/args.ts", "MonitoringHostArgs"]],
  "monitoring.cluster": [["components/cluster-metrics/args.ts", "ClusterMetricsArgs"]],
  "logs.bucket": [["components/internal/bucket.ts", "BucketArgs"]],
  "logs.openSearch": [["components/open-search-logs/args.ts", "OpenSearchLogsArgs"]],
  deployHook: [["components/deploy-hook/args.ts", "DeployHookArgs"]],
  "deployHook.publicEndpoint": [["components/deploy-hook/args.ts", "DeployHookEndpointArgs"]],
  kubernetes: [["components/kubernetes-cluster/args.ts", "KubernetesClusterArgs"]],
  "kubernetes.pools[]": [["components/kubernetes-cluster/args.ts", "KubernetesPoolArgs"]],
  paas: [["components/paas-cluster/args.ts", "PaasClusterArgs"]],
  "paas.publicEndpoint": [["components/internal/public-endpoint.ts", "PublicEndpointArgs"]],
  "paas.database": [["components/paas-cluster/args.ts", "PaasDatabaseArgs"]],
  jenkins: [["components/jenkins-host/args.ts", "JenkinsHostArgs"]],
  "jenkins.monitoring": [["components/monitoring-host/args.ts", "MonitoringHostArgs"]],
  "jenkins.github": [["components/jenkins-host/github.ts", "JenkinsGithubArgs"]],
  githubFlow: [["components/github-flow/args.ts", "GithubFlowArgs"]],
  "jenkins.mail": [["components/jenkins-host/mail.ts", "JenkinsMailArgs"]],
  "jenkins.login": [["components/jenkins-host/github.ts", "JenkinsGithubLoginArgs"]],
  "jenkins.publicEndpoint": [["components/jenkins-host/webhook-endpoint.ts", "JenkinsEndpointArgs"]],
  "jenkins.library": [["components/jenkins-host/pipelines.ts", "JenkinsScriptSourceArgs"]],
  "jenkins.seed": [["components/jenkins-host/pipelines.ts", "JenkinsScriptSourceArgs"]],
  "jenkins.pipelines[]": [["components/jenkins-host/pipelines.ts", "JenkinsPipelineArgs"]],
  "jenkins.pipelines[].script": [["components/jenkins-host/pipelines.ts", "JenkinsScriptSourceArgs"]],
  "jenkins.agentTools.<name>": [["ignition/roles/jenkins-agent/role.ts", "AgentTool"]],
  "jenkins.pods": [["components/jenkins-host/kubernetes-agents.ts", "JenkinsKubernetesArgs"]],
  "jenkins.backup": [
    ["components/jenkins-host/backup.ts", "JenkinsBackupArgs"],
    ["components/internal/bucket.ts", "BucketArgs"],
  ],
  "deployHook.apps[]": [["components/deploy-hook/apps.ts", "DeployHookAppArgs"]],
  "deployHook.apps[].source": [["components/deploy-hook/apps.ts", "DeployHookSourceArgs"]],
  "deployHook.apps[].previews": [["components/deploy-hook/apps.ts", "DeployHookPreviewsArgs"]],
};

/** The text of the argument that a setting is passed to; undefined if no component has such an argument. */
export function argumentText(path: string, root: string): Described | undefined {
  const split = path.lastIndexOf(".");
  const interfaces = behind[path.slice(0, split)] ?? [];
  return interfaces
    .map(([file, name]) =>
      interfaceMembers(join(root, file), name).find((member) => member.name === path.slice(split + 1)),
    )
    .find((found) => found !== undefined);
}
