import type * as pulumi from "@pulumi/pulumi";
import { LimitRange, Namespace, NetworkPolicy, ServiceAccountPatch } from "../internal/kubernetes-sdk.ts";

/** Allowed connections to the pods of a namespace from other namespaces. */
interface Ingress {
  /** Namespace of the source pods. Default: all sources. */
  from?: string;
  /** TCP ports of the pods. Default: all. */
  ports?: readonly number[];
}

export interface TenantArgs {
  /** Pod security standard of the namespace. */
  security: "restricted" | "privileged";
  ingress: readonly Ingress[];
}

/** A namespace with its policies and limits. */
export interface Tenant {
  /** Name, known when the namespace exists. */
  readonly name: pulumi.Output<string>;
  /** Resources to wait for before the first pod. */
  readonly ready: pulumi.Resource[];
}

/**
 * Creates a namespace with a pod security standard, without connections from other namespaces, and with limits for
 * containers without limits. Pods with the default service account get no token of the API.
 * @param parent Prefix of the resources' names.
 */
export function tenant(
  parent: string,
  name: string,
  { security, ingress }: TenantArgs,
  opts: pulumi.CustomResourceOptions,
): Tenant {
  const standard = (mode: string, level: string) => ({
    [`pod-security.kubernetes.io/${mode}`]: level,
    [`pod-security.kubernetes.io/${mode}-version`]: "latest",
  });
  const made = new Namespace(
    `${parent}-${name}`,
    {
      metadata: {
        name,
        labels: {
          ...standard("enforce", security),
          ...standard("warn", "restricted"),
          ...standard("audit", "restricted"),
        },
      },
    },
    opts,
  );
  const namespace = made.metadata.name;
  // A patch: Kubernetes creates this account with the namespace, and a second creation would fail.
  const account = new ServiceAccountPatch(
    `${parent}-${name}-default`,
    { metadata: { name: "default", namespace }, automountServiceAccountToken: false },
    opts,
  );
  const limits = new LimitRange(
    `${parent}-${name}-limits`,
    {
      metadata: { name: "containers", namespace },
      spec: {
        limits: [
          { type: "Container", defaultRequest: { cpu: "50m", memory: "128Mi" }, default: { cpu: "1", memory: "1Gi" } },
        ],
      },
    },
    opts,
  );
  const closed = new NetworkPolicy(
    `${parent}-${name}-closed`,
    { metadata: { name: "closed", namespace }, spec: { podSelector: {}, policyTypes: ["Ingress"] } },
    opts,
  );
  const open = new NetworkPolicy(
    `${parent}-${name}-open`,
    {
      metadata: { name: "open", namespace },
      spec: {
        podSelector: {},
        policyTypes: ["Ingress"],
        ingress: [{ from: [{ podSelector: {} }] }, ...ingress.map(rule)],
      },
    },
    opts,
  );
  return { name: namespace, ready: [account, limits, closed, open] };
}

function rule({ from, ports }: Ingress) {
  return {
    ...(from !== undefined && {
      from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": from } } }],
    }),
    ...(ports && { ports: ports.map((port) => ({ protocol: "TCP", port })) }),
  };
}
