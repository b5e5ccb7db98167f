import type * as pulumi from "@pulumi/pulumi";
import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Cloud, MachineSize } from "../cloud/cloud.ts";

export interface MachineRegistryArgs {
  /** Cloud of the machine. */
  cloud: Cloud;
  /**
   * Names of the repositories, `["shop/api", "shop/front"]`.
   * A change replaces the machine and keeps the images.
   */
  repositories: string[];
  /**
   * Host number of the machine.
   * Default: 50.
   * Image references contain its address, unless `dnsName` is set.
   */
  hostNumber?: number;
  /**
   * DNS name of the registry for clients. It must resolve to the address of the machine.
   * Default: none, clients use the address.
   */
  dnsName?: string;
  /**
   * Container image of CNCF Distribution 2.8 or later, with tag or digest.
   * Default: `registry` in `ignition/roles/images.json`.
   */
  image?: string;
  /**
   * Container image of the HAProxy in front of the registry, 2.6 or later, with tag or digest.
   * Default: `haproxy` in `ignition/roles/images.json`.
   */
  proxyImage?: string;
  /**
   * Size class of the machine.
   * Default: `small`.
   */
  machineSize?: MachineSize;
  /**
   * Size of the data volume, in GiB. It contains the images, unless `bucket` is set. A replaced machine keeps it.
   * Allowed: a whole number from 1 to 16384 GiB.
   * Default: 50.
   */
  volumeGiB?: number;
  /**
   * Bucket for the images, instead of the data volume.
   * Default: none.
   * A change does not move existing images.
   */
  bucket?: RegistryBucketArgs;
  /**
   * Authority for the certificate of the registry.
   * Default: the component creates one.
   */
  ca?: CertificateAuthority;
  /**
   * Time limit for the machine to become healthy, in seconds.
   * Default: 900.
   */
  readyTimeoutSeconds?: number;
  /**
   * Ignition configs (spec 3.4.0, JSON text), which are merged into the config of the machine and have precedence.
   * Default: none.
   */
  snippets?: string[];
}

/** Bucket with an S3 API, and keys of a user that may only read, write and list. */
export interface RegistryBucketArgs {
  /** URL of the API, `https://swift.example.org`. Swift needs its middleware `s3api`. */
  endpoint: pulumi.Input<string>;
  /** Name of an existing bucket. */
  name: pulumi.Input<string>;
  /**
   * Region for the signature of requests.
   * Default: `us-east-1`, also the default of Swift.
   */
  region?: pulumi.Input<string>;
  /** Access key of the user (`openstack ec2 credentials create`). */
  accessKey: pulumi.Input<string>;
  /** Secret key of the user; a secret. */
  secretKey: pulumi.Input<string>;
}
