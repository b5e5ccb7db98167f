import { OpenstackCloud } from "../components/cloud/openstack/cloud.ts";
import { DatabaseLoadBalancer } from "../components/database-load-balancer.ts";
import { EtcdCluster } from "../components/etcd-cluster.ts";
import { GaleraCluster } from "../components/galera-cluster.ts";
import type { StagingEnvironment } from "./environment.ts";
import { databaseOutputs, type Outputs } from "./outputs.ts";

/** Production's rehearsal, in a project on OpenStack. */
export function staging(environment: StagingEnvironment): Outputs {
  const cloud = new OpenstackCloud("paasmas", {
    cidr: environment.network.cidr,
    zones: environment.network.zones,
    sshAuthorizedKeys: environment.sshAuthorizedKeys,
    retainData: environment.protect ?? false,
    ...environment.openstack,
  });

  const etcd = new EtcdCluster("etcd", { cloud, ...environment.etcd });
  const galera = new GaleraCluster("galera", { cloud, etcd, ...environment.galera });
  const database = new DatabaseLoadBalancer("lb", { cloud, galera, ...environment.loadBalancer });

  return databaseOutputs(database);
}
