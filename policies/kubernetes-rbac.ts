import { cisKubernetes } from "./ids.ts";
import { objectPolicy } from "./kubernetes-objects.ts";
import { at, hasUnknown, isNot, objects, strings, text } from "./values.ts";

const roles = ["Role", "ClusterRole"];
const bindings = ["RoleBinding", "ClusterRoleBinding"];

export const kubernetesRbacNoWildcards = objectPolicy({
  name: "kubernetes-rbac-no-wildcards",
  description: "Roles list each API group, resource and verb that they allow.",
  severity: "high",
  ids: [...cisKubernetes("5.1.3"), "CKV_K8S_49"],
  remediation: "list each one.",
  kinds: roles,
  check({ manifest }, report) {
    for (const [index, rule] of objects(manifest.rules).entries()) {
      const fields = ["apiGroups", "resources", "verbs", "nonResourceURLs"];
      const wild = fields.filter((field) => strings(rule[field]).some((one) => one.includes("*")));
      if (wild.length > 0) report({ given: `rules[${index}] has * in ${wild.join(", ")}`, allowed: "names without *" });
    }
  },
});

interface Escalation {
  /** Consequence of the right, for the message. */
  means: string;
  verbs: readonly string[];
  resources: readonly string[];
  /** Whether the right is harmless in one namespace. */
  clusterWideOnly?: true;
}

const reads = ["get", "list", "watch"];
const writes = ["create", "update", "patch"];
const escalations: readonly Escalation[] = [
  { means: "grant additional rights", verbs: ["bind", "escalate"], resources: ["roles", "clusterroles"] },
  {
    means: "act as another user",
    verbs: ["impersonate"],
    resources: ["users", "groups", "serviceaccounts", "userextras", "uids"],
  },
  { means: "call any kubelet", verbs: ["get", ...writes], resources: ["nodes/proxy"] },
  { means: "issue certificates", verbs: ["update", "patch"], resources: ["certificatesigningrequests/approval"] },
  {
    means: "change every object during admission",
    verbs: writes,
    resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
  },
  { means: "create tokens of service accounts", verbs: ["create"], resources: ["serviceaccounts/token"] },
  { means: "read the secrets of every namespace", verbs: reads, resources: ["secrets"], clusterWideOnly: true },
];

export const kubernetesRbacNoEscalation = objectPolicy({
  name: "kubernetes-rbac-no-escalation",
  description: "No role gives rights with which a user can get additional rights.",
  severity: "high",
  ids: [
    ...cisKubernetes("5.1.2", "5.1.8", "5.1.10", "5.1.11", "5.1.12", "5.1.13"),
    ...["CKV_K8S_155", "CKV_K8S_156", "CKV_K8S_157", "CKV_K8S_158", "CKV2_K8S_2", "CKV2_K8S_3", "CKV2_K8S_5"],
  ],
  remediation: "remove the rule, or name the objects in resourceNames.",
  kinds: roles,
  check({ kind, manifest }, report) {
    for (const [index, rule] of objects(manifest.rules).entries()) {
      if (hasUnknown(rule.resourceNames) || strings(rule.resourceNames).length > 0) continue;
      for (const { means, verbs, resources, clusterWideOnly } of escalations) {
        if (clusterWideOnly && kind !== "ClusterRole") continue;
        const allowed = strings(rule.resources).filter((one) => resources.includes(one));
        const withVerbs = strings(rule.verbs).filter((one) => verbs.includes(one));
        if (allowed.length === 0 || withVerbs.length === 0) continue;
        const right = `${withVerbs.join(", ")} on ${allowed.join(", ")}`;
        const given = `rules[${index}] allows ${right}, which is enough to ${means}`;
        report({ given, allowed: "rights without escalation" });
      }
    }
  },
});

export const kubernetesRbacNoClusterAdmin = objectPolicy({
  name: "kubernetes-rbac-no-cluster-admin",
  description: "No binding uses the role cluster-admin or the group system:masters, which bypasses all rules.",
  severity: "critical",
  ids: cisKubernetes("5.1.1", "5.1.7"),
  remediation: "create a role with only the required rights, and bind it.",
  kinds: bindings,
  check({ manifest }, report) {
    const role = text(at(manifest, "roleRef", "name"));
    if (role === "cluster-admin" && isNot(at(manifest, "roleRef", "kind"), "Role")) {
      report({ given: 'roleRef.name is "cluster-admin"', allowed: "a role with named rights" });
    }
    for (const [index, { kind, name }] of objects(manifest.subjects).entries()) {
      if (kind === "Group" && name === "system:masters") {
        report({
          given: `subjects[${index}] is the group system:masters`,
          allowed: "named users, groups and service accounts",
        });
      }
    }
  },
});

const allUsers = ["system:anonymous", "system:unauthenticated", "system:authenticated", "system:serviceaccounts"];

export const kubernetesRbacNamedSubjects = objectPolicy({
  name: "kubernetes-rbac-named-subjects",
  description: "Roles are bound to named users, groups and service accounts, not to all users or a default account.",
  severity: "high",
  ids: [...cisKubernetes("5.1.5"), "CKV_K8S_42"],
  remediation: "name a dedicated service account.",
  kinds: bindings,
  check({ manifest }, report) {
    for (const [index, { kind, name }] of objects(manifest.subjects).entries()) {
      const subject = text(name) ?? "";
      const isDefault = kind === "ServiceAccount" && subject === "default";
      if (isDefault || allUsers.includes(subject) || subject.startsWith("system:serviceaccounts:")) {
        const what = isDefault ? "the service account default" : subject;
        report({ given: `subjects[${index}] is ${what}`, allowed: "named users, groups and service accounts" });
      }
    }
  },
});
