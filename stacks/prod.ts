import * as pulumi from "@pulumi/pulumi";
import { AwsAccount } from "../components/cloud/aws/account.ts";
import { AwsCloud, bucketAccess, Route53Zone } from "../components/cloud/aws/index.ts";
import { DatabaseLoadBalancer } from "../components/database-load-balancer/index.ts";
import { EtcdCluster } from "../components/etcd-cluster/index.ts";
import { GaleraCluster } from "../components/galera-cluster/index.ts";
import { EcrRegistry } from "../components/ecr-registry/index.ts";
import { appsHook } from "./apps.ts";
import { ciAccount, ciJenkins } from "./ci.ts";
import type { ProdEnvironment } from "./environment.ts";
import { kubernetesOnAws } from "./kubernetes.ts";
import {
  databaseOutputs,
  deliveryOutputs,
  endpointOutputs,
  kubernetesOutputs,
  type Outputs,
  paasOutputs,
  telemetryOutputs,
} from "./outputs.ts";
import { paasOnAws } from "./paas.ts";
import { monitored, monitoredCluster, stackLogs } from "./telemetry.ts";

/** Production: an AWS account with three availability zones. CI is in another account. */
export async function prod(environment: ProdEnvironment): Promise<Outputs> {
  const { network, sshAuthorizedKeys } = environment;
  const { region, accountId, login, image, instanceTypes, natGateways, connectEndpoint, volumes, architecture } =
    environment.aws;
  const tags = {
    Project: pulumi.getProject(),
    Environment: pulumi.getStack(),
    ManagedBy: "pulumi",
    ...environment.tags,
  };
  const options = { architecture, natGateways, connectEndpoint, volumes };
  const machines = { image, instanceTypes, ...options, sshAuthorizedKeys, protect: true, tags };

  const account = new AwsAccount("prod", { id: accountId, region, ...login, tags });
  const cloud = new AwsCloud(
    "paasmas",
    { cidr: network.cidr, zones: network.zones, ...machines },
    { providers: [account.provider] },
  );

  const logs = stackLogs(cloud, environment, () => {
    // Loki deletes objects after their retention. An accidental deletion can be undone for a week.
    const chunks = cloud.objectStore("logs-chunks", { description: "logs of all machines", noncurrentDays: 7 });
    return {
      bucket: { endpoint: chunks.endpoint, name: chunks.bucket, region },
      access: [bucketAccess(account, chunks)],
    };
  });

  const etcd = new EtcdCluster("etcd", { cloud, ...environment.etcd });
  const galera = new GaleraCluster("galera", { cloud, etcd, ...environment.galera });
  const database = new DatabaseLoadBalancer("lb", { cloud, galera, ...environment.loadBalancer });

  const ci = ciAccount(environment, tags);
  const registry =
    environment.registry && new EcrRegistry("registry", { account, ci, tags, architecture, ...environment.registry });
  const hook = appsHook(environment, { cloud, database, registry, zone: (zoneId) => new Route53Zone(account, zoneId) });
  const kubernetes =
    environment.kubernetes &&
    kubernetesOnAws({ architecture: binaries(architecture), ...environment.kubernetes }, cloud, account);
  const paas =
    kubernetes && environment.paas && paasOnAws(environment.paas, kubernetes, cloud, account, tags, registry);
  const { jenkins, monitoring: ciMonitoring } = ci
    ? ciJenkins(ci, machines, { account, cloud, registry, hook, paas, logs })
    : {};

  const monitoring = monitored(cloud, environment, logs);
  const clusterMetrics = monitoredCluster(environment, kubernetes, paas);

  if (environment.githubFlow) {
    const { githubFlow } = await import("./github-flow.ts");
    githubFlow(environment.githubFlow, ci && jenkins && { settings: ci.settings, host: jenkins });
  }

  return {
    ...databaseOutputs(database),
    ...deliveryOutputs({ registry, pullerKeys: registry?.pullerKeys, hook, jenkins }),
    ...kubernetesOutputs(kubernetes),
    ...paasOutputs(paas),
    ...endpointOutputs({ database, hook, jenkins, kubernetes, paas, logs, monitoring, ciMonitoring }),
    ...telemetryOutputs({ logs, monitoring, ciMonitoring, clusterMetrics }),
  };
}

/** The name that Kubernetes gives the architecture in its releases. */
function binaries(architecture: ProdEnvironment["aws"]["architecture"]): "amd64" | "arm64" {
  return architecture === "aarch64" ? "arm64" : "amd64";
}
