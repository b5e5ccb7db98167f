import type { BucketArgs } from "../components/internal/bucket.ts";
import { DesignateZone, OpenstackCloud } from "../components/cloud/openstack/index.ts";
import { DatabaseLoadBalancer } from "../components/database-load-balancer/index.ts";
import { EtcdCluster } from "../components/etcd-cluster/index.ts";
import { GaleraCluster } from "../components/galera-cluster/index.ts";
import { appsHook } from "./apps.ts";
import type { StagingEnvironment } from "./environment.ts";
import { stackJenkins } from "./jenkins.ts";
import { kubernetesOnOpenstack } from "./kubernetes.ts";
import {
  databaseOutputs,
  deliveryOutputs,
  endpointOutputs,
  kubernetesOutputs,
  type Outputs,
  paasOutputs,
  telemetryOutputs,
} from "./outputs.ts";
import { paasOnOpenstack } from "./paas.ts";
import { openstackRegistry } from "./registry.ts";
import { monitored, monitoredCluster, stackLogs } from "./telemetry.ts";

/** Staging: the same platform as production, in an OpenStack project. */
export function staging(environment: StagingEnvironment): Outputs {
  const cloud = new OpenstackCloud("paasmas", {
    cidr: environment.network.cidr,
    zones: environment.network.zones,
    sshAuthorizedKeys: environment.sshAuthorizedKeys,
    retainData: environment.protect ?? false,
    ...environment.openstack,
  });

  const logs = stackLogs(cloud, environment);

  const etcd = new EtcdCluster("etcd", { cloud, ...environment.etcd });
  const galera = new GaleraCluster("galera", { cloud, etcd, ...environment.galera });
  const database = new DatabaseLoadBalancer("lb", { cloud, galera, ...environment.loadBalancer });

  const zone = (zoneId: string) => new DesignateZone(zoneId);
  const registry = environment.registry && openstackRegistry(environment.registry, cloud);
  const hook = appsHook(environment, { cloud, database, registry, zone });
  const kubernetes = environment.kubernetes && kubernetesOnOpenstack(environment.kubernetes, cloud);
  const paas = kubernetes && environment.paas && paasOnOpenstack(environment.paas, kubernetes);
  const jenkins = stackJenkins(environment, "staging", {
    cloud,
    registry,
    hook,
    kubernetes,
    paas,
    bucket: jenkinsBucket(cloud, environment),
    zone,
  });

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

/** Creates the bucket for backups of the Jenkins home. The S3 API of Swift has the same address as Swift. */
function jenkinsBucket(cloud: OpenstackCloud, { jenkins }: StagingEnvironment): BucketArgs | undefined {
  if (jenkins?.backup === undefined) return undefined;
  const { accessKey, secretKey } = jenkins.backup;
  const store = cloud.objectStore("jenkins-backup", { description: "Jenkins' home" });
  return { endpoint: store.endpoint.apply((url) => new URL(url).origin), name: store.bucket, accessKey, secretKey };
}
