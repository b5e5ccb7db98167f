import * as pulumi from "@pulumi/pulumi";
import type { AccessKeys } from "../components/cloud/aws/user.ts";
import type { DatabaseConnection, DatabaseLoadBalancer } from "../components/database-load-balancer/index.ts";
import type { ClusterMetrics } from "../components/cluster-metrics/index.ts";
import type { DeployHook } from "../components/deploy-hook/index.ts";
import type { JenkinsHost } from "../components/jenkins-host/index.ts";
import type { KubernetesCluster } from "../components/kubernetes-cluster/index.ts";
import type { LogStore } from "../components/log-store/index.ts";
import type { MonitoringHost } from "../components/monitoring-host/index.ts";
import type { PaasCluster } from "../components/paas-cluster/index.ts";
import type { Endpoint } from "../components/internal/endpoint.ts";
import type { Registry } from "../components/internal/registry.ts";

/** Outputs of a stack: `pulumi stack output`. */
export interface Outputs extends Record<string, unknown> {
  /** Services of the stack by name: URL, and the address for connections. `paasmas up` asks them at its end. */
  endpoints?: pulumi.Output<Record<string, Endpoint>>;
  /** Address of the database. */
  databaseAddress: pulumi.Output<string>;
  /** Certificate that clients use to verify the database (PEM). */
  databaseCa: pulumi.Output<string>;
  /** Environment variables for the application of each database, by the name of the database; secret. */
  connections: pulumi.Output<Record<string, DatabaseConnection>>;
  /** Prefix of the references to images of the registry. */
  registryAddress?: pulumi.Output<string>;
  /** Certificate that clients use to verify the registry (PEM), if it is not from a public authority. */
  registryCa?: pulumi.Output<string>;
  /** Access keys of the users with read access to the registry, by the names in `registry.pullers`; secret. */
  registryPullKeys?: pulumi.Output<Record<string, pulumi.Unwrap<AccessKeys>>>;
  /** URL of the deploy hook for CI in the same network. */
  deployHookUrl?: string;
  /** URL of the deploy hook for CI in another network. */
  deployHookRemoteUrl?: string;
  /** Authority of the certificate of `deployHookRemoteUrl` (PEM). */
  deployHookCa?: pulumi.Output<string>;
  /** Address or DNS name for the DNS records of the apps' public host names. */
  appsPublicAddress?: pulumi.Output<string>;
  /** Keys that sign the calls for each app, by the name of the app; secret. */
  deployTokens?: pulumi.Output<Record<string, string>>;
  /** URL of Jenkins for users. */
  jenkinsUrl?: string;
  /** Address or DNS name for the DNS records of Jenkins' domain and of all names in it. */
  jenkinsAddress?: pulumi.Output<string>;
  /** Password of Jenkins' user `admin`, if users do not log in with GitHub; secret. */
  jenkinsAdminPassword?: pulumi.Output<string>;
  /** URL for GitHub's webhooks. */
  jenkinsWebhookUrl?: string;
  /** Address or DNS name for the DNS record of the public host name of webhooks. */
  jenkinsPublicAddress?: pulumi.Output<string>;
  /** Key that signs GitHub's webhooks; secret. */
  jenkinsWebhookSecret?: pulumi.Output<string>;
  /** Address of the Kubernetes API. */
  kubernetesAddress?: pulumi.Output<string>;
  /** Kubeconfig of an administrator; secret. */
  kubeconfig?: pulumi.Output<string>;
  /** URL of Loki's API for reading logs. */
  logsUrl?: string;
  /** Certificate that readers use to verify the log store (PEM). */
  logsCa?: pulumi.Output<string>;
  /** Password of the user `read` of the log store; secret. */
  logsReadPassword?: pulumi.Output<string>;
  /** URL of the dashboards. */
  monitoringUrl?: string;
  /** Certificate that users use to verify the dashboards (PEM). */
  monitoringCa?: pulumi.Output<string>;
  /** Password of the user `admin` of the dashboards; secret. */
  monitoringAdminPassword?: pulumi.Output<string>;
  /** URL of the dashboards of the CI network. */
  ciMonitoringUrl?: string;
  /** Certificate that users use to verify the dashboards of the CI network (PEM). */
  ciMonitoringCa?: pulumi.Output<string>;
  /** Password of the user `admin` of the dashboards of the CI network; secret. */
  ciMonitoringAdminPassword?: pulumi.Output<string>;
  /** Password of the user `admin` of Grafana on the cluster; secret. */
  clusterMetricsAdminPassword?: pulumi.Output<string>;
  /** URL of the platform's API for pipelines and command lines. */
  paasUrl?: string;
  /**
   * Address or DNS name for the DNS records of the platform's domain. With a public endpoint, only for the names of the
   * platform's parts.
   */
  paasAddress?: pulumi.Output<string>;
  /** Address or DNS name for the DNS records of the apps' names with a public endpoint. */
  paasPublicAddress?: pulumi.Output<string>;
  /** Certificate that clients use to verify the platform (PEM), if it is not from a public authority. */
  paasCa?: pulumi.Output<string>;
  /** Passwords of the platform's administrator and of the user for deployments, by user name; secret. */
  paasPasswords?: pulumi.Output<Record<string, string>>;
}

/** Outputs of the database. */
export function databaseOutputs(database: DatabaseLoadBalancer): Outputs {
  const connections = Object.fromEntries(
    database.galera.databases.map(({ name }) => [name, database.connection(name)]),
  );
  return {
    databaseAddress: database.address,
    databaseCa: database.galera.caCertificate,
    connections: pulumi.secret(pulumi.all(connections)),
  };
}

/** Outputs of the registry, the deploy hook and Jenkins. */
export function deliveryOutputs(made: {
  registry?: Registry;
  pullerKeys?: Readonly<Record<string, AccessKeys>>;
  hook?: DeployHook;
  jenkins?: JenkinsHost;
}): Partial<Outputs> {
  const { registry, pullerKeys = {}, hook, jenkins } = made;
  return {
    ...(registry && { registryAddress: registry.address }),
    ...(registry?.caCertificate && { registryCa: registry.caCertificate }),
    ...(Object.keys(pullerKeys).length > 0 && { registryPullKeys: pulumi.secret(pulumi.output(pullerKeys)) }),
    ...(hook?.publicAddress && { appsPublicAddress: hook.publicAddress }),
    ...(hook && {
      deployHookUrl: hook.url,
      deployHookRemoteUrl: hook.remoteUrl,
      deployHookCa: hook.caCertificate,
      deployTokens: pulumi.secret(pulumi.all(hook.tokens)),
    }),
    ...(jenkins && {
      jenkinsUrl: jenkins.url,
      jenkinsAddress: jenkins.address,
      jenkinsWebhookUrl: jenkins.webhookUrl,
      jenkinsWebhookSecret: jenkins.webhookSecret,
    }),
    ...(jenkins?.publicAddress && { jenkinsPublicAddress: jenkins.publicAddress }),
    ...(jenkins?.adminPassword && { jenkinsAdminPassword: jenkins.adminPassword }),
  };
}

/** Components with services for clients. */
interface Serving {
  database?: DatabaseLoadBalancer;
  hook?: DeployHook;
  jenkins?: JenkinsHost;
  kubernetes?: KubernetesCluster;
  paas?: PaasCluster;
  logs?: LogStore;
  monitoring?: MonitoringHost;
  ciMonitoring?: MonitoringHost;
}

/** Output with all endpoints of a stack, such as `database writes` and `jenkins url`. */
export function endpointOutputs({ logs, monitoring, ciMonitoring, ...others }: Serving): Partial<Outputs> {
  const named = Object.entries(others).flatMap(([name, component]) =>
    Object.entries(component?.endpoints ?? {}).map(([endpoint, value]) => [`${name} ${endpoint}`, value] as const),
  );
  const inNetwork = Object.entries({ logs, monitoring, ciMonitoring }).flatMap(([name, component]) =>
    component === undefined ? [] : [[name, pulumi.output({ url: component.url })] as const],
  );
  return { endpoints: pulumi.all(Object.fromEntries<pulumi.Output<Endpoint>>([...named, ...inNetwork])) };
}

/** Outputs of the Kubernetes cluster. */
export function kubernetesOutputs(cluster?: KubernetesCluster): Partial<Outputs> {
  return cluster === undefined ? {} : { kubernetesAddress: cluster.address, kubeconfig: cluster.kubeconfig };
}

/** Outputs of logs and metrics. */
export function telemetryOutputs(made: {
  logs?: LogStore;
  monitoring?: MonitoringHost;
  ciMonitoring?: MonitoringHost;
  clusterMetrics?: ClusterMetrics;
}): Partial<Outputs> {
  const { logs, monitoring, ciMonitoring, clusterMetrics } = made;
  return {
    ...(clusterMetrics && { clusterMetricsAdminPassword: clusterMetrics.adminPassword }),
    ...(logs && { logsUrl: logs.url, logsCa: logs.caCertificate, logsReadPassword: logs.readPassword }),
    ...(monitoring && {
      monitoringUrl: monitoring.url,
      monitoringCa: monitoring.caCertificate,
      monitoringAdminPassword: monitoring.adminPassword,
    }),
    ...(ciMonitoring && {
      ciMonitoringUrl: ciMonitoring.url,
      ciMonitoringCa: ciMonitoring.caCertificate,
      ciMonitoringAdminPassword: ciMonitoring.adminPassword,
    }),
  };
}

/** Outputs of the platform of the apps. */
export function paasOutputs(paas?: PaasCluster): Partial<Outputs> {
  if (paas === undefined) return {};
  const passwords = Object.fromEntries(
    [paas.admin, paas.delivery].map(({ username, password }) => [username, password]),
  );
  return {
    paasUrl: paas.url,
    paasAddress: paas.address,
    ...(paas.publicAddress && { paasPublicAddress: paas.publicAddress }),
    ...(paas.caCertificate && { paasCa: paas.caCertificate }),
    paasPasswords: pulumi.secret(pulumi.all(passwords)),
  };
}
