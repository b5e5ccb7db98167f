import * as pulumi from "@pulumi/pulumi";
import type { Firewall, LoadBalancer } from "../cloud/cloud.ts";
import { kubernetesProvider } from "../kubernetes-cluster/provider.ts";
import { balancedEndpoint, type Endpoint } from "../internal/endpoint.ts";
import { Release } from "../internal/kubernetes-sdk.ts";
import type { PaasClusterArgs } from "./args.ts";
import charts from "./charts.json" with { type: "json" };
import { paasGateway } from "./gateway.ts";
import { tenant } from "./namespaces.ts";
import { gatewayPorts } from "./ports.ts";
import { registryLogin } from "./registry-login.ts";
import { type PaasSettings, paasSettings } from "./settings.ts";
import { nodeVolumes } from "./storage-class.ts";
import { platformUsers } from "./users.ts";
import { chartValues, passportTag } from "./chart-values.ts";
import type { WorkflowValues } from "./workflow-values.ts";
import { createPublicEndpoint } from "../internal/public-endpoint.ts";
import { type SecretPattern, secretText } from "../internal/secrets.ts";

export { nipIoDomain } from "../cloud/dns.ts";
export type {
  PaasBucketArgs,
  PaasBucketsArgs,
  PaasCertificatesArgs,
  PaasClusterArgs,
  PaasDatabaseArgs,
  PaasEcrArgs,
  PaasLoginArgs,
  PaasRegistryArgs,
} from "./args.ts";

/** Namespace of the platform's parts and of builds. It allows privileged pods. */
export const platformNamespace = "drycc";

/** Names of the platform's parts in its domain: the API, the login service, and the git server. */
const ownNames = ["drycc", "drycc-passport", "drycc-builder"];

/**
 * Platform for apps on a Kubernetes cluster: Drycc Workflow with a gateway, certificates and volumes. Its objects are
 * in buckets. Its images and databases can be outside of the cluster. Apps are deployed by digest, each in a separate
 * namespace.
 */
export class PaasCluster extends pulumi.ComponentResource {
  /** Domain of the platform. An app is at `https://<app>.<domain>/`. */
  readonly domain: string;
  /** URL of the API for pipelines and command lines: `https://drycc.<domain>`. */
  readonly url: string;
  /**
   * Address or DNS name of the load balancer. Point the DNS records of all names of the domain to it. With a public
   * endpoint, only the names of the platform's parts point to it.
   */
  readonly address: pulumi.Output<string>;
  /** Address or DNS name for the DNS records of the apps' names with a public endpoint. Absent without one. */
  readonly publicAddress?: pulumi.Output<string>;
  /** Certificate that clients use to verify the platform (PEM). Absent with a public authority. */
  readonly caCertificate?: pulumi.Output<string>;
  /** The first administrator. */
  readonly admin: PaasUser;
  /** The user that pipelines deploy as. */
  readonly delivery: PaasUser;
  /** Endpoints of the API: `url`, and `publicUrl` if it is reachable from the internet. */
  readonly endpoints: Readonly<Record<string, pulumi.Output<Endpoint>>>;
  readonly #loadBalancer: LoadBalancer;
  readonly #release: Release;
  readonly #users: pulumi.Resource;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: PaasClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = paasSettings(name, args);
    super("paasmas:index:PaasCluster", name, facts(args, settings), opts);

    const { cluster, registry } = args;
    const { domain } = settings;
    this.domain = domain;
    this.url = `https://drycc.${domain}`;
    this.#loadBalancer = this.#createLoadBalancer(name, args, settings);
    this.address = this.#loadBalancer.address;
    const publicBalancer =
      args.publicEndpoint &&
      createPublicEndpoint(
        name,
        args.publicEndpoint,
        { ...backend(args), hostNumber: 44, ports: [gatewayPorts.https], names: [] },
        { parent: this },
      );
    if (publicBalancer) this.publicAddress = publicBalancer.address;
    this.#createRecords(name, args);

    const own = { parent: this, provider: kubernetesProvider(cluster) };
    const gateway = paasGateway(
      name,
      { ...settings, ...(args.certificates && { certificates: args.certificates }) },
      own,
    );
    if (gateway.caCertificate) this.caCertificate = gateway.caCertificate;
    const endpoint = (balancer: LoadBalancer) =>
      balancedEndpoint(balancer, gatewayPorts.https.port, this.url, this.caCertificate);
    this.endpoints = {
      url: endpoint(this.#loadBalancer),
      ...(publicBalancer && { publicUrl: endpoint(publicBalancer) }),
    };
    const volumes = settings.ownStorage ? nodeVolumes(name, settings.storageClass, own) : [];
    const platform = tenant(
      name,
      platformNamespace,
      // The API server calls the webhook of the controller. All other connections come from the gateway.
      { security: "privileged", ingress: [{ from: "kong" }, { ports: [8443] }] },
      own,
    );

    const adminPassword = secretText(`${name}-admin-password`, args.adminPassword, userPassword, { parent: this });
    const deliveryPassword = secretText(`${name}-delivery-password`, undefined, userPassword, { parent: this });
    this.admin = { username: settings.adminUsername, password: adminPassword };
    this.delivery = { username: settings.deliveryUsername, password: deliveryPassword };

    this.#release = workflowRelease(
      name,
      { namespace: platform.name, values: chartValues(name, { ...args, adminPassword }, settings) },
      settings,
      { ...own, dependsOn: [...platform.ready, ...gateway.ready, ...volumes] },
    );
    const afterRelease = { ...own, dependsOn: [this.#release] };
    this.#users = platformUsers(
      name,
      {
        namespace: platform.name,
        users: [
          { ...this.admin, email: settings.email, administrator: true },
          { ...this.delivery, email: `${this.delivery.username}@${domain}`, administrator: false },
        ],
        imageTag: passportTag(settings.values),
        databaseOutside: args.database !== undefined,
      },
      afterRelease,
    );
    if (registry?.ecr) {
      const { processTypes } = settings;
      const login = { ecr: registry.ecr, host: registry.host, platform: platformNamespace, processTypes };
      registryLogin(name, login, afterRelease);
    }
    this.registerOutputs({ url: this.url, address: this.address });
  }

  /** Resources to wait for before you deploy an app. */
  get ready(): pulumi.Resource[] {
    return [this.#release, this.#users];
  }

  /** Load balancer for connections from the private network. */
  get loadBalancer(): LoadBalancer {
    return this.#loadBalancer;
  }

  /** Allows machines to deploy to the platform. They can also connect to the apps, which have the same address. */
  allowCallers(from: Firewall): void {
    this.#loadBalancer.allowClients(from);
  }

  #createLoadBalancer(
    name: string,
    args: PaasClusterArgs,
    { loadBalancerHostNumber, gitPush }: PaasSettings,
  ): LoadBalancer {
    const { cluster, allowFrom } = args;
    const { cloud, ...targets } = backend(args);
    return cloud.loadBalancer(
      `${name}-apps`,
      {
        hostNumber: loadBalancerHostNumber,
        ...targets,
        ports: gatewayPorts.loadBalancer(gitPush),
        // The parts of the platform call each other by their public names.
        clients: [cluster.workerFirewall],
        ...(allowFrom && { allowFrom }),
      },
      { parent: this },
    );
  }

  /**
   * Creates the DNS records of the domain. With a public endpoint, the names of the platform's parts get exact records,
   * which take precedence over the wildcard.
   */
  #createRecords(name: string, { dns }: PaasClusterArgs): void {
    dns?.record(
      `${name}-domain`,
      { domain: `*.${this.domain}`, address: this.publicAddress ?? this.address },
      { parent: this },
    );
    if (this.publicAddress === undefined) return;
    for (const own of ownNames)
      dns?.record(
        `${name}-domain-${own}`,
        { domain: `${own}.${this.domain}`, address: this.address },
        { parent: this },
      );
  }
}

/** User of the platform. */
export interface PaasUser {
  readonly username: string;
  /** Password of the user; a secret. */
  readonly password: pulumi.Output<string>;
}

const userPassword: SecretPattern = {
  what: "password",
  length: 32,
  form: /^[\x21-\x7e]{20,128}$/,
  rule: "20 to 128 printable ASCII characters without spaces",
};

/** Properties of the component in a plan. */
function facts({ cluster, registry, database }: PaasClusterArgs, { domain, gitPush }: PaasSettings) {
  const outsideImages = registry?.ecr ? "ECR" : "registry outside of the cluster";
  return {
    domain,
    version: charts.workflow.version,
    cluster: cluster.clusterName,
    images: registry ? outsideImages : "registry in the cluster",
    database: database ? "outside of the cluster" : "in the cluster",
    gitPush,
  };
}

/** Targets of the load balancers: the gateway on each worker. */
function backend({ cluster }: PaasClusterArgs) {
  return {
    cloud: cluster.cloud,
    targets: cluster.pools.flatMap((pool) => pool.machines),
    targetFirewall: cluster.workerFirewall,
    health: gatewayPorts.health,
  };
}

function workflowRelease(
  name: string,
  { namespace, values }: { namespace: pulumi.Output<string>; values: pulumi.Output<WorkflowValues> },
  { timeoutSeconds }: PaasSettings,
  opts: pulumi.CustomResourceOptions,
): Release {
  return new Release(
    `${name}-workflow`,
    {
      name: "drycc",
      chart: charts.workflow.chart,
      version: charts.workflow.version,
      namespace,
      values,
      // Helm rolls back a failed upgrade. It waits for the jobs that create the database tables.
      atomic: true,
      cleanupOnFail: true,
      waitForJobs: true,
      maxHistory: 5,
      timeout: timeoutSeconds,
    },
    opts,
  );
}
