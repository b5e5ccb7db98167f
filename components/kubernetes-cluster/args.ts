import type { Architecture } from "../../ignition/roles/kubernetes/binaries.ts";
import type { Cloud, MachineAccess, MachineSize } from "../cloud/cloud.ts";
import type { KubernetesBackupArgs, KubernetesUploadArgs } from "./backup.ts";

export interface KubernetesClusterArgs {
  /** Where the machines run. */
  cloud: Cloud;
  /**
   * Workers, in pools that grow and shrink by themselves.
   * Default: one pool `worker` of 2.
   * The order gives pools their host numbers: add new ones at the end. Without any, pods run on the control planes.
   * A pool more or less rolls through the control planes; a pool's size does not.
   */
  pools?: KubernetesPoolArgs[];
  /**
   * Release of Kubernetes, one of `ignition/roles/kubernetes/versions.json`.
   * Default: the newest there.
   * A change rolls through the control planes, then the workers, one at a time. Refused before anything changes, in a preview as
   * well: skipping a minor version, going back one, and a next one while the last change has not come to its end.
   */
  version?: string;
  /**
   * Number of control planes: 1 or 3.
   * Default: 3.
   * With one, its replacement is an outage of the API; pods run on.
   */
  controlPlanes?: number;
  /**
   * Size class of the control planes.
   * Default: `medium`.
   * kubeadm wants two processors and 2 GiB of memory.
   */
  controlPlaneSize?: MachineSize;
  /**
   * Size of each control plane's data volume, in GiB.
   * Default: 20.
   * It holds etcd and its snapshots, and outlives its machine.
   */
  volumeGiB?: number;
  /**
   * Processor of the cloud's image: `amd64` or `arm64`.
   * Default: `amd64`.
   */
  architecture?: Architecture;
  /**
   * Range of the pods' addresses, /18 or larger; each node takes a /24.
   * Default: `10.244.0.0/16`.
   * Not to be changed on a cluster that runs.
   */
  podCidr?: string;
  /**
   * Range of the services' addresses, from /12 to /24.
   * Default: `10.96.0.0/16`.
   * Not to be changed on a cluster that runs.
   */
  serviceCidr?: string;
  /**
   * Host number of the first control plane; the others follow.
   * Default: 70.
   * Not to be changed on a cluster that runs: etcd's members know each other by address.
   */
  firstHostNumber?: number;
  /**
   * Host number of the API's address, on clouds that let one choose.
   * Default: 79.
   */
  loadBalancerHostNumber?: number;
  /**
   * Address ranges that may connect to the API.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * More names and addresses for the API's certificate, for clients that compare what they connect to.
   * Default: none.
   * `kubeconfig` needs none.
   */
  certificateNames?: string[];
  /**
   * Names of the keys that secrets are encrypted with in etcd; the first one encrypts, the others decrypt.
   * Default: `["first"]`.
   * Add a key behind the others first, put it in front in a later update: each control plane has to know a key before
   * another one writes with it.
   */
  encryptionKeys?: string[];
  /**
   * Where snapshots of etcd go, every hour: a bucket with an S3 API, or a URL to write them with.
   * Default: nowhere, they stay on the control planes' data volumes.
   */
  backup?: KubernetesBackupArgs | KubernetesUploadArgs;
  /**
   * What the control planes may use of what others provide, such as the bucket on AWS.
   * Default: nothing.
   */
  controlPlaneAccess?: MachineAccess[];
  /**
   * What the workers may use of what others provide, `[registry.pull()]`.
   * Default: nothing.
   */
  workerAccess?: MachineAccess[];
  /**
   * How long a stop may take to move a machine's pods elsewhere, in seconds.
   * Default: 120.
   * Budgets for disruption are kept for that long, and no longer.
   */
  drainSeconds?: number;
  /**
   * How long a machine may take to become healthy, in seconds.
   * Default: 1800.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text) merged over each machine's own.
   * Default: none.
   */
  snippets?: string[];
}

export interface KubernetesPoolArgs {
  /** Name of the pool: up to 16 lower-case letters, digits and inner hyphens. */
  name: string;
  /** Number of workers, up to 20. */
  size: number;
  /**
   * Size class of the workers.
   * Default: `medium`.
   */
  machineSize?: MachineSize;
  /**
   * Size of each worker's data volume, in GiB.
   * Default: 50.
   * It holds containers and their images.
   */
  volumeGiB?: number;
  /**
   * Labels of the nodes, beside `paasmas/pool`.
   * Default: none.
   * A change replaces the pool's workers, one at a time.
   */
  labels?: Record<string, string>;
  /**
   * Host number of the first worker; the others follow.
   * Default: 80, and 20 more for each pool before it.
   */
  firstHostNumber?: number;
}
