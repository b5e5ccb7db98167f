import type * as pulumi from "@pulumi/pulumi";
import type { DnsZone } from "../cloud/dns.ts";
import type { KubernetesCluster } from "../kubernetes-cluster/index.ts";
import type { PublicEndpointArgs } from "../internal/public-endpoint.ts";
import type { WorkflowValues } from "./workflow-values.ts";

export interface PaasClusterArgs {
  /** Cluster for the platform, with at least one pool of workers. */
  cluster: KubernetesCluster;
  /**
   * Domain of the platform, `apps.example.com`: an app is at `<app>.<domain>`, the API at `drycc.<domain>`. Point the
   * DNS records of all names in it to `address`. Without a DNS zone, `nipIoDomain` creates a domain from the address.
   * Do not change it: existing apps keep their names.
   */
  domain: string;
  /**
   * Buckets of the parts of the platform. Each part needs a separate bucket: their objects would overwrite each other.
   */
  buckets: PaasBucketsArgs;
  /**
   * Registry for the images of apps.
   * Default: a registry in the cluster, with `buckets.registry`.
   */
  registry?: PaasRegistryArgs;
  /**
   * PostgreSQL outside of the cluster.
   * Default: three members in the cluster, on volumes of their nodes.
   */
  database?: PaasDatabaseArgs;
  /**
   * Valkey or Redis outside of the cluster, `rediss://:password@host:6379/0`; a secret.
   * Default: three members in the cluster.
   */
  valkeyUrl?: pulumi.Input<string>;
  /**
   * DNS zone of the domain. The component creates the DNS records in it.
   * Default: none; you create the DNS records.
   */
  dns?: DnsZone;
  /**
   * ACME server that signs the certificate of all names in the domain.
   * Default: the component creates an authority, `caCertificate`.
   */
  certificates?: PaasCertificatesArgs;
  /**
   * Name of the first administrator.
   * Default: `admin`.
   */
  adminUsername?: string;
  /**
   * Password of the first administrator, 20 to 128 printable ASCII characters without spaces; a secret.
   * Default: generated.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Name of the user that pipelines deploy as. The user can access only its own apps.
   * Default: `delivery`.
   */
  deliveryUsername?: string;
  /**
   * Mail address of the administrator.
   * Default: `admin@<domain>`.
   */
  email?: string;
  /**
   * Whether the platform has a git server that builds each push. The builds run as root in privileged pods.
   * Default: false; pipelines build the images and deploy them by digest.
   */
  gitPush?: boolean;
  /**
   * Storage class of the platform's volumes and of apps' volumes.
   * Default: `node-volumes`, which the component creates: folders of the workers' data volumes.
   */
  storageClass?: string;
  /**
   * Process types of apps. Their images are pulled with the login of the registry.
   * Default: `["web"]`.
   */
  processTypes?: string[];
  /**
   * Additional values of the chart. They override the values of the component.
   * Default: none.
   * The component checks all values, and rejects a value that the chart does not have.
   */
  values?: WorkflowValues;
  /**
   * Address ranges that may connect to the apps.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * Access from the internet to port 443 of the gateway: to the apps, and to the platform's API, which needs a login.
   * With `dns`, the names of the domain then point there. The names of the platform's parts still point to `address`.
   * Default: none; the apps are reachable only from `allowFrom`.
   */
  publicEndpoint?: PublicEndpointArgs;
  /**
   * Host number of the load balancer of the apps, on clouds that support a fixed address.
   * Default: 78.
   */
  loadBalancerHostNumber?: number;
  /**
   * Time limit for an installation or an upgrade, in seconds. Helm rolls back an installation or upgrade that takes
   * longer.
   * Allowed: a whole number from 300 to 7200 seconds.
   * Default: 1800.
   */
  timeoutSeconds?: number;
}

/** The buckets of the platform. */
export interface PaasBucketsArgs {
  /** Bucket for the pushed source and the cache of builds. */
  builder: PaasBucketArgs;
  /** Bucket for the search index of the apps' logs. */
  logs: PaasBucketArgs;
  /**
   * Bucket for images.
   * Default: none; required for the registry in the cluster, not allowed with another registry.
   */
  registry?: PaasBucketArgs;
  /**
   * Bucket for backups of the database.
   * Default: none; required for the database in the cluster, not allowed with another database.
   */
  database?: PaasBucketArgs;
}

/** Bucket with an S3 API, and a user with read and write access. */
export interface PaasBucketArgs {
  /** URL of the API, `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: pulumi.Input<string>;
  /** Name of an existing bucket. */
  bucket: pulumi.Input<string>;
  /** Access key of the user. */
  accessKey: pulumi.Input<string>;
  /** Secret key of the user; a secret. */
  secretKey: pulumi.Input<string>;
}

/** Registry outside of the cluster: with a permanent login, or ECR. */
export interface PaasRegistryArgs {
  /** Host of the registry, `registry.example.com` or `123456789012.dkr.ecr.eu-central-1.amazonaws.com`. */
  host: pulumi.Input<string>;
  /** Prefix of the names of all apps' images, for example `apps`. */
  organization: string;
  /**
   * Permanent login.
   * Default: none; either `login` or `ecr` is required.
   */
  login?: PaasLoginArgs;
  /**
   * Amazon ECR. Its logins are valid for twelve hours. A job replaces each login that has less than eight hours left,
   * so that more than four are always left.
   * Default: none; either `login` or `ecr` is required.
   */
  ecr?: PaasEcrArgs;
}

/** User of a registry. */
export interface PaasLoginArgs {
  /** Name of the user. */
  username: pulumi.Input<string>;
  /** Password of the user; a secret. */
  password: pulumi.Input<string>;
}

/** AWS user with access to ECR: to log in, and to pull and push the apps' images. Its logins have the same access. */
export interface PaasEcrArgs {
  /** Region of the registry. */
  region: string;
  /** Access key of the user. */
  accessKey: pulumi.Input<string>;
  /** Secret key of the user; a secret. */
  secretKey: pulumi.Input<string>;
}

/** URLs of PostgreSQL databases outside of the cluster, `postgres://user:password@host:5432/name`; secrets. */
export interface PaasDatabaseArgs {
  /** Database of the controller, for apps and releases. */
  controllerUrl: pulumi.Input<string>;
  /** Database of the login service, for users. */
  passportUrl: pulumi.Input<string>;
  /** Database of the log index. */
  logsUrl: pulumi.Input<string>;
}

/** Certificates of Let's Encrypt or another ACME server, which checks the domain with a DNS record in Route 53. */
export interface PaasCertificatesArgs {
  /**
   * URL of the ACME server's directory.
   * Default: the directory of Let's Encrypt.
   */
  server?: string;
  /** Region that requests to Route 53 are signed for. */
  region: string;
  /** Id of the hosted zone. */
  zoneId: pulumi.Input<string>;
  /** Access key of a user with access to the records of the zone. */
  accessKey: pulumi.Input<string>;
  /** Secret key of the user; a secret. */
  secretKey: pulumi.Input<string>;
}
