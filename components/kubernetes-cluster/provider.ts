import { createHash } from "node:crypto";
import { Provider } from "@pulumi/kubernetes/provider.js";
import type { KubernetesCluster } from "./index.ts";

const made = new WeakMap<KubernetesCluster, Provider>();

/**
 * The provider of what runs on a cluster, one for each cluster: to be given to components as `providers`, or to
 * resources as `provider`. What is made with it waits until all machines of the cluster are ready. ConfigMaps and Secrets are
 * updated in place: a hash of them in an annotation has pods started again that read them at their start only.
 */
export function kubernetesProvider(cluster: KubernetesCluster): Provider {
  const known = made.get(cluster);
  if (known) return known;
  const provider = new Provider(
    cluster.clusterName,
    {
      kubeconfig: cluster.kubeconfig,
      // A new authority is a new cluster. A new address or certificate of the administrator's replaces nothing.
      clusterIdentifier: cluster.caCertificate.apply((certificate) =>
        createHash("sha256").update(certificate).digest("hex"),
      ),
      // Else a change of what has a name of its own takes it away first, and it is gone when the update stops there.
      enableConfigMapMutable: true,
      enableSecretMutable: true,
    },
    { parent: cluster, dependsOn: cluster.ready },
  );
  made.set(cluster, provider);
  return provider;
}
