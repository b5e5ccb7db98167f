import * as awsAccess from "./aws-access.ts";
import * as awsEcr from "./aws-ecr.ts";
import * as awsInstances from "./aws-instances.ts";
import * as awsNetwork from "./aws-network.ts";
import * as awsStorage from "./aws-storage.ts";
import type { Case } from "./case.ts";
import * as docker from "./docker.ts";
import * as github from "./github.ts";
import * as kubernetesCluster from "./kubernetes-cluster.ts";
import * as kubernetesPods from "./kubernetes-pods.ts";
import * as openstack from "./openstack.ts";
import * as quorum from "./quorum.ts";
import * as stateful from "./stateful.ts";
import * as userData from "./user-data.ts";

const subjects = [
  ...[awsInstances, awsStorage, awsNetwork, awsAccess, awsEcr, openstack, docker],
  ...[kubernetesPods, kubernetesCluster, github, userData, quorum, stateful],
];

/** Every case of every policy. */
export const cases: Case[] = subjects.flatMap((subject) => subject.cases);
