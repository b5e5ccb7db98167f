import { type KubernetesObject, objectPolicy } from "./kubernetes-objects.ts";
import type { Metadata, PackPolicy, Problem } from "./policy.ts";
import { at, isUnknown, objects } from "./values.ts";

/** Kinds that are pods or create pods. */
export const podKinds: readonly string[] = [
  "Pod",
  "PodTemplate",
  "ReplicationController",
  "Deployment",
  "StatefulSet",
  "DaemonSet",
  "ReplicaSet",
  "Job",
  "CronJob",
];

/** A container of a pod: ordinary, init or ephemeral. */
export interface Container {
  /** `spec.template.spec.initContainers[0]` */
  path: string;
  spec: Record<string, unknown>;
  /** Whether it is a debug container in a running pod. */
  ephemeral: boolean;
}

/** A pod or a pod template. */
export interface Pod {
  object: KubernetesObject;
  /** Path of the pod's specification in its object: `spec`, `spec.template.spec`. */
  path: string;
  spec: Record<string, unknown>;
  /** Path of the pod's own metadata: `metadata`, `spec.template.metadata`. */
  metadataPath: string;
  metadata: unknown;
  containers: Container[];
  /** Whether it runs, or can run, on Windows, where parts of the standard do not apply. */
  windows: boolean;
}

interface Definition extends Omit<Metadata, "appliesTo"> {
  /** Additional kinds, for `checkOther`. */
  otherKinds?: readonly string[];
  check(pod: Pod, report: (problem: Problem) => void): void;
  checkOther?(object: KubernetesObject, report: (problem: Problem) => void): void;
}

/** Defines a policy that checks pods and pod templates. */
export function podPolicy({ check, otherKinds = [], checkOther, ...definition }: Definition): PackPolicy {
  return objectPolicy({
    ...definition,
    kinds: [...podKinds, ...otherKinds],
    check(object, report) {
      if (otherKinds.includes(object.kind)) checkOther?.(object, report);
      else for (const pod of podIn(object)) check(pod, report);
    },
  });
}

const pods = new WeakMap<KubernetesObject, Pod[]>();

// Empty if the specification is missing or unknown.
function podIn(object: KubernetesObject): Pod[] {
  const found = pods.get(object) ?? read(object);
  pods.set(object, found);
  return found;
}

function read(object: KubernetesObject): Pod[] {
  const keys = templateOf[object.kind] ?? ["spec", "template"];
  const [spec] = objects(at(object.manifest, ...keys, "spec"));
  if (spec === undefined) return [];
  const path = [...keys, "spec"].join(".");
  const containers = ["containers", "initContainers", "ephemeralContainers"].flatMap((list) =>
    objects(spec[list]).map((container, index) => ({
      path: `${path}.${list}[${index}]`,
      spec: container,
      ephemeral: list === "ephemeralContainers",
    })),
  );
  const metadata = at(object.manifest, ...keys, "metadata");
  const system = at(spec, "os", "name");
  const windows = system === "windows" || isUnknown(system);
  return [{ object, path, spec, metadata, metadataPath: [...keys, "metadata"].join("."), containers, windows }];
}

const templateOf: Record<string, readonly string[]> = {
  Pod: [],
  PodTemplate: ["template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/**
 * Effective security setting of a container: its own value, or else the pod's.
 * @returns the value and its path; for a missing value, the path on the container
 */
export function effective(pod: Pod, container: Container, ...keys: string[]): { path: string; value: unknown } {
  const own = at(container.spec, "securityContext", ...keys);
  const shared = at(pod.spec, "securityContext", ...keys);
  const fromPod = own === undefined && shared !== undefined;
  return { path: [fromPod ? pod.path : container.path, "securityContext", ...keys].join("."), value: own ?? shared };
}
