import type * as pulumi from "@pulumi/pulumi";
import { LimitRange, Namespace, NetworkPolicy, ServiceAccountPatch } from "../internal/kubernetes-sdk.ts";

/** Who may reach the pods of a namespace, beside those in it. */
export interface Ingress {
  /** Pods of another namespace. Default: everybody. */
  from?: string;
  /** TCP ports of the pods. Default: all of them. */
  ports?: readonly number[];
}

export interface TenantArgs {
  /** Which pods it takes. */
  security: "restricted" | "privileged";
  ingress: readonly Ingress[];
}

/** A namespace, and all that belongs into one before there is a pod. */
export interface Tenant {
  /** Its name, good once it is there. */
  readonly name: pulumi.Output<string>;
  /** What to wait for before anything runs in it. */
  readonly ready: pulumi.Resource[];
}

/**
 * A namespace with its pod security standard, closed to others, with limits for containers that name none, and without a
 * token of the API for pods that have no account of their own.
 * @param parent First part of the resources' names.
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
  // Kubernetes makes it with the namespace, and at any time after that: to make it here as well would fail once it is there.
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
