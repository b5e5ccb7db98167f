import { createHash } from "node:crypto";
import { Provider } from "@pulumi/kubernetes/provider.js";
import type { KubernetesCluster } from "./index.ts";
import { withServer } from "./keys.ts";

const providers = new WeakMap<KubernetesCluster, Provider>();

/**
 * Returns the provider for resources on a cluster, one for each cluster. Pass it to components in `providers`, or to
 * resources as `provider`. Its resources wait until all machines of the cluster are ready. ConfigMaps and Secrets are
 * updated in place: add their hash as an annotation to restart pods that read them only at the start.
 */
export function kubernetesProvider(cluster: KubernetesCluster): Provider {
  const known = providers.get(cluster);
  if (known) return known;
  const provider = new Provider(
    cluster.clusterName,
    {
      kubeconfig:
        cluster.connectTo === undefined
          ? cluster.kubeconfig
          : cluster.kubeconfig.apply((text) => withServer(text, cluster.connectTo!)),
      // Only a new authority means a new cluster, which replaces all resources. A new address or certificate does not.
      clusterIdentifier: cluster.caCertificate.apply((certificate) =>
        createHash("sha256").update(certificate).digest("hex"),
      ),
      // Update in place. Pulumi would delete an object with a fixed name first, and lose it if the update fails.
      enableConfigMapMutable: true,
      enableSecretMutable: true,
    },
    { parent: cluster, dependsOn: cluster.ready },
  );
  providers.set(cluster, provider);
  return provider;
}
