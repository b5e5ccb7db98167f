import { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { AwsCloud } from "../components/cloud/aws/index.ts";
import { DatabaseLoadBalancer } from "../components/database-load-balancer.ts";
import { EtcdCluster } from "../components/etcd-cluster.ts";
import { GaleraCluster } from "../components/galera-cluster.ts";
import type { ProdEnvironment } from "./environment.ts";
import { databaseOutputs, type Outputs } from "./outputs.ts";

/** Production, in an AWS account of its own across three availability zones. */
export function prod(environment: ProdEnvironment): Outputs {
  const { region, accountId, image, instanceTypes } = environment.aws;
  const tags = {
    Project: pulumi.getProject(),
    Environment: pulumi.getStack(),
    ManagedBy: "pulumi",
    ...environment.tags,
  };
  // With the credentials of another account nothing is touched.
  const account = new Provider("prod", { region, allowedAccountIds: [accountId], defaultTags: { tags } });

  const cloud = new AwsCloud(
    "paasmas",
    {
      cidr: environment.network.cidr,
      zones: environment.network.zones,
      image,
      instanceTypes,
      sshAuthorizedKeys: environment.sshAuthorizedKeys,
      protect: true,
      tags,
    },
    { providers: [account] },
  );

  const etcd = new EtcdCluster("etcd", { cloud, ...environment.etcd });
  const galera = new GaleraCluster("galera", { cloud, etcd, ...environment.galera });
  const database = new DatabaseLoadBalancer("lb", { cloud, galera, ...environment.loadBalancer });

  return databaseOutputs(database);
}
