import { cisKubernetes } from "./ids.ts";
import { type Container, podPolicy } from "./kubernetes-pods.ts";
import { at, isNot, isUnknown, objects, shown, text } from "./values.ts";

export const kubernetesNotPrivileged = podPolicy({
  name: "kubernetes-not-privileged",
  description: "No container is privileged or a Windows host process.",
  severity: "critical",
  ids: [...cisKubernetes("5.2.2", "5.2.10"), "CKV_K8S_16"],
  remediation: "remove the setting, and add only the required capability.",
  check({ path, spec, containers }, report) {
    for (const one of [{ path, spec }, ...containers]) {
      for (const keys of [["privileged"], ["windowsOptions", "hostProcess"]]) {
        const value = at(one.spec, "securityContext", ...keys);
        if (value === true)
          report({ given: `${one.path}.securityContext.${keys.join(".")} is true`, allowed: "false" });
      }
    }
  },
});

export const kubernetesNoHostNamespaces = podPolicy({
  name: "kubernetes-no-host-namespaces",
  description: "Pods have separate network, process and IPC namespaces.",
  severity: "high",
  ids: [...cisKubernetes("5.2.3", "5.2.4", "5.2.5"), "CKV_K8S_17", "CKV_K8S_18", "CKV_K8S_19"],
  remediation: "remove the setting, and use a Service to reach the pods.",
  check({ path, spec }, report) {
    for (const property of ["hostNetwork", "hostPID", "hostIPC"]) {
      if (spec[property] === true) report({ given: `${path}.${property} is true`, allowed: "false" });
    }
  },
});

export const kubernetesNoHostPorts = podPolicy({
  name: "kubernetes-no-host-ports",
  description: "No container uses a port of its node.",
  severity: "medium",
  ids: [...cisKubernetes("5.2.12"), "CKV_K8S_26"],
  remediation: "remove hostPort, and use a Service to reach the pods.",
  check({ containers }, report) {
    for (const { path, spec } of containers) {
      for (const [index, { hostPort }] of objects(spec.ports).entries()) {
        if (hostPort === undefined || hostPort === null || hostPort === 0 || isUnknown(hostPort)) continue;
        report({ given: `${path}.ports[${index}].hostPort is ${shown(hostPort)}`, allowed: "no port of the node" });
      }
    }
  },
});

export const kubernetesNoHostPaths = podPolicy({
  name: "kubernetes-no-host-paths",
  description: "No pod has access to a directory or socket of its node, directly or through a PersistentVolume.",
  severity: "critical",
  ids: [...cisKubernetes("5.2.11"), "CKV_K8S_27"],
  remediation: "use an emptyDir or a claim of a storage class, or run the task on the node.",
  otherKinds: ["PersistentVolume"],
  check({ path, spec }, report) {
    for (const [index, volume] of objects(spec.volumes).entries()) {
      if (!isSet(volume.hostPath)) continue;
      report({
        given: `${path}.volumes[${index}].hostPath is ${hostPath(volume)}`,
        allowed: "volumes without hostPath",
      });
    }
  },
  checkOther({ manifest }, report) {
    const [volume] = objects(at(manifest, "spec"));
    if (!volume || !isSet(volume.hostPath)) return;
    report({ given: `spec.hostPath is ${hostPath(volume)}`, allowed: "volumes without hostPath" });
  },
});

// List of the restricted pod security standard; kubernetes-no-host-paths checks hostPath.
const volumeTypes = [
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image"],
  ...["persistentVolumeClaim", "projected", "secret"],
];

export const kubernetesVolumeTypes = podPolicy({
  name: "kubernetes-volume-types",
  description: "Pods mount storage from outside of the cluster only through claims.",
  severity: "medium",
  remediation: "create a PersistentVolume for the storage, and mount it through a claim.",
  check({ path, spec }, report) {
    for (const [index, volume] of objects(spec.volumes).entries()) {
      const types = Object.keys(volume).filter((key) => key !== "name" && key !== "hostPath" && isSet(volume[key]));
      for (const type of types.filter((one) => !volumeTypes.includes(one))) {
        report({ given: `${path}.volumes[${index}] is of the type ${type}`, allowed: volumeTypes.join(", ") });
      }
    }
  },
});

export const kubernetesNoProbeHosts = podPolicy({
  name: "kubernetes-no-probe-hosts",
  description: "Probes and lifecycle hooks call only their own pod, so that the kubelet calls no other host.",
  severity: "medium",
  remediation: "remove host.",
  check({ containers }, report) {
    for (const container of containers) {
      for (const { path, host } of handlerHosts(container)) {
        if (isNot(host, "")) report({ given: `${path} is ${shown(host)}`, allowed: "the pod itself" });
      }
    }
  },
});

const handlers = [
  ["livenessProbe"],
  ["readinessProbe"],
  ["startupProbe"],
  ["lifecycle", "postStart"],
  ["lifecycle", "preStop"],
];
const calls = handlers.flatMap((handler) => ["httpGet", "tcpSocket"].map((call) => [...handler, call, "host"]));

function handlerHosts({ path, spec }: Container): { path: string; host: unknown }[] {
  return calls
    .map((keys) => ({ keys, host: at(spec, ...keys) }))
    .filter(({ host }) => host !== undefined)
    .map(({ keys, host }) => ({ path: `${path}.${keys.join(".")}`, host }));
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && !isUnknown(value);
}

function hostPath(volume: Record<string, unknown>): string {
  const path = text(at(volume, "hostPath", "path"));
  return path === undefined ? "set" : `"${path}"`;
}
