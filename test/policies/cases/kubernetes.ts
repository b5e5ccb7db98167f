import type { PlannedResource } from "../../../cli/plan/resource.ts";
import { planned } from "../planned.ts";

type Manifest = Record<string, unknown>;

export const digest = `@sha256:${"a".repeat(64)}`;

/** A container that complies with all policies. */
export const container: Manifest = {
  name: "web",
  image: `registry.example.com/web:1.2.3${digest}`,
  resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: "1", memory: "128Mi" } },
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};

/** A compliant pod specification, with changes. */
export function podSpec(more: Manifest = {}, of: Manifest = {}): Manifest {
  return {
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [{ ...container, ...of }],
    ...more,
  };
}

/** `core/v1:Pod`, with the namespace shop. */
export function object(
  type: string,
  name: string,
  manifest: Manifest = {},
  options: Parameters<typeof planned>[3] = {},
): PlannedResource {
  const { metadata = {}, ...rest } = manifest;
  return planned(
    `kubernetes:${type}`,
    name,
    { metadata: { name, namespace: "shop", ...(metadata as object) }, ...rest },
    options,
  );
}

export const pod = (more?: Manifest, of?: Manifest) => object("core/v1:Pod", "web", { spec: podSpec(more, of) });
export const deployment = (more?: Manifest, of?: Manifest) =>
  object("apps/v1:Deployment", "web", { spec: { template: { spec: podSpec(more, of) } } });
export const cronJob = (more?: Manifest, of?: Manifest) =>
  object("batch/v1:CronJob", "nightly", { spec: { jobTemplate: { spec: { template: { spec: podSpec(more, of) } } } } });

/** Manifests in a group of the module yaml/v2. */
export const group = (inputs: Manifest) =>
  planned("kubernetes:yaml/v2:ConfigGroup", "manifests", inputs, { custom: false });
