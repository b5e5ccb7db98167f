import { DatabaseLoadBalancer } from "../components/database-load-balancer.ts";
import { DockerCloud } from "../components/cloud/docker/cloud.ts";
import { EtcdCluster } from "../components/etcd-cluster.ts";
import { GaleraCluster } from "../components/galera-cluster.ts";
import type { DevEnvironment } from "./environment.ts";
import { databaseOutputs, type Outputs } from "./outputs.ts";

/** A developer's own copy of the platform, in containers on one Docker host. */
export function dev(environment: DevEnvironment): Outputs {
  const cloud = new DockerCloud("paasmas", {
    cidr: environment.network.cidr,
    sshAuthorizedKeys: environment.sshAuthorizedKeys,
    retainData: environment.protect ?? false,
    ...environment.docker,
  });

  const etcd = new EtcdCluster("etcd", { cloud, ...environment.etcd });
  const galera = new GaleraCluster("galera", { cloud, etcd, ...environment.galera });
  const database = new DatabaseLoadBalancer("lb", { cloud, galera, ...environment.loadBalancer });

  return databaseOutputs(database);
}
