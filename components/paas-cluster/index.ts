import * as pulumi from "@pulumi/pulumi";
import type { Firewall, LoadBalancer } from "../cloud/cloud.ts";
import { kubernetesProvider } from "../kubernetes-cluster/provider.ts";
import { Release } from "../internal/kubernetes-sdk.ts";
import type { PaasClusterArgs } from "./args.ts";
import charts from "./charts.json" with { type: "json" };
import { paasGateway } from "./gateway.ts";
import { tenant } from "./namespaces.ts";
import { gatewayPorts } from "./ports.ts";
import { registryLogin } from "./registry-login.ts";
import { paasSettings } from "./settings.ts";
import { nodeVolumes } from "./storage-class.ts";
import { platformUsers } from "./users.ts";
import { chartValues, passportTag } from "./chart-values.ts";
import { createPublicEndpoint } from "../internal/public-endpoint.ts";
import { secretText } from "../internal/secrets.ts";

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

/** The namespace of the platform's own parts, and of builds: the one that takes privileged pods. */
export const platformNamespace = "drycc";

/** Names of the platform's own parts in its domain: of the API, of the login service, and of what takes pushes. */
const ownNames = ["drycc", "drycc-passport", "drycc-builder"];

/**
 * A platform for apps on a Kubernetes cluster: Drycc Workflow, with the gateway, certificates and volumes that it needs,
 * its objects and, where wanted, its images and databases outside of the cluster. Apps are deployed by digest, each in a
 * namespace of its own.
 */
export class PaasCluster extends pulumi.ComponentResource {
  /** Domain of the platform: an app is at `https://<app>.<domain>/`. */
  readonly domain: string;
  /** Where pipelines and command lines connect: `https://drycc.<domain>`. */
  readonly url: string;
  /** Where all names of the domain have to lead: an address or a DNS name. With a public endpoint only those of the platform's own parts. */
  readonly address: pulumi.Output<string>;
  /** Where the apps' names have to lead instead. Absent without a public endpoint. */
  readonly publicAddress?: pulumi.Output<string>;
  /** Certificate that clients verify the platform with (PEM). Absent: a public one. */
  readonly caCertificate?: pulumi.Output<string>;
  /** The first administrator. */
  readonly admin: PaasUser;
  /** Whom pipelines deploy as. */
  readonly delivery: PaasUser;
  readonly #loadBalancer: LoadBalancer;
  readonly #release: Release;
  readonly #users: pulumi.Resource;

  /** @throws ArgumentError listing the arguments that cannot be used. */
  constructor(name: string, args: PaasClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = paasSettings(name, args);
    const { domain, gitPush, timeoutSeconds } = settings;
    super(
      "paasmas:index:PaasCluster",
      name,
      {
        domain,
        version: charts.workflow.version,
        cluster: args.cluster.clusterName,
        images: args.registry
          ? args.registry.ecr
            ? "ECR"
            : "registry outside of the cluster"
          : "registry in the cluster",
        database: args.database ? "outside of the cluster" : "in the cluster",
        gitPush,
      },
      opts,
    );

    const { cluster } = args;
    this.domain = domain;
    this.url = `https://drycc.${domain}`;
    this.#loadBalancer = this.#balancer(name, args, settings);
    this.address = this.#loadBalancer.address;
    if (args.publicEndpoint)
      this.publicAddress = createPublicEndpoint(
        name,
        args.publicEndpoint,
        { ...behind(args), hostNumber: 44, ports: [gatewayPorts.https], names: [] },
        { parent: this },
      ).address;
    this.#records(name, args);

    const own = { parent: this, provider: kubernetesProvider(cluster) };
    const gateway = paasGateway(
      name,
      { ...settings, ...(args.certificates && { certificates: args.certificates }) },
      own,
    );
    if (gateway.caCertificate) this.caCertificate = gateway.caCertificate;
    const volumes = settings.ownStorage ? nodeVolumes(name, settings.storageClass, own) : [];
    const platform = tenant(
      name,
      platformNamespace,
      // The API server calls the controller's webhook; everything else comes through the gateway.
      { security: "privileged", ingress: [{ from: "kong" }, { ports: [8443] }] },
      own,
    );

    const password = {
      what: "password",
      length: 32,
      form: /^[\x21-\x7e]{20,128}$/,
      rule: "20 to 128 printable ASCII characters without spaces",
    };
    const adminPassword = secretText(`${name}-admin-password`, args.adminPassword, password, { parent: this });
    const deliveryPassword = secretText(`${name}-delivery-password`, undefined, password, { parent: this });
    this.admin = { username: settings.adminUsername, password: adminPassword };
    this.delivery = { username: settings.deliveryUsername, password: deliveryPassword };

    this.#release = new Release(
      `${name}-workflow`,
      {
        name: "drycc",
        chart: charts.workflow.chart,
        version: charts.workflow.version,
        namespace: platform.name,
        values: chartValues(name, { ...args, adminPassword }, settings),
        // An upgrade that does not come up is undone; of its jobs, those that make the databases' tables, none is left behind.
        atomic: true,
        cleanupOnFail: true,
        waitForJobs: true,
        maxHistory: 5,
        timeout: timeoutSeconds,
      },
      { ...own, dependsOn: [...platform.ready, ...gateway.ready, ...volumes] },
    );
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
      { ...own, dependsOn: [this.#release] },
    );
    const { registry } = args;
    if (registry?.ecr) {
      const { processTypes } = settings;
      registryLogin(
        name,
        { ecr: registry.ecr, host: registry.host, platform: platformNamespace, processTypes },
        { ...own, dependsOn: [this.#release] },
      );
    }
    this.registerOutputs({ url: this.url, address: this.address });
  }

  /** What to wait for before deploying an app. */
  get ready(): pulumi.Resource[] {
    return [this.#release, this.#users];
  }

  /** Where everything comes in: the load balancer that all names of the domain lead to. */
  get loadBalancer(): LoadBalancer {
    return this.#loadBalancer;
  }

  /** Lets machines connect that deploy to it: to where its apps are as well, which come in by the same address. */
  allowCallers(from: Firewall): void {
    this.#loadBalancer.allowClients(from);
  }

  /** The one address that everything inside comes in by. */
  #balancer(
    name: string,
    args: PaasClusterArgs,
    { loadBalancerHostNumber, gitPush }: ReturnType<typeof paasSettings>,
  ): LoadBalancer {
    const { cluster, allowFrom } = args;
    const { cloud, ...targets } = behind(args);
    return cloud.loadBalancer(
      `${name}-apps`,
      {
        hostNumber: loadBalancerHostNumber,
        ...targets,
        ports: gatewayPorts.loadBalancer(gitPush),
        // Parts of the platform reach each other by their public names.
        clients: [cluster.workerFirewall],
        ...(allowFrom && { allowFrom }),
      },
      { parent: this },
    );
  }

  /** The domain's names. With a public endpoint the platform's own parts keep theirs inside: an exact name wins over a wildcard. */
  #records(name: string, { dns }: PaasClusterArgs): void {
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

/** What is behind its load balancers: the gateway, on every worker. */
function behind({ cluster }: PaasClusterArgs) {
  return {
    cloud: cluster.cloud,
    targets: cluster.pools.flatMap((pool) => pool.machines),
    targetFirewall: cluster.workerFirewall,
    health: gatewayPorts.health,
  };
}

/** A user of the platform. */
export interface PaasUser {
  readonly username: string;
  /** Secret. */
  readonly password: pulumi.Output<string>;
}
