import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, MachineSize } from "../cloud/cloud.ts";

export interface EtcdClusterArgs {
  /** Cloud of the machines. */
  cloud: Cloud;
  /**
   * Authority for the certificates of members and clients.
   * Default: the component creates one.
   * Each client with a certificate of this authority can read and write all keys.
   */
  ca?: CertificateAuthority;
  /**
   * Host number of the first member. The other members use the next numbers.
   * Default: 10.
   * A change gives the members new addresses and replaces them.
   */
  firstHostNumber?: number;
  /**
   * Container image of etcd >= 3.4, with tag or digest.
   * Default: `etcd` in `ignition/roles/images.json`.
   * A change replaces the members one at a time.
   */
  image?: string;
  /**
   * Size class of the machines.
   * Default: `small`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume of each member, in GiB. From 1 to 1024.
   * Default: 4.
   * A replaced member keeps its volume and its data.
   */
  volumeGiB?: number;
  /**
   * Time limit for a member to become healthy, in seconds.
   * Default: 900.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text), which are merged into the config of each member and have precedence.
   * Default: none.
   */
  snippets?: string[];
}
