import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Fragment } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import { tlsFiles } from "../etcd-client/client.ts";
import { binaries, fetchBinaries } from "./binaries.ts";
import { kubeletFolder } from "./kubeadm.ts";
import { apiName, dataPath, folder, type KubernetesNode } from "./settings.ts";

/** Differences between control planes and workers. */
export interface KindOfMachine {
  /** The unit that joins the machine to the cluster. */
  service: string;
  /** Its readiness script, beside this file. */
  ready: string;
  /** Whether it has an etcd. */
  withEtcd: boolean;
  /** Folders that are mounted from the data volume. */
  keep: readonly string[];
  /** How long a load balancer needs to notice that the machine stops, in seconds. */
  healthSeconds: number;
  /** Further parameters. */
  parameters: Record<string, string | number>;
}

/** Two health checks of the slowest of the clouds' load balancers, plus a margin. */
export const healthSeconds = 15;

/** The common part of all machines: containerd, a kubelet, names for the API, and a drain before a stop. */
export function machine(node: KubernetesNode, kind: KindOfMachine): Fragment {
  const { host: settings, settings: cluster } = node;
  const parameters = {
    NAME: settings.name,
    ADDRESS: settings.address,
    CLUSTER: cluster.cluster,
    VERSION: cluster.version,
    DATA_PATH: settings.dataVolume?.path ?? dataPath,
    DRAIN_SECONDS: node.drainSeconds,
    HEALTH_SECONDS: kind.healthSeconds,
    KEEP: kind.keep.join(":"),
    ...kind.parameters,
  };
  const { storage, systemd, passwd } = config(
    host(settings, { ready: local(kind.ready), service: "kubernetes-prepare.service" }),
    fetchBinaries(binaries(cluster.version, cluster.architecture, kind.withEtcd)),
    directory({ path: folder, mode: 0o700 }),
    envFile({ path: "/etc/paasmas/kubernetes.env", values: parameters, mode: 0o644 }),
    tlsFiles(kubeletFolder, node.kubelet),
    fileFromDisk({ path: `${folder}/containerd.toml`, from: local("containerd.toml") }),
    fileFromDisk({ path: "/etc/crictl.yaml", from: local("crictl.yaml") }),
    fileFromDisk({ path: "/etc/sysctl.d/90-kubernetes.conf", from: local("sysctl.conf") }),
    fileFromDisk({ path: "/etc/modules-load.d/kubernetes.conf", from: local("modules.conf") }),
    file({ path: "/etc/hosts", text: hosts(node), overwrite: true }),
    directory({ path: "/etc/kubernetes/manifests", mode: 0o700 }),
    library("version-step.sh"),
    ...["kubernetes-prepare", "kubernetes-drain"].map(script),
    ...["kubernetes-prepare.service", "kubernetes-containerd.service", "kubernetes-drain.service", kind.service].map(
      (name) => unit({ name, from: local(name), enabled: true }),
    ),
    unit({ name: "kubelet.service", from: local("kubelet.service") }),
    // The distribution's container services would use the socket of Kubernetes' containerd.
    ...["containerd.service", "docker.service", "docker.socket"].map((name) => unit({ name, mask: true })),
  );
  return { storage, systemd, passwd };
}

/**
 * Addresses of the API in the order in which clients try them: the load balancer, then the control planes. The cluster
 * works without the load balancer. A control plane tries itself first.
 */
function hosts({ host: { name, address }, settings: { cluster, apiAddress, controlPlanes } }: KubernetesNode): string {
  const own = controlPlanes.filter((peer) => peer.name === name);
  const others = controlPlanes.filter((peer) => peer.name !== name);
  const api = [...own.map((peer) => peer.address), apiAddress, ...others.map((peer) => peer.address)];
  return [
    "127.0.0.1 localhost localhost.localdomain",
    "::1 localhost localhost.localdomain",
    `${address} ${name}`,
    ...others.map((peer) => `${peer.address} ${peer.name}`),
    ...api.map((target) => `${target} ${apiName(cluster)}`),
    "",
  ].join("\n");
}

export function script(name: string): Fragment {
  return fileFromDisk({ path: `${scripts}/${name}`, from: local(name), mode: 0o755 });
}

export function library(name: string): Fragment {
  return fileFromDisk({ path: `${scripts}/${name.split("/").at(-1)}`, from: local(name) });
}

export function local(name: string): URL {
  return new URL(name, import.meta.url);
}
