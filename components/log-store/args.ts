import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, MachineAccess, MachineSize } from "../cloud/cloud.ts";
import type { BucketArgs } from "../internal/bucket.ts";

export interface LogStoreArgs {
  /** Cloud of the machine. All its machines send their logs to the log store, so create the log store first. */
  cloud: Cloud;
  /**
   * Retention of the logs, in days.
   * Allowed: a whole number from 1 to 3650 days.
   * Default: 30.
   */
  retentionDays?: number;
  /**
   * Bucket for the logs, instead of the data volume.
   * Default: none.
   * After a change the earlier logs stay in the earlier place and are not readable.
   */
  bucket?: BucketArgs;
  /**
   * Access of the machine to other resources, for example to the bucket on AWS.
   * Default: none.
   */
  access?: MachineAccess[];
  /**
   * Value of the label `environment` on every line.
   * Default: the name of the stack.
   */
  environment?: string;
  /**
   * Address ranges that may connect to read logs. They also need the password. The machines of the cloud may always
   * connect.
   * Default: none.
   */
  readers?: string[];
  /**
   * DNS name of the log store for its clients. Point it to the address of the machine.
   * Default: none; clients use the address.
   */
  dnsName?: string;
  /**
   * Authority for the certificate of the log store.
   * Default: the component creates one.
   */
  ca?: CertificateAuthority;
  /**
   * Container image of Loki 3, by tag or digest.
   * Default: `loki` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image of HAProxy 2.6 or later, the proxy of Loki, by tag or digest.
   * Default: `haproxy` in `ignition/roles/images.json`.
   */
  proxyImage?: string;
  /**
   * Container image of fluent-bit 4.1 or later, by tag or digest. It runs on each machine.
   * Default: `fluent-bit` in `ignition/roles/images.json`.
   * A change replaces every machine.
   */
  agentImage?: string;
  /**
   * Host number of the machine.
   * Default: 45.
   * A change replaces every machine, because each one has the address in its configuration.
   */
  hostNumber?: number;
  /**
   * Size class of the machine.
   * Default: `small`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume, in GiB. It holds the logs that are not in the bucket yet, or all logs without a bucket. A
   * replaced machine keeps the volume.
   * Allowed: a whole number from 1 to 16384 GiB.
   * Default: 50.
   */
  volumeGiB?: number;
  /**
   * Time limit for the machine to become healthy, in seconds.
   * Default: 900.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text), merged over the config of the machine.
   * Default: none.
   */
  snippets?: string[];
}
