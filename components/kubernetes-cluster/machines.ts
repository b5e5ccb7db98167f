import * as pulumi from "@pulumi/pulumi";
import { kubernetesControlPlane } from "../../ignition/roles/kubernetes/control-plane.ts";
import { joinToken } from "../../ignition/roles/kubernetes/join-token.ts";
import { dataPath, type KubernetesSettings } from "../../ignition/roles/kubernetes/settings.ts";
import { kubernetesWorker } from "../../ignition/roles/kubernetes/worker.ts";
import type { TlsIdentity } from "../../ignition/roles/role.ts";
import type { CertificateAuthority } from "../certificate-authority/index.ts";
import type { Firewall, Machine, MachineGroup } from "../cloud/cloud.ts";
import { hostSettings, machineOptions, withSnippets } from "../internal/planned-machines.ts";
import type { KubernetesClusterArgs } from "./args.ts";
import { backupTarget } from "./backup.ts";
import type { ClusterKeys } from "./keys.ts";
import type { ClusterSettings, ResolvedPool } from "./settings.ts";

/** Values for the machines of a cluster. */
export interface ClusterContext {
  args: KubernetesClusterArgs;
  settings: ClusterSettings;
  cluster: KubernetesSettings;
  keys: ClusterKeys;
  kubelets: CertificateAuthority;
  parent: pulumi.ComponentResource;
  dependsOn: pulumi.ComponentResourceOptions["dependsOn"];
}

/** Workers of one pool. */
export interface KubernetesPool {
  readonly name: string;
  /** Workers, in the order in which a roll replaces them. */
  readonly machines: readonly Machine[];
}

/** Creates the control planes, in the order in which a roll replaces them. */
export function createControlPlanes(context: ClusterContext, firewall: Firewall): Machine[] {
  const { args, settings, cluster, keys, parent, dependsOn } = context;
  const { cloud, backup } = args;
  const group = cloud.group(cluster.cluster, { parent });
  const machines: Machine[] = [];
  for (const { name, hostNumber } of settings.controlPlanes) {
    const kubelet = kubeletIdentity(context, name, hostNumber);
    const previous = machines.at(-1);
    machines.push(
      cloud.machine(
        name,
        {
          role: "kubernetes-control-plane",
          hostNumber,
          size: args.controlPlaneSize ?? "medium",
          firewall,
          group,
          access: args.controlPlaneAccess,
          dataVolume: { path: dataPath, sizeGiB: settings.volumeGiB },
          readyTimeoutSeconds: settings.readyTimeoutSeconds,
          stopGraceSeconds: settings.drainSeconds + 60,
          config: (delivery) =>
            pulumi
              .all([
                hostSettings(name, delivery, { path: dataPath }),
                kubelet,
                keys.controlPlane,
                backup && backupTarget(backup),
              ])
              .apply(([own, identity, controlPlaneKeys, target]) =>
                withSnippets(
                  kubernetesControlPlane({
                    host: own,
                    settings: cluster,
                    kubelet: identity,
                    keys: controlPlaneKeys,
                    pools: settings.pools.map((pool) => pool.name),
                    certificateNames: settings.certificateNames,
                    drainSeconds: settings.drainSeconds,
                    ...(target && { backup: target }),
                  }),
                  settings.snippets,
                ),
              ),
        },
        // One at a time: etcd would lose its quorum with two control planes replaced at once.
        machineOptions(parent, { dependsOn }, previous ? [previous.gate] : []),
      ),
    );
  }
  return machines;
}

/**
 * Creates the workers of all pools, in the order in which a roll replaces them.
 * @param after Last control plane: workers must not have a newer version than the control planes.
 */
export function createPools(context: ClusterContext, firewall: Firewall, after: Machine): KubernetesPool[] {
  const { args, settings, cluster, parent } = context;
  const pools: KubernetesPool[] = [];
  for (const pool of settings.pools) {
    const group = args.cloud.group(`${cluster.cluster}-${pool.name}`, { parent });
    const machines: Machine[] = [];
    for (const worker of pool.workers) {
      const previous = machines.at(-1) ?? pools.at(-1)?.machines.at(-1) ?? after;
      machines.push(createWorker(context, { pool, worker, firewall, group, previous }));
    }
    pools.push({ name: pool.name, machines });
  }
  return pools;
}

/** Worker before its creation. */
interface PlannedWorker {
  pool: ResolvedPool;
  worker: ResolvedPool["workers"][number];
  firewall: Firewall;
  group: MachineGroup;
  /** Machine that a roll replaces before this one. */
  previous: Machine;
}

function createWorker(
  context: ClusterContext,
  { pool, worker: { name, hostNumber }, firewall, group, previous }: PlannedWorker,
): Machine {
  const { args, settings, cluster, keys, parent, dependsOn } = context;
  const kubelet = kubeletIdentity(context, name, hostNumber);
  return args.cloud.machine(
    name,
    {
      role: "kubernetes-worker",
      hostNumber,
      size: pool.machineSize,
      firewall,
      group,
      access: args.workerAccess,
      dataVolume: { path: dataPath, sizeGiB: pool.volumeGiB },
      readyTimeoutSeconds: settings.readyTimeoutSeconds,
      stopGraceSeconds: settings.drainSeconds + 60,
      config: (delivery) =>
        pulumi
          .all([hostSettings(name, delivery, { path: dataPath }), kubelet, keys.apiCa, keys.join])
          .apply(([own, identity, apiCa, join]) =>
            withSnippets(
              kubernetesWorker({
                host: own,
                settings: cluster,
                kubelet: identity,
                apiCa,
                token: joinToken(join, name),
                pool: pool.name,
                labels: pool.labels,
                drainSeconds: settings.drainSeconds,
              }),
              settings.snippets,
            ),
          ),
    },
    machineOptions(parent, { dependsOn }, [previous.gate]),
  );
}

/** Issues the certificate of a kubelet for the API server, which connects by address. */
function kubeletIdentity(
  { args, kubelets, parent }: ClusterContext,
  machine: string,
  host: number,
): pulumi.Output<TlsIdentity> {
  return kubelets.issue(
    `${machine}-kubelet`,
    { usage: "server", addresses: [args.cloud.address(host)], dnsNames: [machine] },
    { parent },
  );
}
