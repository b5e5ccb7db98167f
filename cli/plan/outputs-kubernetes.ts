import { createHash } from "node:crypto";
import { parseAllDocuments } from "yaml";
import { isSecret } from "./serialized-values.ts";

type Values = Record<string, unknown>;

/** Answers of the Kubernetes provider that need no cluster: parsed manifests, name and namespace of a release. */
export const kubernetesOutputs: Record<string, (name: string, inputs: Values) => Values> = {
  "kubernetes:yaml:decode": (_name, inputs) => ({
    result: [parseAllDocuments(String(inputs.text))]
      .flat()
      .map((document) => document.toJS())
      .filter((manifest) => manifest !== null),
  }),
  "kubernetes:helm.sh/v3:Release": (name, inputs) => {
    const status = { name: inputs.name ?? unique(name), namespace: inputs.namespace ?? "default", status: "deployed" };
    return { name: status.name, status };
  },
};

/**
 * Adds the name that the provider generates for an object without one. Policies and other objects need the name: an
 * object in a namespace refers to the namespace by its name.
 */
export function withObjectName(type: string, name: string, inputs: Values): Values {
  // kubernetes:<group>/<version>:<Kind>. Charts, and folders and files of manifests, are not objects.
  if (!/^kubernetes:(?!helm\.sh\/|kustomize|yaml).+\/.+:/.test(type) || /(List|Patch)$/.test(type)) return inputs;
  const metadata = inputs.metadata ?? {};
  // The metadata can be a secret, or not an object.
  if (!isPlain(metadata) || metadata.name !== undefined || metadata.generateName !== undefined) return inputs;
  return { ...inputs, metadata: { ...metadata, name: unique(name) } };
}

function isPlain(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isSecret(value);
}

function unique(name: string): string {
  return `${name}-${createHash("sha256").update(`planned ${name}`).digest("hex").slice(0, 8)}`;
}
