import { DatabaseLoadBalancer } from "../components/database-load-balancer/index.ts";
import { DockerCloud } from "../components/cloud/docker/index.ts";
import { EtcdCluster } from "../components/etcd-cluster/index.ts";
import { GaleraCluster } from "../components/galera-cluster/index.ts";
import { KubernetesCluster } from "../components/kubernetes-cluster/index.ts";
import { MachineRegistry } from "../components/machine-registry/index.ts";
import { appsHook } from "./apps.ts";
import { clusterName } from "./config/kubernetes.ts";
import type { DevEnvironment } from "./environment.ts";
import { stackJenkins } from "./jenkins.ts";
import {
  databaseOutputs,
  deliveryOutputs,
  endpointOutputs,
  kubernetesOutputs,
  type Outputs,
  paasOutputs,
  telemetryOutputs,
} from "./outputs.ts";
import { paasOnDocker } from "./paas.ts";
import { monitored, monitoredCluster, stackLogs } from "./telemetry.ts";

/** Development: the platform of one developer, in containers on one Docker host. */
export function dev(environment: DevEnvironment): Outputs {
  const cloud = new DockerCloud("paasmas", {
    cidr: environment.network.cidr,
    sshAuthorizedKeys: environment.sshAuthorizedKeys,
    retainData: environment.protect ?? false,
    ...environment.docker,
  });

  const logs = stackLogs(cloud, environment, () => {
    const chunks = cloud.objectStore("logs-chunks", { description: "logs of all machines" });
    return {
      bucket: {
        endpoint: chunks.endpoint,
        name: chunks.bucket,
        accessKey: chunks.accessKey,
        secretKey: chunks.secretKey,
      },
    };
  });

  const etcd = new EtcdCluster("etcd", { cloud, ...environment.etcd });
  const galera = new GaleraCluster("galera", { cloud, etcd, ...environment.galera });
  const database = new DatabaseLoadBalancer("lb", { cloud, galera, ...environment.loadBalancer });

  const registry = environment.registry && new MachineRegistry("registry", { cloud, ...environment.registry });
  const hook = appsHook(environment, { cloud, database, registry });
  const kubernetes = environment.kubernetes && new KubernetesCluster(clusterName, { cloud, ...environment.kubernetes });
  const paas = kubernetes && environment.paas && paasOnDocker(environment.paas, kubernetes);
  const saved = environment.jenkins?.backup && cloud.objectStore("jenkins-backup", { description: "Jenkins' home" });
  const bucket = saved && {
    endpoint: saved.endpoint,
    name: saved.bucket,
    accessKey: saved.accessKey,
    secretKey: saved.secretKey,
  };
  const jenkins = stackJenkins(environment, "preview", { cloud, registry, hook, kubernetes, paas, bucket });

  const monitoring = monitored(cloud, environment, logs);
  const clusterMetrics = monitoredCluster(environment, kubernetes, paas);

  return {
    ...databaseOutputs(database),
    ...deliveryOutputs({ registry, hook, jenkins }),
    ...kubernetesOutputs(kubernetes),
    ...paasOutputs(paas),
    ...endpointOutputs({ database, hook, jenkins, kubernetes, paas, logs, monitoring }),
    ...telemetryOutputs({ logs, monitoring, clusterMetrics }),
  };
}
