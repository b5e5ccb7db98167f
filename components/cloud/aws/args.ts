import type { Architecture } from "../../../ignition/architecture.ts";
import type { MachineSize } from "../cloud.ts";

export interface AwsCloudArgs {
  /**
   * CIDR range of the VPC, from /16 to /23 with three zones.
   * A change replaces everything.
   */
  cidr: string;
  /**
   * Three or more availability zones of the provider's region, `["eu-central-1a", "eu-central-1b", "eu-central-1c"]`.
   * Consecutive host numbers use the zones in this order. Another order or another number of zones moves machines to
   * other zones.
   */
  zones: string[];
  /**
   * AMI of Fedora CoreOS for the machines (`npm run images`).
   * A change replaces the machines of each cluster one at a time.
   */
  image: string;
  /**
   * Processor architecture of the image and of all machines. `aarch64` uses Graviton processors and costs about a fifth
   * less. Images of apps must have the same architecture; build agents build for their own. Choose it before the first
   * `up`: data volumes keep container images of the old architecture.
   * Default: `x86_64`.
   */
  architecture?: Architecture;
  /**
   * Instance type for each machine size, of the image's architecture and without instance store volumes: a machine uses
   * the only empty disk as its data volume.
   * Default: small `t3.small`, medium `m6i.large`, large `r6i.xlarge`; with `aarch64` small `t4g.small`, medium
   * `m6g.large`, large `r6g.xlarge`.
   */
  instanceTypes?: Partial<Record<MachineSize, string>>;
  /**
   * Public SSH keys that may log in as `core`.
   * Default: none, logins are not possible.
   */
  sshAuthorizedKeys?: string[];
  /**
   * Access of machines to the internet, for container images and updates: `nat` uses NAT gateways. `none`
   * gives no access; images then come from a registry in the private network.
   * Default: `nat`.
   */
  egress?: "nat" | "none";
  /**
   * Whether an EC2 Instance Connect Endpoint gives a way to port 22 of every machine, without a VPN. Users need a key
   * from `sshAuthorizedKeys` and the permission `ec2-instance-connect:OpenTunnel`. AWS logs each tunnel in CloudTrail.
   * The endpoint is free.
   * Default: false.
   */
  connectEndpoint?: boolean;
  /**
   * NAT gateways for the access to the internet. `zonal` creates one in each zone, so that a failed zone does not
   * affect the others. `single` creates one, in the first zone, and costs about a third. If that zone fails, no machine
   * can reach the internet: running services continue, but image pulls, updates and mails fail. Traffic from the other
   * zones to the gateway costs transfer fees. A change interrupts connections to the internet and changes the addresses
   * that they come from.
   * Default: `zonal`.
   */
  natGateways?: "zonal" | "single";
  /**
   * Performance of the gp3 data volumes, by role of their machines: `{ galera: { iops: 6000 } }`.
   * Default: the performance that the price of a volume includes.
   */
  volumes?: Record<string, AwsVolumeArgs>;
  /**
   * Whether rejected traffic is logged. The logs are kept for 30 days.
   * Default: true.
   */
  flowLogs?: boolean;
  /**
   * Whether data volumes and buckets are protected from deletion, and kept when the stack is destroyed.
   * Default: true.
   */
  protect?: boolean;
  /**
   * Tags of all resources, besides Role and Name. At most ten tags in total.
   * Default: Project and Environment from the Pulumi project and stack, ManagedBy `pulumi`; given tags have precedence.
   */
  tags?: Record<string, string>;
}

/** Performance of the data volumes of one role. The instance type also limits what a machine can use. */
export interface AwsVolumeArgs {
  /**
   * I/O operations per second of each volume, at most 500 for each GiB. AWS bills the part above the default. A change
   * is made in place, without a restart.
   * Allowed: a whole number from 3000 to 80000 IOPS.
   * Default: 3000.
   */
  iops?: number;
  /**
   * Throughput of each volume in MiB/s, at most a quarter of `iops`. AWS bills the part above the default. A change is
   * made in place, without a restart.
   * Allowed: a whole number from 125 to 2000 MiB/s.
   * Default: 125.
   */
  throughputMiBps?: number;
}
