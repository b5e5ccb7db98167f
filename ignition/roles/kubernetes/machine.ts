import { config, directory, envFile, file, fileFromDisk, unit } from "../../index.ts";
import type { Fragment } from "../../index.ts";
import { host, scripts } from "../base/base-machine.ts";
import { tlsFiles } from "../etcd-client/client.ts";
import { binaries, fetchBinaries } from "./binaries.ts";
import { kubeletFolder } from "./kubeadm.ts";
import { apiName, dataPath, folder, type KubernetesNode } from "./settings.ts";

/** What sets a kind of machine apart from the other one. */
export interface KindOfMachine {
  /** The unit that brings the machine into the cluster. */
  service: string;
  /** Its readiness script, beside this file. */
  ready: string;
  /** Whether it has an etcd. */
  withEtcd: boolean;
  /** Folders that are kept on the data volume. */
  keep: readonly string[];
  /** How long a load balancer before the machine takes to see that it is going, in seconds. */
  healthSeconds: number;
  /** Parameters of its own. */
  parameters: Record<string, string | number>;
}

/** Two looks of the slowest of the clouds' load balancers, and some. */
export const healthSeconds = 15;

/** What every machine of a cluster has: containers, a kubelet, names for the API, and a stop that moves pods elsewhere first. */
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
    // The distribution's containers are not those of Kubernetes, and would take its socket.
    ...["containerd.service", "docker.service", "docker.socket"].map((name) => unit({ name, mask: true })),
  );
  return { storage, systemd, passwd };
}

/**
 * Where the API is: the load balancer, then the control planes themselves, which are tried in this order. So the cluster
 * does without the load balancer when it has to. A control plane asks itself first.
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
