import type { Architecture } from "../../ignition/roles/kubernetes/binaries.ts";
import type { Cloud, MachineAccess, MachineSize } from "../cloud/cloud.ts";
import type { KubernetesBackupArgs, KubernetesUploadArgs } from "./backup.ts";

export interface KubernetesClusterArgs {
  /** Cloud of the machines. */
  cloud: Cloud;
  /**
   * Worker pools, each with a separate size.
   * Default: one pool `worker` with 2 workers.
   * The order determines the host numbers: add new pools at the end. Without pools, pods run on the control planes.
   * A new or removed pool replaces the control planes one at a time; a change of a pool's size does not.
   */
  pools?: KubernetesPoolArgs[];
  /**
   * Kubernetes release, one of `ignition/roles/kubernetes/versions.json`.
   * Default: the newest release in `versions.json`.
   * A change replaces the control planes, then the workers, one at a time. The preview and the update reject: a skipped
   * minor version, an older minor version, and a new minor version while the last change is not complete.
   */
  version?: string;
  /**
   * Number of control planes: 1 or 3.
   * Default: 3.
   * With one, its replacement is an outage of the API. Pods continue to run.
   */
  controlPlanes?: number;
  /**
   * Size class of the control planes. kubeadm requires two processors and 2 GiB of memory.
   * Default: `medium`.
   */
  controlPlaneSize?: MachineSize;
  /**
   * Size of the data volume of each control plane, in GiB. It contains etcd and its snapshots. A replaced control plane
   * keeps it.
   * Allowed: a whole number from 10 to 1024 GiB.
   * Default: 20.
   */
  volumeGiB?: number;
  /**
   * Processor architecture of the cloud's image: `amd64` or `arm64`.
   * Default: `amd64`.
   */
  architecture?: Architecture;
  /**
   * CIDR range of the pods, a /18 or larger. Each node uses a /24.
   * Default: `10.244.0.0/16`.
   * Do not change it on an existing cluster.
   */
  podCidr?: string;
  /**
   * CIDR range of the services, from /12 to /24.
   * Default: `10.96.0.0/16`.
   * Do not change it on an existing cluster.
   */
  serviceCidr?: string;
  /**
   * Host number of the first control plane. The other control planes use the next numbers.
   * Default: 70.
   * Do not change it on an existing cluster: etcd members know each other by address.
   */
  firstHostNumber?: number;
  /**
   * Host number of the address of the API, on clouds with selectable addresses.
   * Default: 79.
   */
  loadBalancerHostNumber?: number;
  /**
   * Address ranges that may connect to the API.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * Host and port that Pulumi connects to instead of the load balancer of the API, for example the local end of an SSH
   * tunnel. The certificate is checked as before, and the outputs do not change.
   * Default: none, Pulumi needs access to the private network.
   */
  connectTo?: string;
  /**
   * Additional names and addresses in the certificate of the API, for clients that verify the host name.
   * Default: none.
   * `kubeconfig` works without them.
   */
  certificateNames?: string[];
  /**
   * Names of the keys that encrypt secrets in etcd. The first key encrypts; the others only decrypt.
   * Default: `["first"]`.
   * To change the key, add the new key at the end, run an update, and move it to the front in a later update: each
   * control plane must have a key before another one writes with it.
   */
  encryptionKeys?: string[];
  /**
   * Target of the hourly etcd snapshots: a bucket with an S3 API, or a URL for uploads.
   * Default: none, snapshots are only on the data volumes of the control planes.
   */
  backup?: KubernetesBackupArgs | KubernetesUploadArgs;
  /**
   * Resources that the control planes may use, for example the bucket on AWS.
   * Default: none.
   */
  controlPlaneAccess?: MachineAccess[];
  /**
   * Resources that the workers may use, `[registry.pull()]`.
   * Default: none.
   */
  workerAccess?: MachineAccess[];
  /**
   * Time limit for moving the pods of a machine before it stops, in seconds. Pod disruption budgets are ignored after
   * this time.
   * Allowed: a whole number from 10 to 3600 seconds.
   * Default: 120.
   */
  drainSeconds?: number;
  /**
   * Time limit for a machine to become healthy, in seconds.
   * Allowed: a whole number from 60 to 86400 seconds.
   * Default: 1800.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text), which are merged into the config of each machine and have precedence.
   * Default: none.
   */
  snippets?: string[];
}

export interface KubernetesPoolArgs {
  /** Name of the pool: up to 16 lower-case letters, digits and inner hyphens. */
  name: string;
  /**
   * Number of workers.
   * Allowed: a whole number from 1 to 20 machines.
   */
  size: number;
  /**
   * Size class of the workers.
   * Default: `medium`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume of each worker, in GiB. It contains containers and images.
   * Allowed: a whole number from 20 to 16384 GiB.
   * Default: 50.
   */
  volumeGiB?: number;
  /**
   * Labels of the nodes, in addition to `paasmas/pool`.
   * Default: none.
   * A change replaces the workers of the pool one at a time.
   */
  labels?: Record<string, string>;
  /**
   * Host number of the first worker. The other workers use the next numbers.
   * Default: 80, plus 20 for each previous pool.
   */
  firstHostNumber?: number;
}
