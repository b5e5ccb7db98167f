import type * as pulumi from "@pulumi/pulumi";
import type { DnsZone } from "../cloud/dns.ts";
import type { KubernetesCluster } from "../kubernetes-cluster/index.ts";
import type { PublicEndpointArgs } from "../internal/public-endpoint.ts";
import type { WorkflowValues } from "./workflow-values.ts";

export interface PaasClusterArgs {
  /** The cluster it runs on, with at least one pool of workers. */
  cluster: KubernetesCluster;
  /**
   * Domain of the platform, `apps.example.com`: an app is at `<app>.<domain>`, the API at `drycc.<domain>`. All names in it
   * have to lead to `address`; for an address of its own, `nipIoDomain` makes one that does.
   * Not to be changed: apps keep the names they were made with.
   */
  domain: string;
  /** Where its parts keep objects. A bucket each: they do not keep out of each other's way. */
  buckets: PaasBucketsArgs;
  /**
   * Where apps' images are.
   * Default: a registry in the cluster, on `buckets.registry`.
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
   * Zone of the domain, in which its names are made.
   * Default: none; they are made by somebody else.
   */
  dns?: DnsZone;
  /**
   * Who signs the certificate of all names in the domain.
   * Default: an authority of the platform's own, `caCertificate`.
   */
  certificates?: PaasCertificatesArgs;
  /**
   * Name of the first administrator.
   * Default: `admin`.
   */
  adminUsername?: string;
  /**
   * Its password, at least 20 printable ASCII characters without spaces; a secret.
   * Default: generated.
   */
  adminPassword?: pulumi.Input<string>;
  /**
   * Name of the user that pipelines deploy as, who sees no apps but its own.
   * Default: `delivery`.
   */
  deliveryUsername?: string;
  /**
   * Address that mail to the administrator goes to.
   * Default: `admin@<domain>`.
   */
  email?: string;
  /**
   * Whether apps can be built from what is pushed to the platform's own git server. It builds as root in privileged pods.
   * Default: false; pipelines build and deploy by digest.
   */
  gitPush?: boolean;
  /**
   * Storage class of what runs in the cluster, and of apps' volumes.
   * Default: `node-volumes`, made here: folders of the workers' data volumes.
   */
  storageClass?: string;
  /**
   * Kinds of processes that apps have, whose images are pulled with the registry's token.
   * Default: `["web"]`.
   */
  processTypes?: string[];
  /**
   * More values of the chart, over those made here.
   * Default: none.
   * They are checked like all others: what the chart does not know is refused.
   */
  values?: WorkflowValues;
  /**
   * Address ranges that may reach the apps.
   * Default: the private network.
   */
  allowFrom?: string[];
  /**
   * Lets the internet reach the apps at port 443, and whatever else the gateway serves: the platform's API is behind its login. With
   * `dns` the names in the domain then lead there, but those of the platform's own parts, which go on to `address`.
   * Default: none; nobody outside of the private network reaches them.
   */
  publicEndpoint?: PublicEndpointArgs;
  /**
   * Host number of the address of the apps, on clouds that let one choose.
   * Default: 78.
   */
  loadBalancerHostNumber?: number;
  /**
   * How long an installation or an upgrade may take, in seconds.
   * Default: 1800.
   * When it takes longer it is undone.
   */
  timeoutSeconds?: number;
}

/** The buckets of the platform. */
export interface PaasBucketsArgs {
  /** What is pushed to be built, and what builds keep. */
  builder: PaasBucketArgs;
  /** The apps' logs, as they can be searched. */
  logs: PaasBucketArgs;
  /**
   * Images.
   * Default: none; needed by the registry in the cluster, and only by that.
   */
  registry?: PaasBucketArgs;
  /**
   * Backups of the database.
   * Default: none; needed by the database in the cluster, and only by that.
   */
  database?: PaasBucketArgs;
}

/** A bucket with an S3 API, and a user of it who may read and write. */
export interface PaasBucketArgs {
  /** URL of the API, `https://s3.eu-central-1.amazonaws.com`. */
  endpoint: pulumi.Input<string>;
  /** Name of the bucket; it has to be there. */
  bucket: pulumi.Input<string>;
  /** Access key of the user. */
  accessKey: pulumi.Input<string>;
  /** Its secret key; a secret. */
  secretKey: pulumi.Input<string>;
}

/** A registry outside of the cluster: with a login that lasts, or ECR. */
export interface PaasRegistryArgs {
  /** Its host, `registry.example.com` or `123456789012.dkr.ecr.eu-central-1.amazonaws.com`. */
  host: pulumi.Input<string>;
  /** What the names of all apps' images begin with, `apps`. */
  organization: string;
  /**
   * A login that lasts.
   * Default: none; one of `login` and `ecr` is needed.
   */
  login?: PaasLoginArgs;
  /**
   * Amazon's registry, whose logins last twelve hours: one that has more than four hours is always there.
   * Default: none; one of `login` and `ecr` is needed.
   */
  ecr?: PaasEcrArgs;
}

/** A user of a registry. */
export interface PaasLoginArgs {
  /** Name of the user. */
  username: pulumi.Input<string>;
  /** Its password; a secret. */
  password: pulumi.Input<string>;
}

/** A user of AWS who may log in to ECR, and pull and push the apps' images: all that a login made by it may do. */
export interface PaasEcrArgs {
  /** Region of the registry. */
  region: string;
  /** Access key of the user. */
  accessKey: pulumi.Input<string>;
  /** Its secret key; a secret. */
  secretKey: pulumi.Input<string>;
}

/** Databases of a PostgreSQL outside of the cluster, `postgres://user:password@host:5432/name` each; secrets. */
export interface PaasDatabaseArgs {
  /** The controller's: apps and releases. */
  controllerUrl: pulumi.Input<string>;
  /** The login service's: users. */
  passportUrl: pulumi.Input<string>;
  /** The log index's. */
  logsUrl: pulumi.Input<string>;
}

/** Certificates of Let's Encrypt or another ACME server, which asks a zone of Route 53 whose the domain is. */
export interface PaasCertificatesArgs {
  /**
   * URL of the ACME server's directory.
   * Default: Let's Encrypt's.
   */
  server?: string;
  /** Region that requests to Route 53 are signed for. */
  region: string;
  /** Id of the hosted zone. */
  zoneId: pulumi.Input<string>;
  /** Access key of a user who may change records of the zone. */
  accessKey: pulumi.Input<string>;
  /** Its secret key; a secret. */
  secretKey: pulumi.Input<string>;
}
