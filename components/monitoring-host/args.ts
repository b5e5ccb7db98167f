import type * as pulumi from "@pulumi/pulumi";
import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, MachineSize } from "../cloud/cloud.ts";
import type { LogStore } from "../log-store/index.ts";

export interface MonitoringHostArgs {
  /**
   * Cloud of the machine. The component monitors all machines that the cloud has at that time; each needs a
   * {@link MetricsAgent}.
   */
  cloud: Cloud;
  /**
   * Log store, to show its logs beside the metrics.
   * Default: none.
   */
  logs?: LogStore;
  /**
   * URL that receives the webhooks of Alertmanager; a secret.
   * Default: none; the dashboards show the alerts, and Alertmanager sends no notification.
   */
  webhook?: pulumi.Input<string>;
  /**
   * Password of the Grafana user `admin`, at least 12 printable ASCII characters without spaces.
   * Default: generated; in the output `adminPassword`.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Address ranges that may connect to the dashboards. Users also need a login.
   * Default: the private network.
   */
  users?: string[];
  /**
   * Retention of the metrics, in days. When the volume is full, Prometheus deletes the oldest metrics earlier.
   * Allowed: a whole number from 1 to 3650 days.
   * Default: 30.
   */
  retentionDays?: number;
  /**
   * Value of the label `environment` on every metric and alert.
   * Default: the name of the stack.
   */
  environment?: string;
  /**
   * DNS name of the dashboards for users. Point it to the address of the machine.
   * Default: none; users connect to the address.
   */
  dnsName?: string;
  /**
   * Authority for the certificate.
   * Default: the component creates one.
   */
  ca?: CertificateAuthority;
  /**
   * Container images, by tag or digest: `prometheus` 2.42, `alertmanager` 0.25, `grafana` 11, `proxy` (HAProxy) 2.6, or
   * later versions.
   * Default: those in `ignition/roles/images.json`.
   */
  images?: MonitoringImagesArgs;
  /**
   * Host number of the machine.
   * Default: 46.
   */
  hostNumber?: number;
  /**
   * Size class of the machine.
   * Default: `medium`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume, in GiB. A replaced machine keeps the volume.
   * Allowed: a whole number from 5 to 16384 GiB.
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

export interface MonitoringImagesArgs {
  /**
   * Image of Prometheus.
   * Default: `prometheus`.
   */
  prometheus?: string;
  /**
   * Image of Alertmanager.
   * Default: `alertmanager`.
   */
  alertmanager?: string;
  /**
   * Image of Grafana.
   * Default: `grafana`.
   */
  grafana?: string;
  /**
   * Image of HAProxy, the proxy of the dashboards.
   * Default: `haproxy`.
   */
  proxy?: string;
}
