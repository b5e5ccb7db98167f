import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as apps from "@pulumi/kubernetes/apps/v1/index.js";
import * as core from "@pulumi/kubernetes/core/v1/index.js";
import { Release } from "@pulumi/kubernetes/helm/v3/release.js";
import * as yaml from "@pulumi/kubernetes/yaml/index.js";
import { expect, it } from "vitest";
import { evaluate } from "../../cli/plan/evaluate.ts";
import { runPolicies } from "../../cli/plan/policies.ts";
import { policies } from "../../policies/all.ts";

// Programs from pulumi/examples (Apache-2.0) at 40c09b266d44, reduced to the inputs that policies read. The original
// programs have the same findings.

/** Findings of the whole pack in a program, by policy: resource and given value. */
async function findings(program: () => void): Promise<Record<string, string[]>> {
  const { resources } = await evaluate(program, { stack: "test", project: "example" });
  const results = (await runPolicies(policies, resources)).filter((result) => result.violations.length > 0);
  const essence = (message: string) =>
    /^(\S+) \(\S+\): (.*?); allowed: /.exec(message)?.slice(1, 3).join(": ") ?? message;
  return Object.fromEntries(
    results.map((result) => [result.name, result.violations.map(({ message }) => essence(message))]),
  );
}

/** Violations of every deployment without a security context. */
function unconfined(...names: string[]): Record<string, string[]> {
  const each = (given: string) => names.map((name) => `${name}: spec.template.spec.${given}`);
  return {
    "kubernetes-capabilities-dropped": each("containers[0].securityContext.capabilities.drop is not set"),
    "kubernetes-no-privilege-escalation": each("containers[0].securityContext.allowPrivilegeEscalation is not set"),
    "kubernetes-non-root": each("containers[0].securityContext.runAsNonRoot is not set"),
    "kubernetes-seccomp": each("containers[0].securityContext.seccompProfile.type is not set"),
    "kubernetes-service-account-tokens": each(
      "automountServiceAccountToken is not set for the service account default",
    ),
  };
}

const lacksAll = "resources does not set requests.cpu, limits.cpu, requests.memory, limits.memory";

it("finds the violations of a single deployment (kubernetes-ts-nginx)", async () => {
  const nginx = () => {
    const labels = { app: "nginx" };
    const template = {
      metadata: { labels },
      spec: { containers: [{ name: "nginx", image: "nginx:1.7.9", ports: [{ containerPort: 80 }] }] },
    };
    new apps.Deployment("nginx-deployment", { spec: { selector: { matchLabels: labels }, replicas: 2, template } });
  };
  expect(await findings(nginx)).toEqual({
    ...unconfined("nginx-deployment"),
    "kubernetes-image-digest": ['nginx-deployment: spec.template.spec.containers[0].image is "nginx:1.7.9"'],
    "kubernetes-resources": [`nginx-deployment: spec.template.spec.containers[0].${lacksAll}`],
    "kubernetes-no-default-namespace": ["nginx-deployment: metadata.namespace is not set"],
  });
});

it("finds the violations of an exposed deployment (kubernetes-ts-exposed-deployment)", async () => {
  const exposed = () => {
    const labels = { app: "nginx" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "nginx", image: "nginx:1.15-alpine" }] } };
    const nginx = new apps.Deployment("nginx", { spec: { selector: { matchLabels: labels }, replicas: 1, template } });
    new core.Service("nginx", {
      metadata: { labels: nginx.spec.template.metadata.labels },
      spec: { type: "LoadBalancer", ports: [{ port: 80, targetPort: 80, protocol: "TCP" }], selector: labels },
    });
  };
  expect(await findings(exposed)).toEqual({
    ...unconfined("nginx"),
    "kubernetes-image-digest": ['nginx: spec.template.spec.containers[0].image is "nginx:1.15-alpine"'],
    "kubernetes-resources": [`nginx: spec.template.spec.containers[0].${lacksAll}`],
    "kubernetes-no-default-namespace": ["nginx: metadata.namespace is not set", "nginx: metadata.namespace is not set"],
    "kubernetes-services-internal": ['nginx: spec.type is "LoadBalancer" and spec.loadBalancerSourceRanges not set'],
  });
});

it("finds the violations of a guestbook with two stores (kubernetes-ts-guestbook/simple)", async () => {
  const tiers = [
    { name: "redis-leader", image: "redis", type: undefined },
    { name: "redis-replica", image: "pulumi/guestbook-redis-replica", type: undefined },
    { name: "frontend", image: "pulumi/guestbook-php-redis", type: "LoadBalancer" },
  ];
  const guestbook = () => {
    for (const { name, image, type } of tiers) {
      const labels = { app: name };
      const container = {
        name,
        image,
        resources: { requests: { cpu: "100m", memory: "100Mi" } },
        env: [{ name: "GET_HOSTS_FROM", value: "dns" }],
      };
      const deployment = new apps.Deployment(name, {
        spec: {
          selector: { matchLabels: labels },
          template: { metadata: { labels }, spec: { containers: [container] } },
        },
      });
      new core.Service(name, {
        metadata: { name, labels: deployment.metadata.labels },
        spec: { type, ports: [{ port: 80 }], selector: deployment.spec.template.metadata.labels },
      });
    }
  };
  const names = tiers.map(({ name }) => name);
  expect(await findings(guestbook)).toEqual({
    ...unconfined(...names),
    "kubernetes-image-digest": tiers.map(
      ({ name, image }) => `${name}: spec.template.spec.containers[0].image is "${image}", which means latest`,
    ),
    "kubernetes-resources": names.map(
      (name) => `${name}: spec.template.spec.containers[0].resources does not set limits.cpu, limits.memory`,
    ),
    "kubernetes-no-default-namespace": [...names, ...names].map((name) => `${name}: metadata.namespace is not set`),
    "kubernetes-services-internal": ['frontend: spec.type is "LoadBalancer" and spec.loadBalancerSourceRanges not set'],
  });
});

it("finds the violations of a shop database in a namespace (kubernetes-ts-sock-shop)", async () => {
  const shop = () => {
    const namespace = new core.Namespace("sock-shop", { metadata: { name: "sock-shop" } });
    const labels = { name: "carts-db" };
    const container = {
      name: "carts-db",
      image: "mongo",
      securityContext: {
        capabilities: { drop: ["all"], add: ["CHOWN", "SETGID", "SETUID"] },
        readOnlyRootFilesystem: true,
      },
    };
    new apps.Deployment("carts-db", {
      metadata: { name: "carts-db", labels, namespace: namespace.metadata.name },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: { containers: [container], volumes: [{ name: "tmp-volume", emptyDir: { medium: "Memory" } }] },
        },
      },
    });
  };
  const container = "carts-db: spec.template.spec.containers[0]";
  expect(await findings(shop)).toEqual({
    ...unconfined("carts-db"),
    // Kubernetes distinguishes "all" from "ALL".
    "kubernetes-capabilities-dropped": [
      `${container}.securityContext.capabilities.drop is ["all"]`,
      `${container}.securityContext.capabilities.add has CHOWN, SETGID, SETUID`,
    ],
    "kubernetes-image-digest": [`${container}.image is "mongo", which means latest`],
    "kubernetes-resources": [`${container}.${lacksAll}`],
    "kubernetes-namespace-pod-security": ["sock-shop: the label pod-security.kubernetes.io/enforce is not set"],
    "kubernetes-namespace-network-policy": [
      "sock-shop: no NetworkPolicy denies the namespace's pods Ingress by default",
    ],
  });
});

it("finds the violations of a chart that are visible in a plan (kubernetes-ts-helm-release-wordpress)", async () => {
  const wordpress = () => {
    const repositoryOpts = { repo: "https://charts.bitnami.com/bitnami" };
    new Release("wpdev", {
      chart: "wordpress",
      repositoryOpts,
      version: "13.0.6",
      values: { service: { type: "ClusterIP" } },
    });
  };
  expect(await findings(wordpress)).toEqual({
    "kubernetes-charts-contained": ["wpdev: namespace is not set, which does not have this label in the program"],
  });
});

const manifests = `
apiVersion: v1
kind: List
items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web, namespace: shop }
    spec: { template: { spec: { hostNetwork: true, containers: [] } } }
---
apiVersion: example.com/v1
kind: Custom
metadata: { name: mine, namespace: shop }
`;

it("checks the objects of a manifest as child resources and inside a manifest group", async () => {
  const folder = mkdtempSync(join(tmpdir(), "paasmas-manifests-"));
  writeFileSync(join(folder, "app.yaml"), manifests);
  const expected = (start: string) => ({
    "kubernetes-no-host-namespaces": [`${start}spec.template.spec.hostNetwork is true`],
    "kubernetes-service-account-tokens": [
      `${start}spec.template.spec.automountServiceAccountToken is not set for the service account default`,
    ],
  });
  expect(await findings(() => void new yaml.ConfigFile("app", { file: join(folder, "app.yaml") }))).toEqual(
    expected("shop/web: "),
  );
  expect(await findings(() => void new yaml.v2.ConfigGroup("app", { yaml: manifests }))).toEqual(
    expected("app: yaml[0].items[0] Deployment shop/web: "),
  );
  expect(
    await findings(() => void new yaml.v2.ConfigFile("app", { file: "https://example.com/main/app.yaml" })),
  ).toEqual({
    "kubernetes-sources-pinned": ["app: the manifests come from https://example.com/main/app.yaml"],
    "kubernetes-contents-seen": ["app: its objects are not part of this plan"],
  });
  rmSync(folder, { recursive: true });
});

it("finds the namespace of an object by dependency and in the provider", async () => {
  const shop = () => {
    const namespace = new core.Namespace("shop", {
      metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    new core.Service("web", { metadata: { namespace: namespace.metadata.name }, spec: {} });
  };
  expect(await findings(shop)).toEqual({
    "kubernetes-namespace-network-policy": ["shop: no NetworkPolicy denies the namespace's pods Ingress by default"],
  });
});
