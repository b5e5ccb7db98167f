import { bounds } from "../internal/bounds.ts";
import { oneOf, text, whole } from "../internal/settings-schema.ts";

export const kubernetesArgumentDefaults = {
  volumeGiB: 20,
  drainSeconds: 120,
  readyTimeoutSeconds: 1800,
  poolVolumeGiB: 50,
};

/** Arguments that are also settings of a stack. */
export const kubernetesArguments = {
  connectTo: text(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?:\d{1,5}$/, "a host and a port, such as 127.0.0.1:6443")
    .meta({
      description:
        "Host and port that Pulumi connects to instead of the load balancer of the API, for example the local end of " +
        "an SSH tunnel. The certificate is checked as before, and the outputs do not change.",
      default: "none, Pulumi needs access to the private network",
    })
    .optional(),
  controlPlaneSize: oneOf("small", "medium", "large")
    .meta({
      description: "Size class of the control planes. kubeadm requires two processors and 2 GiB of memory.",
      default: "`medium`",
    })
    .optional(),
  volumeGiB: whole(bounds.kubernetes.volumeGiB)
    .meta({
      description:
        "Size of the data volume of each control plane, in GiB. It contains etcd and its snapshots. A " +
        "replaced control plane keeps it.",
      default: kubernetesArgumentDefaults.volumeGiB,
    })
    .optional(),
  drainSeconds: whole(bounds.kubernetes.drainSeconds)
    .meta({
      description:
        "Time limit for moving the pods of a machine before it stops, in seconds. Pod disruption budgets " +
        "are ignored after this time.",
      default: kubernetesArgumentDefaults.drainSeconds,
    })
    .optional(),
  readyTimeoutSeconds: whole(bounds.kubernetes.readyTimeoutSeconds)
    .meta({
      description: "Time limit for a machine to become healthy, in seconds.",
      default: kubernetesArgumentDefaults.readyTimeoutSeconds,
    })
    .optional(),
};

/** Arguments of a pool that are also settings of a stack. */
export const kubernetesPoolArguments = {
  size: whole(bounds.kubernetes.poolSize).meta({ description: "Number of workers." }),
  machineSize: oneOf("small", "medium", "large")
    .meta({ description: "Size class of the workers.", default: "`medium`" })
    .optional(),
  volumeGiB: whole(bounds.kubernetes.poolVolumeGiB)
    .meta({
      description: "Size of the data volume of each worker, in GiB. It contains containers and images.",
      default: kubernetesArgumentDefaults.poolVolumeGiB,
    })
    .optional(),
};
