import { createHash } from "node:crypto";
import { parseAllDocuments } from "yaml";
import { isSecret } from "./serialized-values.ts";

type Values = Record<string, unknown>;

/** What the Kubernetes provider answers, as far as it needs no cluster: manifests as objects, a release's name and place. */
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
 * The inputs with the name that the provider gives to an object without one before anybody judges or makes it, so that
 * what is put into a namespace or behind a service knows where it is.
 */
export function withObjectName(type: string, name: string, inputs: Values): Values {
  // kubernetes:<group>/<version>:<Kind>; charts, folders and files of manifests are no objects.
  if (!/^kubernetes:(?!helm\.sh\/|kustomize|yaml).+\/.+:/.test(type) || /(List|Patch)$/.test(type)) return inputs;
  const metadata = inputs.metadata ?? {};
  // As a whole the metadata may be a secret, or not an object at all.
  if (!isPlain(metadata) || metadata.name !== undefined || metadata.generateName !== undefined) return inputs;
  return { ...inputs, metadata: { ...metadata, name: unique(name) } };
}

function isPlain(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isSecret(value);
}

function unique(name: string): string {
  return `${name}-${createHash("sha256").update(`planned ${name}`).digest("hex").slice(0, 8)}`;
}
