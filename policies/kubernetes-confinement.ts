import { cisKubernetes } from "./ids.ts";
import { effective, type Pod, podPolicy } from "./kubernetes-pods.ts";
import { at, hasUnknown, isNot, isUnknown, objects, shown, strings, text } from "./values.ts";

export const kubernetesCapabilitiesDropped = podPolicy({
  name: "kubernetes-capabilities-dropped",
  description: "Containers drop all capabilities, and add at most NET_BIND_SERVICE, for ports below 1024.",
  severity: "high",
  ids: [...cisKubernetes("5.2.8", "5.2.9"), "CKV_K8S_25", "CKV_K8S_28", "CKV_K8S_37", "CKV_K8S_39"],
  remediation: 'set securityContext.capabilities to { drop: ["ALL"] }.',
  check(pod, report) {
    for (const { path, spec } of pod.containers) {
      const drop = at(spec, "securityContext", "capabilities", "drop");
      if (!pod.object.patch && !pod.windows && !hasUnknown(drop) && !strings(drop).includes("ALL")) {
        report({ given: `${path}.securityContext.capabilities.drop is ${shown(drop)}`, allowed: '["ALL"]' });
      }
      const add = strings(at(spec, "securityContext", "capabilities", "add")).filter(
        (name) => name !== "NET_BIND_SERVICE",
      );
      if (add.length > 0) {
        report({
          given: `${path}.securityContext.capabilities.add has ${add.join(", ")}`,
          allowed: "NET_BIND_SERVICE",
        });
      }
    }
  },
});

export const kubernetesNoPrivilegeEscalation = podPolicy({
  name: "kubernetes-no-privilege-escalation",
  description: "No process can gain more privileges than its parent process.",
  severity: "high",
  ids: [...cisKubernetes("5.2.6"), "CKV_K8S_20"],
  remediation: "set securityContext.allowPrivilegeEscalation to false.",
  check(pod, report) {
    if (pod.windows) return;
    for (const { path, spec } of pod.containers) {
      const value = at(spec, "securityContext", "allowPrivilegeEscalation");
      if (!isNot(value, false) || (pod.object.patch && value === undefined)) continue;
      report({ given: `${path}.securityContext.allowPrivilegeEscalation is ${shown(value)}`, allowed: "false" });
    }
  },
});

export const kubernetesNonRoot = podPolicy({
  name: "kubernetes-non-root",
  description: "No container runs as root.",
  severity: "high",
  ids: [...cisKubernetes("5.2.7"), "CKV_K8S_23"],
  remediation: "set securityContext.runAsNonRoot to true, and runAsUser if the default user of the image is root.",
  check(pod, report) {
    for (const { path, value } of settings(pod, "runAsNonRoot")) {
      if (isNot(value, true)) report({ given: `${path} is ${shown(value)}`, allowed: "true" });
    }
    for (const one of [pod, ...pod.containers]) {
      if (at(one.spec, "securityContext", "runAsUser") !== 0) continue;
      report({ given: `${one.path}.securityContext.runAsUser is 0`, allowed: "a user that is not root" });
    }
  },
});

const profiles = ["RuntimeDefault", "Localhost"];

export const kubernetesSeccomp = podPolicy({
  name: "kubernetes-seccomp",
  description: "Containers run under a seccomp profile.",
  severity: "high",
  ids: [...cisKubernetes("5.6.2"), "CKV_K8S_31"],
  remediation: 'set securityContext.seccompProfile to { type: "RuntimeDefault" }.',
  check(pod, report) {
    if (pod.windows) return;
    for (const { path, value } of settings(pod, "seccompProfile", "type")) {
      if (profiles.includes(`${value}`) || isUnknown(value)) continue;
      report({ given: `${path} is ${shown(value)}`, allowed: profiles.map((one) => `"${one}"`).join(", ") });
    }
  },
});

const sysctls = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
];
const selinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

export const kubernetesKernelDefaults = podPolicy({
  name: "kubernetes-kernel-defaults",
  description:
    "Pods keep the runtime's AppArmor and SELinux confinement, its masked /proc and the safe kernel settings.",
  severity: "high",
  remediation: "remove the setting, so that the runtime's default applies.",
  check(pod, report) {
    const judge = (path: string, value: unknown, isAllowed: boolean, allowed: string) => {
      if (value !== undefined && !isUnknown(value) && !isAllowed)
        report({ given: `${path} is ${shown(value)}`, allowed });
    };
    for (const one of [pod, ...pod.containers]) {
      const path = `${one.path}.securityContext`;
      const context = at(one.spec, "securityContext");
      const appArmor = at(context, "appArmorProfile", "type");
      judge(
        `${path}.appArmorProfile.type`,
        appArmor,
        profiles.includes(`${appArmor}`),
        profiles.map((name) => `"${name}"`).join(", "),
      );
      const type = at(context, "seLinuxOptions", "type");
      judge(`${path}.seLinuxOptions.type`, type, selinuxTypes.includes(`${type}`), "a type for containers");
      for (const property of ["user", "role"]) {
        const value = at(context, "seLinuxOptions", property);
        judge(`${path}.seLinuxOptions.${property}`, value, value === "", "not set");
      }
      const procMount = at(context, "procMount");
      judge(`${path}.procMount`, procMount, procMount === "Default", '"Default"');
    }
    for (const [index, { name }] of objects(at(pod.spec, "securityContext", "sysctls")).entries()) {
      judge(
        `${pod.path}.securityContext.sysctls[${index}].name`,
        name,
        sysctls.includes(`${name}`),
        "kernel settings that affect only the pod",
      );
    }
    const [annotations = {}] = objects(at(pod.metadata, "annotations"));
    for (const [key, value] of Object.entries(annotations).filter(([name]) => name.startsWith(appArmorAnnotation))) {
      const profile = text(value) ?? "";
      judge(
        `${pod.metadataPath}.annotations["${key}"]`,
        value,
        /^($|runtime\/default$|localhost\/)/.test(profile),
        '"runtime/default", "localhost/..."',
      );
    }
  },
});

/**
 * Value and path of a required setting: on every container, or once on the pod. Patches can omit the setting. A value
 * on the pod is included even if all containers override it.
 */
function settings(pod: Pod, ...keys: string[]): { path: string; value: unknown }[] {
  const own = {
    path: [pod.path, "securityContext", ...keys].join("."),
    value: at(pod.spec, "securityContext", ...keys),
  };
  const all = [
    ...(own.value === undefined ? [] : [own]),
    ...pod.containers.map((container) => effective(pod, container, ...keys)),
  ];
  const found = all.filter(({ value }) => value !== undefined || !pod.object.patch);
  return [...new Map(found.map((one) => [one.path, one])).values()];
}
