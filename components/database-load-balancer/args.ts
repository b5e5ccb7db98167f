import type { Cloud, MachineSize } from "../cloud/cloud.ts";
import type { GaleraCluster } from "../galera-cluster/index.ts";

export interface DatabaseLoadBalancerArgs {
  /** Cloud of the machines. */
  cloud: Cloud;
  /** Galera cluster behind the load balancer. */
  galera: GaleraCluster;
  /**
   * Number of HAProxy machines: 1 or 2.
   * Default: 2.
   * With one machine, its loss is an outage. Two machines agree on the node for writes.
   */
  size?: number;
  /**
   * Container image of HAProxy >= 2.6, with tag or digest.
   * Default: `haproxy` in `ignition/roles/images.json`.
   * A change replaces the machines one at a time.
   */
  image?: string;
  /**
   * Host number of the first machine. The second machine uses the next number.
   * Default: 30.
   */
  firstHostNumber?: number;
  /**
   * Host number of the address for clients, on clouds with selectable addresses.
   * Default: 40.
   */
  loadBalancerHostNumber?: number;
  /**
   * Size class of the machines.
   * Default: `small`.
   */
  machineSize?: MachineSize;
  /**
   * Address ranges that may connect.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * Time limit for a machine to become healthy, in seconds.
   * Default: 900.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text), which are merged into the config of each machine and have precedence.
   * Default: none.
   */
  snippets?: string[];
}
