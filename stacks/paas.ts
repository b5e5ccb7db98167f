import type { AwsAccount } from "../components/cloud/aws/account.ts";
import { Route53Zone } from "../components/cloud/aws/dns.ts";
import type { AwsCloud } from "../components/cloud/aws/index.ts";
import type { BucketKeys, Cloud } from "../components/cloud/cloud.ts";
import { nipIoDomain } from "../components/cloud/dns.ts";
import { DesignateZone } from "../components/cloud/openstack/dns.ts";
import type { KubernetesCluster } from "../components/kubernetes-cluster/index.ts";
import { loadBalancerHostNumber } from "../components/paas-cluster/settings.ts";
import { PaasCluster } from "../components/paas-cluster/index.ts";
import type { EcrRegistry } from "../components/ecr-registry/index.ts";
import { type AwsPaasSettings, type OpenstackPaasSettings, paasName, type PaasSettings } from "./config/paas.ts";

/** Content of each bucket. */
const contents = {
  builder: "what is pushed to the platform to be built",
  logs: "the platform's index of the apps' logs",
  registry: "images of the platform's registry",
  database: "backups of the platform's database",
};

/** Creates a platform in the cluster, with a domain that needs no DNS zone. */
export function paasOnDocker(settings: PaasSettings, cluster: KubernetesCluster): PaasCluster {
  const domain = settings.domain ?? nipIoDomain(cluster.cloud.address(loadBalancerHostNumber));
  return new PaasCluster(paasName, { cluster, ...settings, domain, buckets: buckets(cluster.cloud, settings) });
}

/** Creates a platform with objects in Swift and DNS records in Designate. */
export function paasOnOpenstack({ dns, ...settings }: OpenstackPaasSettings, cluster: KubernetesCluster): PaasCluster {
  return new PaasCluster(paasName, {
    cluster,
    ...settings,
    buckets: buckets(cluster.cloud, settings),
    ...(dns && { dns: new DesignateZone(dns.zoneId) }),
  });
}

/** Creates a platform with objects in S3, DNS records in Route 53, and images in the stack's registry. */
export function paasOnAws(
  { dns, allowTo = [], ...settings }: AwsPaasSettings,
  cluster: KubernetesCluster,
  cloud: AwsCloud,
  account: AwsAccount,
  tags: Record<string, string>,
  registry?: EcrRegistry,
): PaasCluster {
  const zone = dns && new Route53Zone(account, dns.zoneId);
  const region = account.region;
  for (const { range, port } of allowTo) {
    const name = `${paasName}-to-${range.replaceAll(/[./]/g, "-")}`;
    cloud.allowOut(name, {
      from: cluster.workerFirewall,
      to: range,
      ports: [{ port, description: `what the platform uses at ${range}` }],
    });
  }
  return new PaasCluster(paasName, {
    cluster,
    ...settings,
    buckets: buckets(cluster.cloud, settings, registry !== undefined),
    ...(registry && {
      registry: {
        host: registry.address,
        organization: "apps",
        ecr: { region, ...registry.pullKeys(`${paasName}-registry-user`) },
      },
    }),
    ...(zone && {
      dns: zone,
      certificates: { region, zoneId: zone.zoneId, ...zone.keys(`${paasName}-domain-user`, tags) },
    }),
  });
}

/** Creates the buckets of the platform in the stack's cloud. */
function buckets(cloud: Cloud, { database }: PaasSettings, registryOutside = false) {
  const bucket = (of: keyof typeof contents): BucketKeys =>
    cloud.objectStore(`${paasName}-${of}`, { description: contents[of] }).keys(`${paasName}-${of}-user`);
  return {
    builder: bucket("builder"),
    logs: bucket("logs"),
    ...(!registryOutside && { registry: bucket("registry") }),
    ...(database === undefined && { database: bucket("database") }),
  };
}
