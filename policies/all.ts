import * as awsEcr from "./aws-ecr.ts";
import * as awsIam from "./aws-iam.ts";
import * as awsInstances from "./aws-instances.ts";
import * as awsLambda from "./aws-lambda.ts";
import * as awsNetwork from "./aws-network.ts";
import * as awsStorage from "./aws-storage.ts";
import * as docker from "./docker.ts";
import * as github from "./github.ts";
import * as kubernetesCharts from "./kubernetes-charts.ts";
import * as kubernetesConfinement from "./kubernetes-confinement.ts";
import * as kubernetesHost from "./kubernetes-host.ts";
import * as kubernetesNamespaces from "./kubernetes-namespaces.ts";
import * as kubernetesRbac from "./kubernetes-rbac.ts";
import * as kubernetesTraffic from "./kubernetes-traffic.ts";
import * as kubernetesWorkloads from "./kubernetes-workloads.ts";
import * as openstack from "./openstack.ts";
import type { PackPolicy } from "./policy.ts";
import * as quorum from "./quorum.ts";
import * as stateful from "./stateful.ts";
import * as tags from "./tags.ts";
import * as userData from "./user-data.ts";

const subjects = [
  awsInstances,
  awsStorage,
  awsNetwork,
  awsIam,
  awsEcr,
  awsLambda,
  openstack,
  docker,
  kubernetesHost,
  kubernetesConfinement,
  kubernetesWorkloads,
  kubernetesNamespaces,
  kubernetesTraffic,
  kubernetesRbac,
  kubernetesCharts,
  github,
  userData,
  quorum,
  stateful,
  tags,
];

/** Every policy of the pack, by subject and name. */
export const policies: readonly PackPolicy[] = subjects.flatMap((subject) =>
  Object.values(subject)
    .filter(isPolicy)
    .toSorted((a, b) => a.name.localeCompare(b.name)),
);

function isPolicy(value: unknown): value is PackPolicy {
  return typeof value === "object" && value !== null && "appliesTo" in value;
}
