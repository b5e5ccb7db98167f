import { cisKubernetes } from "./ids.ts";
import { about, type KubernetesObject, manifestGroup, objectPolicy, objectsIn, typesOf } from "./kubernetes-objects.ts";
import { podKinds } from "./kubernetes-pods.ts";
import { type StackChecked, stackPolicy } from "./policy.ts";
import { isWorldOpen } from "./ports.ts";
import { typeOf } from "./references.ts";
import { at, containsUnknown, hasUnknown, isUnknown, objects, shown, strings, text } from "./values.ts";

/** With this label, a namespace rejects pods that do not meet a level of the pod security standards. */
export const enforceLabel = "pod-security.kubernetes.io/enforce";

export const kubernetesNamespacePodSecurity = objectPolicy({
  name: "kubernetes-namespace-pod-security",
  description: "Namespaces reject all pods that do not meet the restricted pod security standard.",
  severity: "high",
  ids: cisKubernetes("5.2.1"),
  remediation: `set the label ${enforceLabel} to restricted.`,
  kinds: ["Namespace"],
  check({ manifest, patch }, report) {
    const label = at(manifest, "metadata", "labels", enforceLabel);
    if (label === "restricted" || isUnknown(label) || (patch && label === undefined)) return;
    report({ given: `the label ${enforceLabel} is ${shown(label)}`, allowed: '"restricted"' });
  },
});

export const kubernetesNoDefaultNamespace = objectPolicy({
  name: "kubernetes-no-default-namespace",
  description: "No object is in the namespace default, which has no rules.",
  severity: "low",
  ids: [...cisKubernetes("5.6.4"), "CKV_K8S_21"],
  remediation: "add a Namespace, and set metadata.namespace or the provider's namespace to its name.",
  kinds: [
    ...podKinds,
    ...["ConfigMap", "Gateway", "GRPCRoute", "HTTPRoute", "Ingress", "ListenerSet", "NetworkPolicy"],
    ...["PersistentVolumeClaim", "Role", "RoleBinding", "Secret", "Service", "ServiceAccount", "XListenerSet"],
  ],
  check({ manifest, namespace }, report) {
    if (namespace !== "default") return;
    report({
      given: `metadata.namespace is ${shown(at(manifest, "metadata", "namespace"))}`,
      allowed: "a separate namespace",
    });
  },
});

export const kubernetesNamespaceNetworkPolicy = stackPolicy<{ directions: string[] }>({
  name: "kubernetes-namespace-network-policy",
  description: "Every namespace has a network policy that denies traffic of all its pods by default.",
  severity: "high",
  ids: [...cisKubernetes("5.3.2"), "CKV2_K8S_6"],
  remediation:
    "add a NetworkPolicy to the namespace with an empty podSelector, the policyTypes and no rule that allows all.",
  appliesTo: typesOf(["Namespace"]),
  parameters: {
    directions: {
      type: "array",
      description: "Directions that are denied by default",
      items: { type: "string", enum: ["Ingress", "Egress"] },
      default: ["Ingress"],
    },
  },
  check(resources, report, { directions }) {
    const found = resources.flatMap((resource) => objectsIn(resource).map((object) => ({ resource, object })));
    const denials = found
      .filter(({ object }) => object.kind === "NetworkPolicy")
      .map((one) => ({ ...one, denied: deniedBy(one.object) }));
    const unread = resources.some(hasUnreadObjects);
    for (const { resource, object } of found.filter((one) => one.object.kind === "Namespace" && !one.object.patch)) {
      const inIt = denials.map((denial) => ({ ...denial, inside: isIn(denial, resource, object) }));
      const deniedIf = (...inside: unknown[]) =>
        inIt.filter((denial) => inside.includes(denial.inside)).flatMap((denial) => denial.denied);
      const open = directions.filter((direction) => !deniedIf(true).includes(direction));
      if (open.length === 0 || unread || open.every((direction) => deniedIf(undefined).includes(direction))) continue;
      const given = `no NetworkPolicy denies the namespace's pods ${open.join(" and ")} by default`;
      report(resource, about(object, { given, allowed: "a default-deny NetworkPolicy in the namespace" }));
    }
  },
});

/** Directions that a network policy denies to all pods of its namespace. */
function deniedBy({ manifest }: KubernetesObject): string[] {
  const spec = at(manifest, "spec");
  // Unknown values are checked in the update, when they are known.
  const [terms] = objects(at(spec, "podSelector"));
  if (isUnknown(at(spec, "podSelector")) || containsUnknown(terms)) return ["Ingress", "Egress"];
  if (!selectsAll(at(spec, "podSelector") ?? {})) return [];
  const types = strings(at(spec, "policyTypes"));
  // Default of Kubernetes: ingress, and egress only with egress rules, which means no denial.
  const directions = types.length > 0 ? types : ["Ingress"];
  return directions.filter((type) => !objects(at(spec, type.toLowerCase())).some((rule) => isOpen(rule, type)));
}

/** Whether a rule allows all traffic of a direction. */
function isOpen(rule: Record<string, unknown>, type: string): boolean {
  if (hasUnknown(rule.ports) || objects(rule.ports).length > 0) return false;
  const peers = rule[type === "Ingress" ? "from" : "to"];
  if (hasUnknown(peers)) return false;
  const hasEveryPeer = objects(peers).some(
    (peer) => isWorldOpen(text(at(peer, "ipBlock", "cidr")) ?? "") || isEveryNamespace(peer),
  );
  return objects(peers).length === 0 || hasEveryPeer;
}

function isEveryNamespace({ namespaceSelector, podSelector }: Record<string, unknown>): boolean {
  return selectsAll(namespaceSelector) && (podSelector === undefined || selectsAll(podSelector));
}

function selectsAll(selector: unknown): boolean {
  const [terms] = objects(selector);
  return terms !== undefined && Object.values(terms).every((one) => Object.keys(one ?? {}).length === 0);
}

/**
 * Whether a policy is in this namespace: by name, or because its metadata depends on the namespace.
 * @returns undefined if a name is not known yet
 */
function isIn(
  policy: { resource: StackChecked; object: KubernetesObject },
  resource: StackChecked,
  namespace: KubernetesObject,
): boolean | undefined {
  const sources = policy.object.prefix === "" ? (policy.resource.propertyDependencies.metadata ?? []) : [];
  if (sources.includes(resource.urn)) return true;
  const isUnnamed = isUnknown(at(namespace.manifest, "metadata", "name"));
  if (policy.object.namespace !== undefined && !isUnnamed) return policy.object.namespace === namespace.name;
  return sources.some((urn) => typeOf(urn) === resource.type) ? false : undefined;
}

/** Whether a group of manifests can have objects whose kind is not known yet. */
function hasUnreadObjects({ type, props }: StackChecked): boolean {
  if (type !== manifestGroup) return false;
  return hasUnknown(props.objs) || isUnknown(props.yaml) || objects(props.objs).some(({ kind }) => isUnknown(kind));
}
