import type { AwsAccount } from "../components/cloud/aws/account.ts";
import { type AwsCloud, uploadAccess } from "../components/cloud/aws/index.ts";
import type { OpenstackCloud } from "../components/cloud/openstack/index.ts";
import { KubernetesCluster } from "../components/kubernetes-cluster/index.ts";
import { clusterName, type KubernetesSettings } from "./config/kubernetes.ts";

/** Folder of the etcd snapshots in their bucket. The control planes have write access only to this folder. */
const folder = `etcd/${clusterName}`;

const snapshots = { description: "Snapshots of Kubernetes' etcd", expireDays: 30 };

/** Creates a cluster with snapshots of etcd in a Swift container. */
export function kubernetesOnOpenstack(settings: KubernetesSettings, cloud: OpenstackCloud): KubernetesCluster {
  const store = cloud.objectStore(`${clusterName}-backups`, snapshots);
  const uploadUrl = store.uploads(`${clusterName}-backups-upload`, folder);
  return new KubernetesCluster(clusterName, { cloud, backup: { uploadUrl }, ...settings });
}

/** Creates a cluster with snapshots of etcd in a bucket of the same account. */
export function kubernetesOnAws(settings: KubernetesSettings, cloud: AwsCloud, account: AwsAccount): KubernetesCluster {
  const store = cloud.objectStore(`${clusterName}-backups`, snapshots);
  return new KubernetesCluster(clusterName, {
    cloud,
    backup: { bucket: { endpoint: store.endpoint, name: store.bucket, region: account.region } },
    controlPlaneAccess: [uploadAccess(account, store, folder)],
    ...settings,
  });
}
