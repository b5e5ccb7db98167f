import type { z } from "zod";
import { kubernetesArguments, kubernetesPoolArguments } from "../../components/kubernetes-cluster/settings-schema.ts";
import { architectures, releases } from "../../ignition/roles/kubernetes/binaries.ts";
import { cidr } from "./network.ts";
import { byName, group, list, oneNumberOf, oneOf, text, whole } from "../../components/internal/settings-schema.ts";
import { snippetList } from "./snippet.ts";

/** Name of a stack's cluster, and the first part of its machines' names. */
export const clusterName = "kube";

/** The first host number that no other machine of a stack has. */
const firstFreeHostNumber = 80;

/** `kubernetes`: the cluster that the team's platform for apps runs on. */
export const kubernetesSettings = group({
  version: oneOf(...releases).optional(),
  controlPlanes: oneNumberOf([1, 3])
    .meta({
      description:
        "Number of control planes: 1 or 3. With one, its replacement is an outage of the API; pods continue to run. " +
        "Prod refuses 1.",
      default: 3,
    })
    .optional(),
  architecture: oneOf(...architectures).optional(),
  pools: list(
    group({
      name: text(/./, "the name of a pool"),
      ...kubernetesPoolArguments,
      labels: byName(text(/^/, "the value of a label").meta({ description: "Value of the label." })).optional(),
      firstHostNumber: whole({ min: firstFreeHostNumber, max: 65534 }).optional(),
    }).meta({ description: "One pool." }),
  )
    .meta({
      description:
        "Pools of workers. You can change the size of each pool. The order gives pools their host numbers: " +
        "add new pools at the end. Prod requires two workers or more.",
      default: "one pool `worker` of 2",
    })
    .optional(),
  ...kubernetesArguments,
  podCidr: cidr().optional(),
  serviceCidr: cidr().optional(),
  allowFrom: list(cidr()).optional(),
  certificateNames: list(text(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, "a host name or an address")).optional(),
  encryptionKeys: list(text(/./, "the name of a key")).optional(),
  snippets: snippetList().optional(),
}).meta({
  description:
    "The Kubernetes cluster, see [KubernetesCluster](components/kubernetes-cluster.md). Staging and prod keep " +
    "snapshots of its etcd for 30 days in a separate bucket. On Docker it can be planned; a kubelet needs a host " +
    "that gives each container a separate cgroup.",
  default: "none",
});

export type KubernetesSettings = z.output<typeof kubernetesSettings>;
