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
import type { Registry } from "../components/internal/registry.ts";

/** What a stack tells its users: `pulumi stack output`. */
export interface Outputs extends Record<string, unknown> {
  /** Where the database is. */
  databaseAddress: pulumi.Output<string>;
  /** Certificate that clients verify the database with (PEM). */
  databaseCa: pulumi.Output<string>;
  /** The environment for each database's application, by the name of the database; secret. */
  connections: pulumi.Output<Record<string, DatabaseConnection>>;
  /** What references to the registry's images begin with, where the stack has one. */
  registryAddress?: pulumi.Output<string>;
  /** Certificate that clients verify the registry with (PEM), where it is not a public one. */
  registryCa?: pulumi.Output<string>;
  /** Keys of the users who only pull from it, by the names in `registry.pullers`; secret. */
  registryPullKeys?: pulumi.Output<Record<string, pulumi.Unwrap<AccessKeys>>>;
  /** Where CI calls the deploy hook. */
  deployHookUrl?: string;
  /** Where CI of another network calls it. */
  deployHookRemoteUrl?: string;
  /** Authority of the certificate there (PEM). */
  deployHookCa?: pulumi.Output<string>;
  /** Where the names of the apps that the internet reaches have to lead. */
  appsPublicAddress?: pulumi.Output<string>;
  /** What calls for each app are signed with, by the name of the app; secret. */
  deployTokens?: pulumi.Output<Record<string, string>>;
  /** Where users of Jenkins go. */
  jenkinsUrl?: string;
  /** Where Jenkins' domain, and all names in it, have to lead. */
  jenkinsAddress?: pulumi.Output<string>;
  /** Password of Jenkins' `admin`, where users do not log in with GitHub; secret. */
  jenkinsAdminPassword?: pulumi.Output<string>;
  /** Where GitHub sends its webhooks. */
  jenkinsWebhookUrl?: string;
  /** Where the name that they come in by from the internet has to lead. */
  jenkinsPublicAddress?: pulumi.Output<string>;
  /** What GitHub signs its webhooks with; secret. */
  jenkinsWebhookSecret?: pulumi.Output<string>;
  /** Where Kubernetes' API is. */
  kubernetesAddress?: pulumi.Output<string>;
  /** An administrator's kubeconfig; secret. */
  kubeconfig?: pulumi.Output<string>;
  /** Where logs are read, with Loki's API. */
  logsUrl?: string;
  /** Certificate that readers verify it with (PEM). */
  logsCa?: pulumi.Output<string>;
  /** Password of its user `read`; secret. */
  logsReadPassword?: pulumi.Output<string>;
  /** Where the dashboards are. */
  monitoringUrl?: string;
  /** Certificate that their users verify them with (PEM). */
  monitoringCa?: pulumi.Output<string>;
  /** Password of their user `admin`; secret. */
  monitoringAdminPassword?: pulumi.Output<string>;
  /** The same of the machine that watches Jenkins' own network. */
  ciMonitoringUrl?: string;
  /** Certificate that their users verify them with (PEM). */
  ciMonitoringCa?: pulumi.Output<string>;
  /** Password of their user `admin`; secret. */
  ciMonitoringAdminPassword?: pulumi.Output<string>;
  /** Password of the user `admin` of the Grafana on the cluster; secret. */
  clusterMetricsAdminPassword?: pulumi.Output<string>;
  /** Where pipelines and command lines reach the apps' platform. */
  paasUrl?: string;
  /** Where all names of the platform's domain have to lead; where the internet reaches its apps, only those of its own parts. */
  paasAddress?: pulumi.Output<string>;
  /** Where the apps' names have to lead then. */
  paasPublicAddress?: pulumi.Output<string>;
  /** Certificate that clients verify the platform with (PEM), where it is not a public one. */
  paasCa?: pulumi.Output<string>;
  /** Passwords of the platform's administrator and of the user that pipelines deploy as, by their names; secret. */
  paasPasswords?: pulumi.Output<Record<string, string>>;
}

/** The outputs of the database tier. */
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

/** The outputs of what images and apps go through. */
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

/** The outputs of the cluster that apps' platform runs on. */
export function kubernetesOutputs(cluster?: KubernetesCluster): Partial<Outputs> {
  return cluster === undefined ? {} : { kubernetesAddress: cluster.address, kubeconfig: cluster.kubeconfig };
}

/** The outputs of where logs and metrics go. */
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

/** The outputs of the apps' platform. */
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
