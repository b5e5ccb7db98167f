import { parseAllDocuments } from "yaml";
import {
  type Checked,
  type Metadata,
  type PackPolicy,
  type ParameterSchemas,
  type Problem,
  resourcePolicy,
} from "./policy.ts";
import { at, isUnknown, objects, text } from "./values.ts";

type Manifest = Record<string, unknown>;

/** A Kubernetes object: a resource, or one of several objects in a resource. */
export interface KubernetesObject {
  kind: string;
  manifest: Manifest;
  /** Name and namespace, if they are known. Default namespace: that of the provider. */
  name?: string;
  namespace?: string;
  /** Names for exemptions: `namespace/name`; `name/name` for a Namespace; `name` for other cluster-wide objects. */
  addresses: readonly string[];
  /** The known part of `namespace/name`, if the other part is not known yet. */
  partialAddress?: { namespace?: string; name?: string };
  /** Path of the object in its resource, for messages: `""`, or `objs[1] Deployment shop/web: `. */
  prefix: string;
  /** Whether it patches an object that was created elsewhere. A missing setting is then no violation. */
  patch: boolean;
}

/** Type of a resource with manifests in `objs` and `yaml`, from which the provider creates resources. */
export const manifestGroup = "kubernetes:yaml/v2:ConfigGroup";

const rbac = ["v1", "v1beta1", "v1alpha1"].map((version) => `rbac.authorization.k8s.io/${version}`);
const gateway = ["v1", "v1beta1", "v1alpha2"].map((version) => `gateway.networking.k8s.io/${version}`);
const apps = ["apps/v1", "apps/v1beta2", "apps/v1beta1"];

/** API versions of each kind, as in type tokens. */
const versionsOf: Record<string, readonly string[]> = {
  Pod: ["core/v1"],
  PodTemplate: ["core/v1"],
  ReplicationController: ["core/v1"],
  Deployment: [...apps, "extensions/v1beta1"],
  DaemonSet: [...apps, "extensions/v1beta1"],
  ReplicaSet: [...apps, "extensions/v1beta1"],
  StatefulSet: apps,
  Job: ["batch/v1"],
  CronJob: ["batch/v1", "batch/v1beta1", "batch/v2alpha1"],
  ConfigMap: ["core/v1"],
  Namespace: ["core/v1"],
  PersistentVolume: ["core/v1"],
  PersistentVolumeClaim: ["core/v1"],
  Secret: ["core/v1"],
  Service: ["core/v1"],
  ServiceAccount: ["core/v1"],
  Ingress: ["networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"],
  NetworkPolicy: ["networking.k8s.io/v1", "extensions/v1beta1"],
  Gateway: gateway,
  GRPCRoute: gateway,
  HTTPRoute: gateway,
  ListenerSet: gateway,
  XListenerSet: ["gateway.networking.x-k8s.io/v1alpha1"],
  ClusterRole: rbac,
  ClusterRoleBinding: rbac,
  Role: rbac,
  RoleBinding: rbac,
};
const clusterWide = ["ClusterRole", "ClusterRoleBinding", "Namespace", "PersistentVolume"];

/** Type tokens of resources with objects of these kinds: single objects, lists, patches and manifest groups. */
export function typesOf(kinds: readonly string[]): string[] {
  const tokens = kinds.flatMap((kind) => (versionsOf[kind] ?? []).map((version) => `kubernetes:${version}:${kind}`));
  return [...tokens.flatMap((token) => [token, `${token}List`, `${token}Patch`]), manifestGroup];
}

const known = new WeakMap<object, KubernetesObject[]>();

/** Every readable Kubernetes object in a resource. */
export function objectsIn(resource: Checked<unknown>): KubernetesObject[] {
  const props = resource.props as Manifest;
  const found = known.get(props) ?? read(resource, props);
  known.set(props, found);
  return found;
}

function read(resource: Checked<unknown>, props: Manifest): KubernetesObject[] {
  const kind = /^kubernetes:.+\/[^/]+:(\w+)$/.exec(resource.type)?.[1] ?? "";
  if (resource.type === manifestGroup) {
    return manifestsIn(props).flatMap(({ path, manifest }) => listed(path, manifest, undefined, resource));
  }
  const patch = kind.endsWith("Patch");
  if (!patch) return listed("", props, kind, resource);
  return [objectOf("", props, kind.slice(0, -"Patch".length), resource, true)];
}

/** Manifests in a group; files and URLs are not read. */
function manifestsIn(props: Manifest): { path: string; manifest: Manifest }[] {
  const given = objects(props.objs).map((manifest, index) => ({ path: `objs[${index}]`, manifest }));
  const parsed = documentsIn(text(props.yaml) ?? "").map((manifest, index) => ({ path: `yaml[${index}]`, manifest }));
  return [...given, ...parsed];
}

function documentsIn(yaml: string): Manifest[] {
  return [parseAllDocuments(yaml, { logLevel: "silent" })].flat().flatMap((document) => {
    try {
      return objects(document.toJS());
    } catch {
      // Undefined YAML alias: the provider reports it.
      return [];
    }
  });
}

/** The object, or the items of a list: of one kind (`DeploymentList`) or of several (`List`). */
function listed(
  path: string,
  manifest: Manifest,
  token: string | undefined,
  resource: Checked<unknown>,
): KubernetesObject[] {
  const kind = token ?? text(manifest.kind) ?? "";
  if (!kind.endsWith("List")) return [objectOf(path, manifest, kind, resource, false)];
  const ofItems = kind.slice(0, -"List".length) || undefined;
  return objects(manifest.items).flatMap((item, index) =>
    listed(`${path && `${path}.`}items[${index}]`, item, ofItems, resource),
  );
}

function objectOf(
  path: string,
  manifest: Manifest,
  kind: string,
  resource: Checked<unknown>,
  patch: boolean,
): KubernetesObject {
  const { provider, name: resourceName } = resource;
  const name = text(at(manifest, "metadata", "name"));
  const namespace = namespaceOf(kind, manifest, provider);
  const names = [...new Set([name, path === "" ? resourceName : undefined].filter((one) => one !== undefined))];
  const addresses = names.map((one) => (namespace === undefined ? one : `${namespace}/${one}`));
  const prefix = path === "" ? "" : `${path} ${kind} ${addresses[0] ?? "without a name"}: `;
  const isPartial = isUnknown(at(manifest, "metadata", "name")) || isUnknown(at(manifest, "metadata", "namespace"));
  const partialAddress = isPartial ? { namespace, name } : undefined;
  return { kind, manifest, name, namespace, addresses, partialAddress, prefix, patch };
}

function namespaceOf(kind: string, manifest: Manifest, provider: Manifest | undefined): string | undefined {
  if (kind === "Namespace") return text(at(manifest, "metadata", "name"));
  if (clusterWide.includes(kind)) return undefined;
  const given = at(manifest, "metadata", "namespace");
  return isUnknown(given) ? undefined : (text(given) ?? text(provider?.namespace) ?? "default");
}

interface Definition<Parameters extends object> extends Omit<Metadata, "appliesTo"> {
  /** Kinds that the policy checks, in every API version. */
  kinds: readonly string[];
  parameters?: ParameterSchemas<Parameters>;
  check(object: KubernetesObject, report: (problem: Problem) => void, parameters: Parameters): void;
}

/** Defines a policy that checks one Kubernetes object at a time, in every kind of resource. */
export function objectPolicy<Parameters extends object = Record<never, never>>(
  definition: Definition<Parameters>,
): PackPolicy {
  const { kinds, check, ...rest } = definition;
  return resourcePolicy<Manifest, Parameters>({
    ...rest,
    appliesTo: typesOf(kinds),
    check(resource, report, parameters) {
      for (const object of objectsIn(resource)) {
        if (kinds.includes(object.kind)) check(object, (problem) => report(about(object, problem)), parameters);
      }
    },
  });
}

/** Adds the object's path to the message of a problem, and its names for exemptions. */
export function about({ prefix, addresses, partialAddress }: KubernetesObject, problem: Problem): Problem {
  return { ...problem, given: `${prefix}${problem.given}`, addresses, partialAddress };
}
